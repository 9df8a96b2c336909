#include "net/store.hpp"

#include "storage/boot_epoch.hpp"
#include "storage/committer.hpp"
#include "storage/verify.hpp"

#include <stdexcept>
#include <string>

namespace doseline::net {

store::store(const std::filesystem::path& dir, std::uint64_t disk_reserve_bytes,
             std::size_t reactors)
    : lock(storage::require_registry(dir)), keys(storage::key_ring::open(dir)),
      operators(console_token::open(dir, console::operators)),
      auditors(console_token::open(dir, console::auditors)),
      anchored(storage::check_before_serving(dir)),
      ledger(dir, storage::lmdb::access::write, disk_reserve_bytes),
      boot_epoch(storage::advance_boot_epoch(dir, storage::system_clocks().wall())),
      totals(reactors) {
    const storage::clocks clock = storage::system_clocks();
    recovered = storage::recover(*ledger.reader(), anchored.heads, {clock.wall(), clock.steady()},
                                 registry, totals);
    book_opened = registry.book().opened;
    if (registry.book().closed) {
        throw std::runtime_error("book " + std::to_string(registry.book().number) +
                                 " is closed and nothing can be registered: open the next "
                                 "one, with doseline season open " +
                                 dir.string());
    }
    require_key_of(registry.book().number, dir);
}

// What is sealed under a key goes when its book is destroyed.
void store::require_key_of(std::uint16_t book, const std::filesystem::path& dir) const {
    if (keys.now().current_book() != book) {
        throw std::runtime_error(
            "the newest data key is of book " + std::to_string(keys.now().current_book()) +
            " and book " + std::to_string(book) + " is open: restore the newest copy of " +
            (dir / "keys").string() + "; if there is none with it, doseline rotate " +
            dir.string() + " makes one");
    }
}

void store::count(std::size_t shard, const core::outcome& told) {
    const auto counted = [&](const auto& receipt, core::claim_state claim, core::instant at) {
        return storage::dose_of(published.clinic(receipt.clinic).region_index, receipt.programme,
                                claim, at, published.programmes()[receipt.programme]->offset);
    };
    if (const auto* given = std::get_if<core::dose_receipt>(&told); given && !given->replayed) {
        totals.count(shard, counted(*given, given->claim, given->recorded_at));
    }
    const auto region = [&](core::clinic_number clinic) {
        return published.clinic(clinic).region_index;
    };
    if (const auto* other = std::get_if<core::correction_receipt>(&told);
        other && !other->replayed) {
        totals.change_claim(shard, region(other->clinic), other->programme, other->claim_before,
                            other->claim);
    }
    if (const auto* decided = std::get_if<core::claim_receipt>(&told);
        decided && !decided->replayed && decided->registration > book_opened) {
        totals.change_claim(shard, region(decided->clinic), decided->programme,
                            decided->claim_before, decided->claim);
    }
    const auto* taken = std::get_if<core::void_receipt>(&told);
    if (taken == nullptr || taken->replayed) {
        return;
    }
    totals.uncount(shard, counted(*taken, taken->claim_before, taken->registered_at));
    if (const auto& heir = taken->successor) {
        totals.change_claim(shard, region(heir->clinic), taken->programme, heir->claim_before,
                            heir->claim);
    }
}

}  // namespace doseline::net

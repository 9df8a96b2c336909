#include "storage/registration_list.hpp"

#include "storage/clinic_walk.hpp"
#include "storage/stored_event.hpp"

#include <unordered_map>

namespace doseline::storage {

namespace {

// As its changes leave it, which come newest first.
core::listed_registration row_of(core::sequence seq, const core::dose_registered& dose,
                                 const std::vector<core::event>* changes) {
    core::listed_registration row;
    row.seq = seq;
    row.dose = dose;
    if (changes != nullptr) {
        for (auto change = changes->rbegin(); change != changes->rend(); ++change) {
            core::amend(row.dose, *change);
            row.version = core::amendment_of(*change)->version;
            row.state = core::state_after(row.state, *change);
        }
    }
    return row;
}

}  // namespace

core::registration_page read_page(ledger_reader& from, const core::page_wanted& wanted,
                                  const std::function<void()>& give_way) {
    core::registration_page page;
    page.as_of = wanted.head;
    std::unordered_map<core::sequence, std::vector<core::event>> changes;
    std::vector<std::byte> record;
    const bool whole = walk_back(
        from, wanted,
        [&](core::sequence seq, const core::event& event) {
            if (const core::amendment* a = core::amendment_of(event)) {
                changes[a->registration].push_back(event);
            }
            const auto* dose = std::get_if<core::dose_registered>(&event);
            if (dose == nullptr || (wanted.before != 0 && seq >= wanted.before)) {
                return true;
            }
            const auto changed = changes.find(seq);
            core::listed_registration row =
                row_of(seq, *dose, changed == changes.end() ? nullptr : &changed->second);
            if (wanted.day && core::day_at(row.dose.occurred_at, wanted.zone) != *wanted.day) {
                return true;
            }
            if (wanted.claim && row.dose.claim != *wanted.claim) {
                return true;
            }
            if (page.rows.size() == core::limits::list_rows_max) {
                page.next = page.rows.back().seq;
                return false;
            }
            if (row.dose.extended) {
                row.extension = read_extension_of(from, seq, record);
            }
            page.rows.push_back(std::move(row));
            return true;
        },
        give_way);
    return whole ? page : core::registration_page{wanted.head, {}, 0, true};
}

}  // namespace doseline::storage

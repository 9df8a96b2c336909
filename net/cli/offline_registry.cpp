#include "net/cli/offline_registry.hpp"

#include "net/certificates.hpp"
#include "net/issued_certificates.hpp"
#include "net/token.hpp"
#include "storage/committer.hpp"
#include "storage/event_codec.hpp"
#include "storage/recovery.hpp"
#include "storage/verify.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace doseline::net::cli {

namespace fs = std::filesystem;

namespace {

constexpr std::uint16_t first_book = 1;

std::uint16_t year_of(core::instant now) {
    const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(now)};
    return static_cast<std::uint16_t>(static_cast<int>(date.year()));
}

std::string host_name() {
    char name[256] = {};
    return ::gethostname(name, sizeof name - 1) == 0 ? name : "localhost";
}

void make_directory(const fs::path& dir) {
    fs::create_directories(dir);
    if (!fs::is_empty(dir)) {
        throw std::runtime_error(dir.string() + " is not empty: name a new directory");
    }
    fs::permissions(dir, fs::perms::owner_all);
}

}  // namespace

void create_registry(const fs::path& dir) {
    make_directory(dir);
    const storage::directory_lock lock(dir);
    const core::instant now = storage::system_clocks().wall();
    const std::uint16_t year = year_of(now);
    const storage::key_ring keys = storage::key_ring::create(dir, first_book, year);
    create_authority(dir, now);
    create_server_certificate(dir, host_name(), now);
    create_issued_certificates(dir);
    console_token::create(dir, console::operators);
    console_token::create(dir, console::auditors);
    storage::lmdb_ledger::create(dir, first_book, year);
    storage::lmdb_ledger ledger(dir, storage::lmdb::access::write);
    storage::record_batch events;
    storage::encode(core::book_opened{{now, 0}, first_book, year}, events);
    ledger.append(events, {}, now);
    storage::signer signer(keys);
    storage::write_anchor(
        dir, {{ledger.head(storage::stream::events), ledger.head(storage::stream::audit)}, now},
        signer);
}

offline_registry::offline_registry(const fs::path& dir)
    : dir_(dir), lock_(storage::require_registry(dir)), keys_(storage::key_ring::open(dir)),
      anchored_(storage::check_before_serving(dir)), ledger_(dir, storage::lmdb::access::write) {
    const storage::clocks clock = storage::system_clocks();
    core::dose_totals totals(0);
    const storage::recovered recovered = storage::recover(
        *ledger_.reader(), anchored_.heads, {clock.wall(), clock.steady()}, registry_, totals);
    now_ = {std::max(recovered.last, clock.wall()), clock.steady()};
}

core::outcome offline_registry::take(const core::command& c) {
    decided_.clear();
    const core::sequence next = ledger_.head(storage::stream::events).seq + events_.size() + 1;
    core::outcome outcome = registry_.decide(c, now_, next, decided_);
    for (std::size_t n = 0; n < decided_.events.size(); ++n) {
        registry_.apply(decided_.events[n], next + n);
        storage::encode(decided_.events[n], events_);
    }
    return outcome;
}

void offline_registry::note_export(const core::user_code& by, std::string_view reason) {
    core::audit_record record;
    record.action = core::audit_action::exported;
    record.at = now_.recorded_at;
    record.by.clinic = core::no_clinic;
    record.by.user = by;
    record.subject = ledger_.head(storage::stream::events).seq;
    storage::encode(record, reason, audit_);
}

void offline_registry::commit() {
    ledger_.append(events_, audit_, now_.recorded_at);
    storage::signer signer(keys_);
    storage::write_anchor(
        dir_,
        {{ledger_.head(storage::stream::events), ledger_.head(storage::stream::audit)},
         now_.recorded_at},
        signer);
    events_.clear();
    audit_.clear();
}

}  // namespace doseline::net::cli

#include "net/cli/offline_registry.hpp"

#include "net/certificates.hpp"
#include "net/issued_certificates.hpp"
#include "net/token.hpp"
#include "storage/committer.hpp"
#include "storage/event_codec.hpp"
#include "storage/next_book.hpp"
#include "storage/recovery.hpp"
#include "storage/verify.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace doseline::net::cli {

namespace fs = std::filesystem;

namespace {

constexpr std::uint16_t first_book = 1;

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

std::uint16_t year_of(core::instant at) {
    const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(at)};
    return static_cast<std::uint16_t>(static_cast<int>(date.year()));
}

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
    storage::lmdb_ledger::create(dir, year);
    storage::lmdb_ledger ledger(dir, storage::lmdb::access::write);
    storage::record_batch events;
    storage::encode(core::book_opened{{now, 0}, first_book, year, 0, 0}, events);
    ledger.append(events, {}, now);
    storage::signer signer(keys);
    storage::write_anchor(
        dir, {{ledger.head(storage::stream::events), ledger.head(storage::stream::audit)}, now},
        signer);
}

offline_registry::offline_registry(const fs::path& dir, std::uint64_t disk_reserve_bytes)
    : dir_(dir), lock_(storage::require_registry(dir)), keys_(storage::key_ring::open(dir)),
      anchored_(storage::check_before_serving(dir)),
      ledger_(dir, storage::lmdb::access::write, disk_reserve_bytes) {
    const storage::clocks clock = storage::system_clocks();
    const storage::recovered recovered = storage::recover(
        *ledger_.reader(), anchored_.heads, {clock.wall(), clock.steady()}, registry_, totals_);
    now_ = {std::max(recovered.last, clock.wall()), clock.steady()};
}

core::outcome offline_registry::take(const core::command& c) {
    require_open_book();
    decided_.clear();
    const core::sequence next = last_event() + 1;
    core::outcome outcome = registry_.decide(c, now_, next, decided_);
    for (std::size_t n = 0; n < decided_.events.size(); ++n) {
        registry_.apply(decided_.events[n], next + n);
        storage::encode(decided_.events[n], events_);
    }
    if (events_.size() >= core::limits::restore_commit_records) {
        require_room_for(events_.bytes());
        ledger_.stage(events_, now_.recorded_at);
        events_.clear();
    }
    return outcome;
}

void offline_registry::require_room_for(std::uint64_t bytes) const {
    // Appended pages are more than half full of records.
    switch (ledger_.short_of_beside(2 * bytes)) {
        case core::shortage::none: return;
        case core::shortage::disk:
            throw std::runtime_error("the disk of " + dir_.string() +
                                     " is too full to register anything beside this: make room, "
                                     "and try again; nothing was changed");
        case core::shortage::map: break;
    }
    throw std::runtime_error("the ledger of " + dir_.string() +
                             " is nearly as large as this program can map (limits::map_bytes): "
                             "use one that maps more; nothing was changed");
}

core::audit_record offline_registry::record_of(core::audit_action action,
                                               std::uint64_t subject) const {
    core::audit_record record;
    record.action = action;
    record.at = now_.recorded_at;
    record.by.clinic = core::no_clinic;
    // As the kernel knows who ran it: a name can be chosen, the number cannot.
    record.by.user = core::user_code("uid-" + std::to_string(::getuid()));
    record.subject = subject;
    return record;
}

void offline_registry::note(core::audit_action action, std::uint64_t subject,
                            std::string_view reason) {
    storage::encode(record_of(action, subject), reason, audit_);
}

void offline_registry::require_open_book() const {
    if (const core::book_state& book = registry_.book(); book.closed) {
        throw std::runtime_error("book " + std::to_string(book.number) +
                                 " is closed: open the next one first, with doseline season open " +
                                 dir_.string());
    }
}

void offline_registry::close_book() {
    require_open_book();
    const std::uint16_t book = registry_.book().number;
    storage::encode(core::book_closed{{now_.recorded_at, 0}, book}, events_);
    note(core::audit_action::book_closed, book);
}

std::uint64_t offline_registry::open_next_book(std::uint16_t year, const storage::progress& tell) {
    const core::book_state& book = registry_.book();
    if (!book.closed) {
        throw std::runtime_error("book " + std::to_string(book.number) +
                                 " is open: close it first, with doseline season close " +
                                 dir_.string());
    }
    if (year < book.year) {
        throw std::invalid_argument("--year must not be before " + std::to_string(book.year) +
                                    ", the year of the book before");
    }
    const auto next = static_cast<std::uint16_t>(book.number + 1);
    // A person carried is an event of 64 bytes, an idempotency key one of 48, an account one of 47,
    // a clinic mostly one of less than 200, with the key of its record; the rest is little.
    constexpr std::uint64_t least = 1u << 20;
    std::uint64_t accounts = 0;
    for (const core::clinic_state& c : registry_.clinics()) {
        accounts += c.accounts.size();
    }
    require_room_for(least + 216 * registry_.clinics().size() +
                     80 * (registry_.persons().size() + registry_.keys().size() + accounts));
    sign_anchor();  // a book may only be turned where the anchor has got to its end
    storage::key_ring::add_data_key(dir_, next, year);
    const std::uint64_t events =
        storage::open_next_book(ledger_, registry_, totals_, year, now_.recorded_at,
                                record_of(core::audit_action::book_opened, next), tell);
    sign_anchor();
    return events;
}

void offline_registry::commit() {
    require_room_for(events_.bytes() + audit_.bytes());
    append();
}

void offline_registry::commit_note() { append(); }

void offline_registry::append() {
    ledger_.append(events_, audit_, now_.recorded_at);
    sign_anchor();
    events_.clear();
    audit_.clear();
}

void offline_registry::sign_anchor() {
    storage::signer signer(keys_);
    storage::write_anchor(
        dir_,
        {{ledger_.head(storage::stream::events), ledger_.head(storage::stream::audit)},
         now_.recorded_at},
        signer);
}

}  // namespace doseline::net::cli

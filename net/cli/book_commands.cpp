#include "net/cli/book_commands.hpp"

#include "net/cli/long_command.hpp"
#include "net/cli/offline_registry.hpp"
#include "net/utf8.hpp"
#include "storage/committer.hpp"
#include "storage/next_book.hpp"
#include "storage/stored_event.hpp"
#include "storage/verify.hpp"

#include <ostream>
#include <stdexcept>

namespace doseline::net::cli {

namespace fs = std::filesystem;

namespace {

bool is_closed(storage::ledger_reader& from, core::sequence last) {
    std::vector<std::byte> record;
    const auto event = storage::read_event(from, last, record);
    return event && std::holds_alternative<core::book_closed>(*event);
}

std::string name_of(std::uint16_t book, std::uint16_t year) {
    return "book " + std::to_string(book) + " of " + std::to_string(year);
}

void tell_destroyed(const fs::path& dir, const storage::book_facts& book, std::ostream& out) {
    out << "the keys of " << name_of(book.number, book.year)
        << " are destroyed here: now destroy every copy of " << (dir / "keys").string()
        << " that was made before, and put a new one into the safe" << std::endl;
}

}  // namespace

bool is_kept(std::uint16_t book_year, core::instant now) {
    return year_of(now) <= book_year + core::limits::retention_years;
}

void require_reason(std::string_view reason) {
    std::size_t characters = 0;
    bool says_something = false;
    for (std::string_view rest = reason; !rest.empty(); ++characters) {
        const std::size_t size = code_point_size(rest);
        const auto first = static_cast<unsigned char>(rest.front());
        if (size == 0 || first < ' ' || first == 0x7f) {
            throw std::invalid_argument("--reason must be one line of UTF-8");
        }
        says_something = says_something || first != ' ';
        rest.remove_prefix(size);
    }
    if (!says_something || characters > core::limits::export_reason_characters_max) {
        throw std::invalid_argument("--reason must have 1 to " +
                                    std::to_string(core::limits::export_reason_characters_max) +
                                    " characters");
    }
}

void list_books(const fs::path& dir, std::ostream& out) {
    storage::lmdb_ledger ledger(storage::require_registry(dir), storage::lmdb::access::read);
    const storage::key_ring keys = storage::key_ring::open(dir);
    const auto from = ledger.reader();
    const auto books = from->books();
    for (std::size_t n = 0; n < books.size(); ++n) {
        const storage::book_facts& book = books[n];
        const core::sequence last =
            n + 1 < books.size() ? books[n + 1].before.events.seq : from->heads().events.seq;
        out << name_of(book.number, book.year) << ": events " << book.before.events.seq + 1
            << " to " << last << ", "
            << (!keys.has_data_key_of(book.number) ? "destroyed"
                : is_closed(*from, last)           ? "closed"
                                                   : "open")
            << '\n';
    }
    out.flush();
}

void close_book(const fs::path& dir, std::uint64_t disk_reserve_bytes, std::ostream& out) {
    storage::verify(dir);
    offline_registry registry(dir, disk_reserve_bytes);
    const core::book_state book = registry.state().book();
    registry.close_book();
    registry.commit();
    out << name_of(book.number, book.year)
        << " is closed: take a backup, then doseline season open " << dir.string()
        << " begins the next" << std::endl;
}

void open_book(const fs::path& dir, std::uint16_t year, std::uint64_t disk_reserve_bytes,
               std::ostream& out) {
    std::uint64_t events = 0;
    {
        long_command command;
        offline_registry registry(dir, disk_reserve_bytes);
        events =
            registry.open_next_book(year, [&](std::string_view doing, std::uint64_t done,
                                              std::uint64_t of) { command.tell(doing, done, of); });
    }
    const storage::verified v = storage::verify(dir);
    out << name_of(static_cast<std::uint16_t>(v.books), year) << " is open with " << events
        << " events carried forward: put a copy of " << (dir / "keys").string()
        << " into the safe before you serve it" << std::endl;
}

void destroy_book(const fs::path& dir, const destroy_options& what,
                  std::uint64_t disk_reserve_bytes, std::ostream& out) {
    require_reason(what.reason);
    offline_registry registry(dir, disk_reserve_bytes);
    const auto reader = registry.ledger().reader();
    const auto books = reader->books();
    if (what.book == 0 || what.book >= books.size()) {
        throw std::runtime_error("no closed book " + std::to_string(what.book) +
                                 " lies behind the open one: doseline season list " + dir.string() +
                                 " shows the books");
    }
    const storage::book_facts book = books[what.book - 1u];
    if (!registry.keys().has_data_key_of(book.number)) {
        // A kill may have left some of it.
        if (!storage::key_ring::destroy_data_keys(dir, book.number)) {
            throw std::runtime_error(name_of(book.number, book.year) + " is destroyed already");
        }
        tell_destroyed(dir, book, out);
        return;
    }
    if (registry.keys().current_book() != registry.state().book().number) {
        throw std::runtime_error("the newest data key is not of the open book: doseline rotate " +
                                 dir.string() + " makes one first");
    }
    if (!what.early && is_kept(book.year, registry.now())) {
        throw std::runtime_error(name_of(book.number, book.year) +
                                 " is to be kept until the end of " +
                                 std::to_string(book.year + core::limits::retention_years) +
                                 "; --early destroys it all the same");
    }
    registry.note(core::audit_action::book_destroyed, book.number, what.reason);
    registry.commit();
    storage::key_ring::destroy_data_keys(dir, book.number);
    tell_destroyed(dir, book, out);
}

}  // namespace doseline::net::cli

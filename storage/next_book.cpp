#include "storage/next_book.hpp"

#include "core/carry_forward.hpp"
#include "storage/agreement.hpp"
#include "storage/event_codec.hpp"
#include "storage/record_search.hpp"
#include "storage/stored_event.hpp"

#include <memory>

namespace doseline::storage {

namespace {

constexpr std::string_view folding = "proving the closed book";
constexpr std::string_view carrying = "carrying forward";

fold fold_of(ledger_reader& from, core::sequence end, const progress& tell) {
    const core::sequence start = from.start(stream::events).seq;
    fold folded(start);
    from.check(
        stream::events,
        [&](core::sequence seq, std::span<const std::byte> record) {
            const auto event = decode_event(record);
            if (!event) {
                throw fatal_error("record " + std::to_string(seq) +
                                  " of the ledger does not decode: run doseline verify");
            }
            folded.take(seq, *event);
            return true;
        },
        [&](const stream_head& at) { tell(folding, at.seq - start, end - start); });
    return folded;
}

core::sequence first_event_since(ledger_reader& from, core::instant time) {
    std::vector<std::byte> record;
    return first_not_older([&](core::sequence seq) {
        const auto event = read_event(from, seq, record);
        return event && core::header_of(*event).recorded_at < time;
    });
}

// The events of a new book on their way into it, as many at a time as a restore commits.
class book_writer {
public:
    book_writer(lmdb_ledger& into, core::instant at, const progress& tell)
        : into_(into), at_(at), tell_(tell) {}

    void add(const core::event& e) {
        if (const auto* opened = std::get_if<core::book_opened>(&e)) {
            total_ = opened->carried + 1;
        }
        encode(e, events_);
        ++written_;
        if (events_.size() == core::limits::restore_commit_records) {
            flush({});
        }
    }

    void flush(const record_batch& audit) {
        into_.append(events_, audit, at_);
        events_.clear();
        tell_(carrying, written_, total_);
    }

    std::uint64_t written() const noexcept { return written_; }

private:
    lmdb_ledger& into_;
    const core::instant at_;
    const progress& tell_;
    record_batch events_;
    std::uint64_t written_ = 0;
    std::uint64_t total_ = 0;
};

}  // namespace

std::uint64_t open_next_book(lmdb_ledger& ledger, core::registry& state,
                             const core::dose_totals& totals, std::uint16_t year, core::instant at,
                             const core::audit_record& opened, const progress& tell) {
    const auto from = ledger.reader();
    const core::sequence end = ledger.head(stream::events).seq;
    const fold folded = fold_of(*from, end, tell);
    check_agreement(folded, state, totals);

    // Names are not the registry's to keep: they are published and forgotten.
    const auto names = std::make_unique<core::published>();
    state.publish(*names, end, at);
    const core::carried_along along{
        [&](core::clinic_number n) { return std::string_view(names->clinic(n).name); },
        [&](const core::person_record& p) {
            return folded.person_of_hash(core::person_hash(p.person, p.programme)).payable;
        }};
    const auto number = static_cast<std::uint16_t>(ledger.book().number + 1);
    // Counted back from when the last could be used, however long ago that was.
    std::vector<std::byte> record;
    const core::instant closed = core::header_of(read_named_event(*from, end, record)).recorded_at;
    const core::opening how{number, year, at, end + 1,
                            first_event_since(*from, closed - core::limits::keys_carried)};

    ledger.draft_next(year);
    book_writer into(ledger, at, tell);
    core::carry_forward(state, how, along, [&](const core::event& e) { into.add(e); });
    record_batch audit;
    encode(opened, audit);
    into.flush(audit);
    ledger.open_draft();
    return into.written();
}

}  // namespace doseline::storage

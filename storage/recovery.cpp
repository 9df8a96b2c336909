#include "storage/recovery.hpp"

#include "storage/check_ahead.hpp"
#include "storage/event_codec.hpp"
#include "storage/hold_recovery.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace doseline::storage {

namespace {

[[noreturn]] void damaged(const std::string& what) {
    throw fatal_error(what +
                      ": the ledger is not what was written; run doseline verify and "
                      "restore a backup");
}

// The ledger must be no shorter than its anchor and the same there.
void check_anchor(std::string_view name, const stream_head& anchor, const stream_head& met,
                  core::sequence end) {
    if (end < anchor.seq) {
        damaged("the " + std::string(name) + " end at " + std::to_string(end) +
                " but the signed anchor names " + std::to_string(anchor.seq));
    }
    if (anchor.seq != 0 && (met.seq != anchor.seq || met.hash != anchor.hash)) {
        damaged("the " + std::string(name) + " differ from the signed anchor at " +
                std::to_string(anchor.seq));
    }
}

// The totals of earlier runs: what clinics were told then is what the ledger has.
void count_event(const core::event& event, const core::registry& state, core::dose_totals& totals) {
    const std::size_t shard = totals.recovery_shard();
    const auto counted = [&](core::clinic_number clinic, core::programme_number programme,
                             core::claim_state claim, core::instant recorded_at) {
        return dose_of(state.clinics()[clinic].region_index, programme, claim, recorded_at,
                       state.programmes()[programme]->offset);
    };
    if (const auto* dose = std::get_if<core::dose_registered>(&event)) {
        totals.count(shard,
                     counted(dose->clinic, dose->programme, dose->claim, dose->header.recorded_at));
    } else if (const auto* v = std::get_if<core::dose_voided>(&event)) {
        totals.uncount(shard, counted(v->change.clinic, v->change.programme, v->change.claim_before,
                                      v->registered_at));
    } else if (const core::amendment* change = core::amendment_of(event);
               change != nullptr && change->registration > state.book().opened) {
        totals.change_claim(shard, state.clinics()[change->clinic].region_index, change->programme,
                            change->claim_before, change->claim);
    }
}

// Events are applied some steps behind their reading, so that memory has had time to answer.
template <class Apply>
class replay_window {
public:
    replay_window(const core::registry& state, Apply apply)
        : state_(state), apply_(std::move(apply)) {}

    // The next event's place, to be filled before took(). REQUIRES: in the order of their numbers,
    // without a gap.
    core::event& place_of(core::sequence seq) {
        if (next_ - oldest_ == behind) {
            apply_oldest();
        }
        if (next_ == oldest_) {
            oldest_ = next_ = seq;
        }
        return waiting_[seq % behind];
    }

    void took(core::sequence seq) {
        using step = core::registry::prefetch_step;
        state_.prefetch(waiting_[seq % behind], step::first);
        ++next_;
        if (next_ - oldest_ > a_step) {
            state_.prefetch(waiting_[(seq - a_step) % behind], step::second);
        }
        if (next_ - oldest_ > 2 * a_step) {
            state_.prefetch(waiting_[(seq - 2 * a_step) % behind], step::third);
        }
    }

    void apply_rest() {
        while (oldest_ != next_) {
            apply_oldest();
        }
    }

private:
    static constexpr std::size_t a_step = 8;
    static constexpr std::size_t behind = 3 * a_step;

    void apply_oldest() {
        apply_(waiting_[oldest_ % behind], oldest_);
        ++oldest_;
    }

    const core::registry& state_;
    const Apply apply_;
    std::array<core::event, behind> waiting_;
    core::sequence oldest_ = 0;
    core::sequence next_ = 0;  // the same: none waits
};

void restore_holds(const hold_recovery::found& found, const std::optional<must_pass>& anchor,
                   const core::moment& now, core::registry& into) {
    if (anchor) {
        check_anchor("audit", anchor->audit, found.at_anchor, found.end.seq);
    }
    for (const core::audit_record& a : found.holds) {
        into.restore_hold(a, now.steady - (now.recorded_at - a.at).count());
    }
    into.expire_holds(now.steady);
}

}  // namespace

core::dose_totals::dose dose_of(std::uint32_t region_index, core::programme_number programme,
                                core::claim_state claim, core::instant recorded_at,
                                core::zone_offset offset) noexcept {
    return {region_index, programme, claim != core::claim_state::not_payable,
            core::day_at(recorded_at, offset), core::hour_at(recorded_at, offset)};
}

void require_opening(const core::event& e, core::sequence seq, const book_facts& book) {
    const auto* opened = std::get_if<core::book_opened>(&e);
    if ((opened != nullptr) != (seq == book.before.events.seq + 1)) {
        damaged("record " + std::to_string(seq) + (opened ? " opens a book" : " opens no book"));
    }
    if (opened != nullptr && (opened->book != book.number || opened->year != book.year)) {
        damaged("the ledger says that it is book " + std::to_string(book.number) + " of " +
                std::to_string(book.year) + " and opens book " + std::to_string(opened->book) +
                " of " + std::to_string(opened->year));
    }
}

recovered recover(ledger_reader& from, const std::optional<must_pass>& anchor,
                  const core::moment& now, core::registry& into, core::dose_totals& totals) {
    recovered result;
    hold_recovery holds(from.another(), now, anchor);
    stream_head at_anchor = from.start(stream::events);
    replay_window window(into, [&](const core::event& event, core::sequence seq) {
        into.apply(event, seq);
        result.last = core::header_of(event).recorded_at;
        count_event(event, into, totals);
    });
    const book_facts book = from.book();
    into.reserve(from.heads().events.seq - from.start(stream::events).seq);
    const auto decode = [&](core::sequence seq, std::span<const std::byte> record,
                            core::event& event) {
        if (!decode_event(record, event)) {
            damaged("record " + std::to_string(seq) + " does not decode");
        }
        require_opening(event, seq, book);
    };
    const auto visit = [&](core::sequence seq, core::event& event) {
        window.place_of(seq) = std::move(event);
        window.took(seq);
    };
    const auto at_seal = [&](const stream_head& head) {
        if (anchor && head.seq == anchor->events.seq) {
            at_anchor = head;
        }
    };
    result.events = check_ahead<core::event>(from, stream::events, from.start(stream::events),
                                             decode, visit, at_seal);
    window.apply_rest();
    if (anchor) {
        check_anchor("events", anchor->events, at_anchor, result.events.seq);
    }
    const hold_recovery::found found = holds.finish();
    restore_holds(found, anchor, now, into);
    result.last = std::max(result.last, found.last);
    return result;
}

}  // namespace doseline::storage

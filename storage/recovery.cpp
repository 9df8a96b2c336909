#include "storage/recovery.hpp"

#include "storage/check_ahead.hpp"
#include "storage/event_codec.hpp"

#include <array>
#include <limits>
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

// Of the audit as much as holds need, and as shows that it goes through the anchor: it is written
// twice as fast as the ledger and never replayed.
void recover_holds(ledger_reader& from, const core::moment& now, core::registry& into,
                   const std::optional<must_pass>& anchor) {
    const core::instant since = now.recorded_at - core::limits::hold_time;
    const core::sequence anchored =
        anchor ? anchor->audit.seq : std::numeric_limits<core::sequence>::max();
    stream_head at_anchor;
    const auto visit = [&](core::sequence seq, std::span<const std::byte> record) {
        const auto a = decode_audit(record);
        if (!a) {
            damaged("audit record " + std::to_string(seq) + " does not decode");
        }
        if (a->at >= since) {
            into.restore_hold(*a, now.steady - (now.recorded_at - a->at).count());
        }
        return true;
    };
    const auto at_seal = [&](const stream_head& head) {
        if (head.seq == anchored) {
            at_anchor = head;
        }
    };
    const stream_head end =
        from.check_from(stream::audit, from.before(stream::audit, since, anchored), visit, at_seal);
    if (anchor) {
        check_anchor("audit", anchor->audit, at_anchor, end.seq);
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
    stream_head at_anchor = from.start(stream::events);
    // Events are applied some steps behind their reading, so that memory has had time to answer.
    constexpr std::size_t behind = 8;
    std::array<core::event, behind> waiting;
    core::sequence oldest = 0;
    const auto apply_oldest = [&] {
        const core::event& event = waiting[oldest % behind];
        into.apply(event, oldest++);
        std::visit([&](const auto& e) { result.last = e.header.recorded_at; }, event);
        count_event(event, into, totals);
    };
    const auto visit = [&](core::sequence seq, std::span<const std::byte> record) {
        auto event = decode_event(record);
        if (!event) {
            damaged("record " + std::to_string(seq) + " does not decode");
        }
        require_opening(*event, seq, from.book());
        if (oldest == 0) {
            oldest = seq;
        } else if (seq - oldest == behind) {
            apply_oldest();
        }
        into.prefetch(*event);
        waiting[seq % behind] = std::move(*event);
        return true;
    };
    const auto at_seal = [&](const stream_head& head) {
        if (anchor && head.seq == anchor->events.seq) {
            at_anchor = head;
        }
    };
    result.events = check_ahead(from, stream::events, from.start(stream::events), visit, at_seal);
    while (oldest != 0 && oldest <= result.events.seq) {
        apply_oldest();
    }
    if (anchor) {
        check_anchor("events", anchor->events, at_anchor, result.events.seq);
    }
    recover_holds(from, now, into, anchor);
    return result;
}

}  // namespace doseline::storage

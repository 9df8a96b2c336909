#pragma once

#include "core/registry.hpp"
#include "core/totals.hpp"
#include "storage/ledger.hpp"

#include <functional>
#include <optional>

namespace doseline::storage {

struct recovered {
    stream_head events;
    core::instant last;  // recording time of the newest record, of events and audit
};

// Where a stream must have passed, from the signed anchor.
struct must_pass {
    stream_head events;
    stream_head audit;

    friend bool operator==(const must_pass&, const must_pass&) = default;
};

// Fills an empty registry from the open book, and the recovery's shard of totals: every record is
// applied, none decided again, every batch's seal is checked on the way, and the ledger must go
// through the anchor. Then the holds of the last half hour come back from the audit. now maps
// them to the steady clock. Throws fatal_error naming what is wrong; then nothing may be served.
// Reads each stream on a thread of its own beside this one; they have ended when it returns.
recovered recover(ledger_reader& from, const std::optional<must_pass>& anchor,
                  const core::moment& now, core::registry& into, core::dose_totals& totals);

// A book's first event, and no other, opens it, as its facts say: throws fatal_error otherwise.
void require_opening(const core::event& e, core::sequence seq, const book_facts& book);

// What the totals know of a registration.
core::dose_totals::dose dose_of(std::uint32_t region_index, core::programme_number programme,
                                core::claim_state claim, core::instant recorded_at,
                                core::zone_offset offset) noexcept;

}  // namespace doseline::storage

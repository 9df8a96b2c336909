#pragma once

#include "core/civil_time.hpp"
#include "core/command.hpp"
#include "storage/key_ring.hpp"
#include "storage/sha256.hpp"

namespace doseline::net {

using receipt_text = core::fixed_string<20 + 1 + 1 + 6>;  // the longest number there is

// What a clinic writes down of a registration: its id, and six characters that only this registry
// could have made for that number and that time: "5724-K7QM2D". So a clinic proves when it
// registered, and a receipt copied from another is found out. The same registration always has the
// same receipt. One object per thread; the ring may go first.
class receipts {
public:
    explicit receipts(const storage::key_ring& ring);

    receipt_text receipt_number(core::sequence seq, core::instant recorded_at);

private:
    storage::hmac_sha256 receipt_key_;
};

}  // namespace doseline::net

#pragma once

#include "core/event.hpp"
#include "core/registry.hpp"
#include "storage/recovery.hpp"

#include <atomic>
#include <future>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

namespace doseline::storage {

// What of an audit still stands at its end: of each person in a programme the last record that
// holds them, unless a registration came behind it. So of ten million checks and registrations no
// more is kept than the registry keeps of them.
class standing_holds {
public:
    // REQUIRES: in the order of their numbers.
    void take(const core::audit_record& a);

    // Empties it.
    std::vector<core::audit_record> in_order();

private:
    struct key {
        core::person_key person{};
        core::programme_number programme = 0;
        friend bool operator==(const key&, const key&) = default;
    };
    struct key_hasher {
        std::size_t operator()(const key& k) const noexcept {
            return core::person_hash(k.person, k.programme);
        }
    };
    struct standing {
        std::uint64_t number = 0;
        core::audit_record record;
    };

    std::unordered_map<key, standing, key_hasher> standing_;
    std::uint64_t taken_ = 0;
};

// Reads of the audit as much as holds need, and as shows that it goes through the anchor: it is
// written twice as fast as the ledger and never replayed. On a thread of its own, beside the
// events' recovery, which it does not touch.
class hold_recovery {
public:
    // REQUIRES: threads share the process's descriptor table (LMDB).
    hold_recovery(std::unique_ptr<ledger_reader> from, const core::moment& now,
                  const std::optional<must_pass>& anchor);
    ~hold_recovery();  // gives up

    struct found {
        std::vector<core::audit_record> holds;  // that stand, in their order
        stream_head at_anchor;
        stream_head end;
        core::instant last;  // of the newest record
    };
    // Waits. Throws fatal_error naming what is wrong.
    found finish() { return result_.get(); }

private:
    found read();

    const std::unique_ptr<ledger_reader> from_;
    const core::instant since_;
    const core::sequence anchored_;
    std::atomic<bool> given_up_{false};
    std::future<found> result_;  // last: begins when all else is there
};

}  // namespace doseline::storage

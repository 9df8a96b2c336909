#include "storage/hold_recovery.hpp"

#include "storage/event_codec.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

namespace doseline::storage {

namespace {

// Nobody waits for the audit any more.
struct given_up {};

}  // namespace

void standing_holds::take(const core::audit_record& a) {
    ++taken_;
    if (a.action == core::audit_action::registered) {
        standing_.erase({a.person, a.programme});
    } else if (a.hold_seconds != 0) {
        standing_.insert_or_assign({a.person, a.programme}, standing{taken_, a});
    }
}

std::vector<core::audit_record> standing_holds::in_order() {
    std::vector<standing> all;
    all.reserve(standing_.size());
    for (const auto& [of, one] : standing_) {
        all.push_back(one);
    }
    standing_.clear();
    std::ranges::sort(all, {}, &standing::number);
    std::vector<core::audit_record> records;
    records.reserve(all.size());
    std::ranges::transform(all, std::back_inserter(records), &standing::record);
    return records;
}

hold_recovery::hold_recovery(std::unique_ptr<ledger_reader> from, const core::moment& now,
                             const std::optional<must_pass>& anchor)
    : from_(std::move(from)), since_(now.recorded_at - core::limits::hold_time),
      anchored_(anchor ? anchor->audit.seq : std::numeric_limits<core::sequence>::max()),
      result_(std::async(std::launch::async, [this] { return read(); })) {}

hold_recovery::~hold_recovery() {
    given_up_ = true;
    if (result_.valid()) {
        result_.wait();
    }
}

hold_recovery::found hold_recovery::read() {
    found f;
    standing_holds standing;
    const auto visit = [&](core::sequence seq, std::span<const std::byte> record) {
        const auto a = decode_audit(record);
        if (!a) {
            throw fatal_error("audit record " + std::to_string(seq) +
                              " does not decode: the ledger is not what was written; run doseline "
                              "verify and restore a backup");
        }
        f.last = a->at;
        if (a->at >= since_) {
            standing.take(*a);
        }
        return true;
    };
    const auto at_seal = [&](const stream_head& head) {
        if (head.seq == anchored_) {
            f.at_anchor = head;
        }
        if (given_up_) {
            throw given_up{};
        }
    };
    f.end = from_->check_from(stream::audit, from_->before(stream::audit, since_, anchored_), visit,
                              at_seal);
    f.holds = standing.in_order();
    return f;
}

}  // namespace doseline::storage

#pragma once

#include "core/totals.hpp"

#include <atomic>
#include <functional>
#include <optional>
#include <vector>

namespace doseline::storage {

// A line through all reactors' receipts at one sequence number. The committer puts a mark behind
// the receipts of the batch that ended there; each reactor, when it meets the mark, copies its own
// shard; the sum of the copies is what clinics were told up to that number, exactly.
//
// Thread safety: reached() once by each reactor; all else by the committer, before the first mark
// is sent and after the last was reached.
class cut {
public:
    using finished = std::function<void(const cut&)>;

    // regions: how many there are at seq. done is called on the committer's thread.
    cut(const core::dose_totals& totals, core::sequence seq, core::instant as_of,
        std::uint32_t regions, finished done)
        : totals_(totals), seq_(seq), as_of_(as_of), regions_(regions), done_(std::move(done)),
          shards_(totals.reactors()), missing_(totals.reactors()) {}

    // True for the reactor that was the last: it hands the cut back to the committer.
    [[nodiscard]] bool reached(std::size_t shard) {
        shards_[shard].emplace(totals_.snapshot(shard, regions_));
        // acq_rel: the last one, and the committer behind it, see all snapshots.
        return missing_.fetch_sub(1, std::memory_order_acq_rel) == 1;
    }

    core::sequence seq() const noexcept { return seq_; }
    core::instant as_of() const noexcept { return as_of_; }

    // REQUIRES: reached by all.
    core::dose_counts sum() const {
        core::dose_counts total = totals_.snapshot(totals_.recovery_shard(), regions_);
        for (const auto& shard : shards_) {
            total += *shard;
        }
        return total;
    }
    void finish() { done_(*this); }

private:
    const core::dose_totals& totals_;
    const core::sequence seq_;
    const core::instant as_of_;
    const std::uint32_t regions_;
    const finished done_;
    std::vector<std::optional<core::dose_counts>> shards_;
    std::atomic<std::size_t> missing_;
};

}  // namespace doseline::storage

#include "storage/page_walkers.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>

namespace doseline::storage {

namespace {

constexpr std::size_t threads_max = 8;

struct piece {
    std::size_t tree = 0;
    page_walk::part part;
};

lmdb::tree_record sum(const lmdb::tree_record& a, const lmdb::tree_record& b) {
    lmdb::tree_record s;
    s.branch_pages = a.branch_pages + b.branch_pages;
    s.leaf_pages = a.leaf_pages + b.leaf_pages;
    s.overflow_pages = a.overflow_pages + b.overflow_pages;
    s.entries = a.entries + b.entries;
    return s;
}

// The pieces of all trees, of which each thread takes the next one.
class shared_work {
public:
    shared_work(walked_file& in, const std::vector<named_tree>& trees, std::uint16_t entry_flags)
        : in_(in), trees_(trees), entry_flags_(entry_flags),
          roots_(trees.size(), std::vector<std::byte>(in.page_bytes)), met_(trees.size()) {
        page_walk walk(in);
        for (std::size_t n = 0; n < trees.size(); ++n) {
            enter(walk, n);
            for (const page_walk::part& p : walk.root(roots_[n])) {
                pieces_.push_back({n, p});
            }
            met_[n] = walk.met();
        }
    }

    std::size_t pieces() const noexcept { return pieces_.size(); }

    // Until none is left, or a thread has failed.
    void take_part() noexcept try {
        page_walk walk(in_);
        for (std::size_t i = next_++; i < pieces_.size() && !failed_; i = next_++) {
            const piece& p = pieces_[i];
            enter(walk, p.tree);
            walk.below_root(p.part);
            const std::lock_guard lock(mutex_);
            met_[p.tree] = sum(met_[p.tree], walk.met());
        }
    } catch (...) {
        const std::lock_guard lock(mutex_);
        if (!failed_) {
            error_ = std::current_exception();
            failed_ = true;
        }
    }

    // REQUIRES: all threads have ended.
    void conclude() {
        if (error_) {
            std::rethrow_exception(error_);
        }
        page_walk walk(in_);
        for (std::size_t n = 0; n < trees_.size(); ++n) {
            enter(walk, n);
            walk.compare(met_[n]);
        }
    }

private:
    void enter(page_walk& walk, std::size_t tree) const {
        walk.enter(trees_[tree].name, trees_[tree].record, entry_flags_);
    }

    walked_file& in_;
    const std::vector<named_tree>& trees_;
    const std::uint16_t entry_flags_;
    std::vector<std::vector<std::byte>> roots_;  // the pieces look into them
    std::vector<piece> pieces_;
    std::atomic<std::size_t> next_{0};
    std::atomic<bool> failed_{false};
    std::mutex mutex_;
    std::vector<lmdb::tree_record> met_;  // of each tree; guarded by mutex_
    std::exception_ptr error_;            // the first; guarded by mutex_
};

}  // namespace

void walk_together(walked_file& in, const std::vector<named_tree>& trees,
                   std::uint16_t entry_flags) {
    shared_work work(in, trees, entry_flags);
    const std::size_t threads =
        std::min({work.pieces(), threads_max, std::size_t{std::thread::hardware_concurrency()}});
    {
        std::vector<std::jthread> others;
        for (std::size_t n = 1; n < threads; ++n) {
            others.emplace_back([&work] { work.take_part(); });
        }
        work.take_part();
    }
    work.conclude();
}

}  // namespace doseline::storage

#include "storage/prover.hpp"

#include "storage/comparison.hpp"
#include "storage/event_codec.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <memory>
#include <string>

namespace doseline::storage {

using namespace std::chrono_literals;

namespace {

constexpr auto between_rounds = 10s;
// A tenth of a processor that clinics want, all of one that nobody does.
constexpr int yielding_priority = 10;

}  // namespace

prover::prover(parts p)
    : parts_(std::move(p)), fold_(parts_.ledger->start(stream::events).seq),
      thread_([this] { run(); }) {}

void prover::end() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    condition_.notify_one();
    if (thread_.joinable()) {
        thread_.join();
    }
}

std::optional<core::proof_answer> prover::last() const {
    const std::lock_guard lock(mutex_);
    return last_;
}

void prover::ask(answered then) {
    {
        const std::lock_guard lock(mutex_);
        asked_.push_back(std::move(then));
    }
    condition_.notify_one();
}

void prover::run() try {
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), yielding_priority);
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        const std::vector<answered> asked = std::exchange(asked_, {});
        lock.unlock();
        const proof_round done = round();
        const core::proof_answer& answer = done.answer;
        lock.lock();
        const bool whole = !stopping_;  // else it may have been given up
        if (whole) {
            last_ = answer;  // first: who is told of it may ask for the last one
        }
        lock.unlock();
        if (const std::string said = whole ? alarm_.since_last(done) : ""; !said.empty()) {
            parts_.alarm(said);
        }
        for (const answered& then : asked) {
            parts_.committer.call(
                [then, answer](core::registry&, core::sequence) { then(answer); });
        }
        lock.lock();
        condition_.wait_for(lock, between_rounds, [this] { return stopping_ || !asked_.empty(); });
    }
} catch (const std::exception& e) {
    parts_.fatal(e.what());
}

proof_round prover::round() {
    proof_round r;
    compare_totals(r);
    compare_each<clinic_view>(r);
    compare_each<person_view>(r);
    find_overpaid(fold_, r);
    compare_lots(r);
    r.answer.seq = fold_.seq();
    r.answer.events = fold_.seq();
    r.answer.as_of =
        std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
    return r;
}

bool prover::is_stopping() const {
    const std::lock_guard lock(mutex_);
    return stopping_;
}

// Behind a start that is the whole book, and a server that is told to end waits for nothing of it.
void prover::follow_to(core::sequence seq) {
    constexpr core::sequence looks_at_end = 1'024;
    if (fold_.seq() >= seq) {
        return;
    }
    parts_.ledger->scan(
        stream::events, fold_.seq() + 1, [&](core::sequence at, std::span<const std::byte> record) {
            if (at > seq || (at % looks_at_end == 0 && is_stopping())) {
                return false;
            }
            const auto event = decode_event(record);
            if (!event) {
                throw fatal_error("record " + std::to_string(at) + " does not decode");
            }
            fold_.take(at, *event);
            return true;
        });
}

bool prover::on_committer(const std::function<void(core::registry&, core::sequence)>& what) {
    const auto done = std::make_shared<std::promise<void>>();
    auto finished = done->get_future();
    // what outlives the call, because we wait for it, unless the server ends: then it is not run.
    const auto alive = std::make_shared<std::atomic<bool>>(true);
    parts_.committer.call([&what, done, alive](core::registry& r, core::sequence seq) {
        if (alive->exchange(false)) {
            what(r, seq);
            done->set_value();
        }
    });
    for (;;) {
        if (finished.wait_for(50ms) == std::future_status::ready) {
            return true;
        }
        const std::lock_guard lock(mutex_);
        if (stopping_ && alive->exchange(false)) {
            return false;
        }
    }
}

// What clinics were told up to a number, what is left there, and the ledger up to the same number.
void prover::compare_totals(proof_round& into) {
    auto cut_reached = std::make_shared<std::promise<core::dose_counts>>();
    auto counts = cut_reached->get_future();
    remaining_view left;
    core::sequence seq = 0;
    const bool begun = on_committer([&](core::registry& r, core::sequence at) {
        seq = at;
        left.take(r, parts_.published);
        parts_.committer.cut_now([cut_reached](const cut& c) { cut_reached->set_value(c.sum()); });
    });
    while (begun && counts.wait_for(50ms) != std::future_status::ready) {
        const std::lock_guard lock(mutex_);
        if (stopping_) {
            return;
        }
    }
    if (!begun) {
        return;
    }
    follow_to(seq);
    compare(counts.get(), fold_, into);
    compare(left, fold_, into);
}

// All that were there at the first visit; those that came since are the next round's, or a round
// beside many new ones would have no end.
template <class View>
void prover::compare_each(proof_round& into) {
    std::vector<View> views(View::at_once);
    std::size_t all = 0;
    std::size_t served = 0;
    for (std::size_t from = 0; from == 0 || from < all; from += View::at_once) {
        std::size_t some = 0;
        core::sequence seq = 0;
        if (!on_committer([&](core::registry& r, core::sequence at) {
                seq = at;
                served = View::number(r);
                all = from == 0 ? served : all;
                some = std::min(View::at_once, all - from);
                for (std::size_t i = 0; i < some; ++i) {
                    views[i].take(r, parts_.published, from + i);
                }
            })) {
            return;
        }
        follow_to(seq);
        for (std::size_t i = 0; i < some; ++i) {
            compare(views[i], fold_, into);
        }
    }
    compare_number(View::what, served, View::number(fold_), into);
}

void prover::compare_lots(proof_round& into) {
    std::vector<core::balances> nation;
    core::sequence seq = 0;
    if (!on_committer([&](core::registry& r, core::sequence at) {
            seq = at;
            for (const core::lot_state& l : r.lots()) {
                nation.push_back(l.nation);
            }
        })) {
        return;
    }
    follow_to(seq);
    compare(nation, fold_, into);
}

}  // namespace doseline::storage

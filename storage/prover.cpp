#include "storage/prover.hpp"

#include "storage/agreement.hpp"
#include "storage/event_codec.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
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
// What one visit to the committer may compare: a fraction of a millisecond of its time.
constexpr std::size_t clinics_at_once = 128;
constexpr std::size_t persons_at_once = 256;
constexpr int looks_max = 100;

std::uint64_t distance(std::int64_t a, std::int64_t b) noexcept {
    return static_cast<std::uint64_t>(a > b ? a - b : b - a);
}

// Sums of cells that wrap.
std::int64_t count(std::uint64_t n) noexcept { return static_cast<std::int64_t>(n); }

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
    compare_accounts(r);
    compare_persons(r);
    compare_lots(r);
    r.answer.seq = fold_.seq();
    r.answer.events = fold_.seq();
    r.answer.as_of =
        std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
    return r;
}

void prover::follow_to(core::sequence seq) {
    if (fold_.seq() >= seq) {
        return;
    }
    parts_.ledger->scan(
        stream::events, fold_.seq() + 1, [&](core::sequence at, std::span<const std::byte> record) {
            if (at > seq) {
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

// What clinics were told up to a number, and the ledger up to the same number.
void prover::compare_totals(proof_round& into) {
    auto cut_reached = std::make_shared<std::promise<core::dose_counts>>();
    auto counts = cut_reached->get_future();
    core::sequence seq = 0;
    const bool begun = on_committer([&](core::registry&, core::sequence at) {
        seq = at;
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
    const core::dose_counts told = counts.get();
    const std::uint32_t regions = std::min(told.regions(), fold_.regions());
    for (std::uint32_t region = 0; region < regions; ++region) {
        for (core::programme_number p = 0; p < fold_.programmes(); ++p) {
            const fold::dose_sums in_ledger = fold_.doses(region, p);
            const fold::dose_sums by_shards{told.doses(region, p), told.not_payable(region, p)};
            if (by_shards != in_ledger) {
                into.differs(
                    distance(count(by_shards.doses), count(in_ledger.doses)) +
                        distance(count(by_shards.not_payable), count(in_ledger.not_payable)),
                    "shard: region " + std::to_string(region) + ", programme " + std::to_string(p),
                    "clinics were told of " + std::to_string(count(by_shards.doses)) + " doses, " +
                        std::to_string(count(by_shards.not_payable)) +
                        " not payable; the ledger has " + std::to_string(in_ledger.doses) +
                        " and " + std::to_string(in_ledger.not_payable));
            }
        }
        ++into.answer.shards;
    }
}

// Each clinic's accounts: in the registry, as published, and by the fold, at the clinic's last
// event.
void prover::compare_accounts(proof_round& into) {
    struct view {
        core::clinic_number clinic = 0;
        std::uint32_t code = 0;
        core::sequence last_event = 0;
        std::vector<core::account> accounts;
    };
    std::vector<core::stock_row> served;
    std::vector<view> views;

    // False: it has changed since, look again.
    const auto compare = [&](const view& v) {
        follow_to(v.last_event);
        if (fold_.clinics()[v.clinic].last_event != v.last_event) {
            return false;
        }
        std::size_t met = 0;
        bool same = true;
        for (const core::account& a : v.accounts) {
            const fold::balance b = fold_.balance_of({v.clinic, a.lot, a.programme, a.funding});
            ++met;
            if (b != fold::balance{a.on_hand, a.in_transit, a.suspense}) {
                same = false;
                into.differs(distance(b.on_hand, a.on_hand) + distance(b.in_transit, a.in_transit) +
                                 distance(b.suspense, a.suspense),
                             "account: clinic " + std::to_string(v.code) + ", lot number " +
                                 std::to_string(a.lot),
                             "on hand " + std::to_string(a.on_hand) + ", in transit " +
                                 std::to_string(a.in_transit) + ", suspense " +
                                 std::to_string(a.suspense) + " served, the ledger has " +
                                 std::to_string(b.on_hand) + ", " + std::to_string(b.in_transit) +
                                 " and " + std::to_string(b.suspense));
            }
            ++into.answer.accounts;
        }
        if (met != fold_.accounts_of(v.clinic).size()) {
            into.differs(1, "account: clinic " + std::to_string(v.code),
                         std::to_string(met) + " accounts, the ledger has " +
                             std::to_string(fold_.accounts_of(v.clinic).size()));
        }
        // What is wrong in the registry is shown so with the clinic's next event: that is no news.
        if (same && parts_.published.read_stock(v.clinic, served) == v.last_event) {
            for (std::size_t i = 0; i < std::min(served.size(), v.accounts.size()); ++i) {
                if (served[i].on_hand != v.accounts[i].on_hand ||
                    served[i].in_transit != v.accounts[i].in_transit ||
                    served[i].suspense != v.accounts[i].suspense) {
                    into.differs(1, "account: clinic " + std::to_string(v.code),
                                 "served another stock than the registry has");
                }
            }
        }
        return true;
    };

    std::vector<core::clinic_number> left(fold_.clinics().size());
    for (std::size_t i = 0; i < left.size(); ++i) {
        left[i] = static_cast<core::clinic_number>(i);
    }
    for (int look = 0; look < looks_max && !left.empty(); ++look) {
        std::vector<core::clinic_number> again;
        for (std::size_t from = 0; from < left.size(); from += clinics_at_once) {
            const std::size_t n = std::min(clinics_at_once, left.size() - from);
            views.clear();
            if (!on_committer([&](core::registry& r, core::sequence) {
                    for (std::size_t i = 0; i < n; ++i) {
                        const core::clinic_state& c = r.clinics()[left[from + i]];
                        views.push_back({left[from + i], c.code, c.last_event, c.accounts});
                    }
                })) {
                return;
            }
            for (const view& v : views) {
                if (!compare(v)) {
                    again.push_back(v.clinic);
                }
            }
        }
        left.swap(again);
    }
}

void prover::compare_persons(proof_round& into) {
    struct view {
        std::uint32_t doses_in_ledger = 0;
        std::uint64_t hash = 0;
        bool found = false;
        std::uint32_t doses = 0;
        core::sequence last_event = 0;
    };
    std::vector<view> views;
    const core::sequence until = fold_.seq();
    const auto slots = fold_.person_slots();
    for (std::size_t from = 0; from < slots.size();) {
        views.clear();
        for (; from < slots.size() && views.size() < persons_at_once; ++from) {
            if (slots[from].hash != 0) {
                views.push_back({slots[from].doses, slots[from].hash, false, 0, 0});
            }
        }
        if (!on_committer([&](core::registry& r, core::sequence) {
                for (view& v : views) {
                    if (const core::person_record* p = r.persons().find(v.hash)) {
                        v.found = true;
                        v.doses = p->doses;
                        v.last_event = p->last_event;
                    }
                }
            })) {
            return;
        }
        for (const view& v : views) {
            ++into.answer.persons;
            const bool changed_since = v.last_event > until;
            if (!changed_since && (!v.found || v.doses != v.doses_in_ledger)) {
                into.differs(distance(v.doses, v.doses_in_ledger),
                             "person: whose last event is " + std::to_string(v.last_event),
                             std::to_string(v.doses) + " doses in the registry, the ledger has " +
                                 std::to_string(v.doses_in_ledger));
            }
        }
    }
    if (fold_.overpaid() != 0) {
        into.differs(fold_.overpaid(), "person: paid",
                     std::to_string(fold_.overpaid()) + " payable doses too many");
    }
}

// Of each lot: what was shipped is somewhere, over the nation, and the same in every place.
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
    for (std::size_t lot = 0; lot < std::min(nation.size(), fold_.lots().size()); ++lot) {
        ++into.answer.lots;
        for (const lot_figure& f : lot_figures(nation[lot], fold_.lots()[lot])) {
            if (f.served != f.in_ledger) {
                into.differs(
                    distance(f.served, f.in_ledger),
                    "lot: number " + std::to_string(lot) + ", " + f.what,
                    std::to_string(f.served) + "; the ledger has " + std::to_string(f.in_ledger));
            }
        }
    }
}

}  // namespace doseline::storage

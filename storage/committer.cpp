#include "storage/committer.hpp"

#include "storage/event_codec.hpp"
#include "storage/figures.hpp"

#include <boost/assert.hpp>

#include <algorithm>
#include <iterator>
#include <thread>

namespace doseline::storage {

using namespace std::chrono_literals;

namespace {

constexpr std::chrono::milliseconds idle_sleep = 50ms;  // bounds how late the disk is looked at
constexpr core::steady_ms totals_interval_ms = 20;      // a cut copies every reactor's shard

}  // namespace

clocks system_clocks() noexcept {
    return {[] {
                return std::chrono::time_point_cast<std::chrono::milliseconds>(
                    std::chrono::system_clock::now());
            },
            [] {
                return static_cast<core::steady_ms>(
                    std::chrono::duration_cast<std::chrono::milliseconds>(
                        std::chrono::steady_clock::now().time_since_epoch())
                        .count());
            }};
}

committer::committer(const parts& p, std::vector<port*> ports, const clocks& c, core::instant last,
                     on_commit committed)
    : ledger_(p.ledger), registry_(p.registry), published_(p.published), totals_(p.totals),
      reader_(p.reader), bell_(p.bell), ports_(std::move(ports)), clocks_(c),
      committed_(std::move(committed)), last_(last), seq_(p.ledger.head(stream::events).seq) {
    batch_.reserve(core::limits::batch_commands_max);
    registry_.publish(published_, seq_, last_);
}

void committer::run() {
    for (;;) {
        gather();
        const auto linger = linger_for(batch_.size(), arrivals_.per_second());
        if (linger > 0us) {
            std::this_thread::sleep_for(linger);  // not for order: to share one sync among more
            gather();
        }
        arrivals_.note(batch_.size(), std::chrono::steady_clock::now());
        if (!batch_.empty()) {
            commit_batch();
            tend();
        } else if (!tend()) {
            if (stopping_.load(std::memory_order_acquire) && ports_empty() && away_ == 0) {
                return;  // a cut under way stays open: the reactors that would meet it are gone
            }
            sleep();
        }
    }
}

void committer::stop() {
    stopping_.store(true, std::memory_order_release);
    bell_.ring();
}

void committer::call(task t) {
    {
        const std::lock_guard lock(mutex_);
        tasks_.push_back(std::move(t));
    }
    asked_.store(true, std::memory_order_release);
    bell_.ring();
}

void committer::come_back(port& from, submission&& what, bool late) {
    {
        const std::lock_guard lock(mutex_);
        taken& t = come_back_.emplace_back();
        t.from = &from;
        t.what = std::move(what);
        t.late = late;
    }
    asked_.store(true, std::memory_order_release);
    bell_.ring();
}

void committer::give_back(cut& c) {
    {
        const std::lock_guard lock(mutex_);
        returned_.push_back(&c);
    }
    asked_.store(true, std::memory_order_release);
    bell_.ring();
}

// A few commands of each port in turn, so that a busy reactor does not fill the batch alone.
void committer::gather() {
    constexpr std::size_t at_a_time = 16;
    const auto now = std::chrono::steady_clock::now();
    bool any = true;
    while (any && batch_.size() < core::limits::batch_commands_max) {
        any = false;
        for (std::size_t i = 0; i < ports_.size(); ++i) {
            port& from = *ports_[(first_port_ + i) % ports_.size()];
            for (std::size_t n = 0;
                 n < at_a_time && batch_.size() < core::limits::batch_commands_max; ++n) {
                taken t;
                if (!from.commands().pop(t.what)) {
                    break;
                }
                t.from = &from;
                t.waited = now - t.what.since;
                batch_.push_back(std::move(t));
                any = true;
            }
        }
    }
    first_port_ = (first_port_ + 1) % std::max<std::size_t>(ports_.size(), 1);
    published_.publish_waiting(batch_.size());
}

void committer::commit_batch() {
    const core::shortage short_of = ledger_.short_of();
    published_.publish_shortage(short_of);
    if (short_of != core::shortage::none) {
        refuse_batch();
    } else {
        decide_batch();
        write_batch();
    }
    answer_batch();
}

core::moment committer::now() {
    last_ = std::max(last_, clocks_.wall());
    return {last_, clocks_.steady()};
}

void committer::decide_batch() {
    constexpr std::size_t ahead = 4;
    events_.clear();
    audit_.clear();
    const core::moment at = now();
    registry_.expire_holds(at.steady);
    const bool more_waits = batch_.size() >= core::limits::batch_commands_max;  // most likely
    for (std::size_t i = 0; i < batch_.size(); ++i) {
        if (i + ahead < batch_.size()) {
            registry_.prefetch(batch_[i + ahead].what.command);
        }
        // What a stall has left and one batch can take is served; a queue that stands is not.
        batch_[i].late =
            batch_[i].late || (more_waits && batch_[i].waited > core::limits::inbox_wait_max);
        if (batch_[i].late) {
            batch_[i].answer = core::refusal{core::errc::wait, "", 0, std::nullopt};
            continue;
        }
        decided_.clear();
        const core::sequence next = seq_ + events_.size() + 1;
        batch_[i].answer = registry_.decide(batch_[i].what.command, at, next, decided_);
        for (std::size_t n = 0; n < decided_.events.size(); ++n) {
            registry_.apply(decided_.events[n], next + n);
            encode(decided_.events[n], events_);
        }
        for (const core::audit_record& a : decided_.audit) {
            registry_.apply(a, at.steady);
            encode(a, audit_);
        }
    }
}

void committer::refuse_batch() {
    for (taken& t : batch_) {
        t.answer = core::refusal{core::errc::read_only, "", 0, std::nullopt};
    }
}

void committer::write_batch() {
    if (events_.empty() && audit_.empty()) {
        return;
    }
    const auto began = std::chrono::steady_clock::now();
    published_.commit_begins(began);
    ledger_.append(events_, audit_, last_);
    published_.commit_ends();
    seq_ += events_.size();
    BOOST_ASSERT(seq_ == ledger_.head(stream::events).seq);
    count_commit(std::chrono::steady_clock::now() - began, events_.size() + audit_.size());
    registry_.publish(published_, seq_, last_);
    committed_(ledger_.head(stream::events), ledger_.head(stream::audit));
}

void committer::answer_batch() {
    for (taken& t : batch_) {
        if (t.late) {
            t.from->answer_from_committer({t.what.ticket, std::move(t.answer), nullptr, t.waited});
        } else if (const auto* known = std::get_if<core::known_key>(&t.answer)) {
            reader_.ask(*t.from, std::move(t.what), *known);
        } else if (const auto* list = std::get_if<core::movements_wanted>(&t.answer)) {
            reader_.ask(*t.from, std::move(t.what), *list);
        } else if (const auto* history = std::get_if<core::history_wanted>(&t.answer)) {
            send_away(std::move(t), *history);
        } else if (const auto* page = std::get_if<core::page_wanted>(&t.answer)) {
            send_away(std::move(t), *page);
        } else if (const auto* audit = std::get_if<core::audit_wanted>(&t.answer)) {
            send_away(std::move(t), *audit);
        } else if (std::holds_alternative<core::count_totals>(t.what.command)) {
            const auto& by = std::get<core::count_totals>(t.what.command).by;
            totals_waiting_.push_back({t.from, t.what.ticket, by.clinic, {}});
        } else if (std::holds_alternative<core::prove>(t.what.command) && prove_) {
            prove_([from = t.from, ticket = t.what.ticket](const core::proof_answer& a) {
                from->answer_from_committer({ticket, a, nullptr});
                from->wake_after_commit();
            });
        } else {
            t.from->answer_from_committer({t.what.ticket, std::move(t.answer), nullptr, t.waited});
        }
    }
    batch_.clear();
    for (port* p : ports_) {
        p->wake_after_commit();
    }
    published_.publish_waiting(0);
}

void committer::send_away(taken&& t, const reader::wanted& w) {
    ++away_;
    reader_.ask(*t.from, std::move(t.what), w, [this](port& from, submission&& what, bool late) {
        come_back(from, std::move(what), late);
    });
}

bool committer::tend() {
    bool any = false;
    if (asked_.exchange(false, std::memory_order_acquire)) {
        std::vector<task> tasks;
        std::vector<cut*> returned;
        {
            const std::lock_guard lock(mutex_);
            tasks.swap(tasks_);
            returned.swap(returned_);
            // They are the next batch's first: who asked them has waited longest.
            away_ -= come_back_.size();
            std::move(come_back_.begin(), come_back_.end(), std::back_inserter(batch_));
            come_back_.clear();
        }
        for (cut* c : returned) {
            c->finish();
            cuts_.remove_if([c](const cut& mine) { return &mine == c; });
        }
        for (const task& t : tasks) {
            t(registry_, seq_);
        }
        any = true;
    }
    if (!totals_waiting_.empty() && totals_under_way_.empty() &&
        (clocks_.steady() - totals_last_ >= totals_interval_ms ||
         stopping_.load(std::memory_order_acquire))) {
        begin_totals_cut();
        any = true;
    }
    if (batch_.empty() && published_.short_of() != core::shortage::none) {
        published_.publish_shortage(ledger_.short_of());
    }
    return any;
}

bool committer::record(std::vector<core::audit_record> what) {
    if (ledger_.short_of() != core::shortage::none) {
        return false;
    }
    core::instant before = last_;  // the audit is in the order of its times
    const core::instant at = now().recorded_at;
    events_.clear();
    audit_.clear();
    for (core::audit_record& a : what) {
        before = a.at = std::clamp(a.at, before, at);
        encode(a, audit_);
    }
    write_batch();
    return true;
}

void committer::cut_now(cut::finished done) {
    cut& c = cuts_.emplace_back(totals_, seq_, last_, registry_.regions(), std::move(done));
    if (ports_.empty()) {
        give_back(c);
    }
    for (port* p : ports_) {
        p->answer_from_committer({0, {}, &c});
        p->wake_after_commit();
    }
}

// What the registry serves is taken here, between two batches, at the same sequence number as the
// mark: so nation and region belong together.
void committer::begin_totals_cut() {
    totals_last_ = clocks_.steady();
    totals_under_way_.swap(totals_waiting_);
    std::int64_t nation = 0;
    for (std::uint32_t r = 0; r < registry_.regions(); ++r) {
        nation += registry_.remaining_of_region(r);
    }
    for (asker& a : totals_under_way_) {
        const core::clinic_state& clinic = registry_.clinics()[a.clinic];
        a.answer.nation.remaining = nation;
        a.answer.region.remaining = registry_.remaining_of_region(clinic.region_index);
    }
    cut_now([this](const cut& c) { finish_totals(c); });
}

void committer::finish_totals(const cut& c) {
    const core::dose_counts counts = c.sum();
    const core::civil_day today =
        core::day_at(c.as_of(), core::totals_zone(registry_.programmes()));
    const auto add = [&](core::totals_answer::scope& to, std::uint32_t region) {
        to.doses += counts.doses(region);
        for (unsigned hour = 0; hour < 24; ++hour) {
            to.by_hour[hour] += counts.in_hour(region, hour, today);
        }
    };
    for (asker& a : totals_under_way_) {
        a.answer.seq = c.seq();
        a.answer.as_of = c.as_of();
        for (std::uint32_t r = 0; r < counts.regions(); ++r) {
            add(a.answer.nation, r);
        }
        if (const std::uint32_t r = registry_.clinics()[a.clinic].region_index;
            r < counts.regions()) {
            add(a.answer.region, r);
        }
        a.from->answer_from_committer({a.ticket, a.answer, nullptr});
        a.from->wake_after_commit();
    }
    totals_under_way_.clear();
}

void committer::sleep() {
    bell_.about_to_sleep();
    if (ports_empty() && !asked_.load(std::memory_order_acquire) &&
        !stopping_.load(std::memory_order_acquire)) {
        bell_.sleep_until_rung(totals_waiting_.empty() ? std::chrono::nanoseconds{idle_sleep}
                                                       : std::chrono::nanoseconds{1ms});
    }
    bell_.awake();
}

bool committer::ports_empty() const {
    return std::all_of(ports_.begin(), ports_.end(), [](port* p) { return p->commands().empty(); });
}

void committer::count_commit(std::chrono::nanoseconds took, std::size_t records) noexcept {
    bump(figures_.commits);
    bump(figures_.commit_nanoseconds, static_cast<std::uint64_t>(took.count()));
    bump(figures_.records, records);
    bump(figures_.by_seconds[bucket(committer_figures::seconds_bounds, seconds_of(took))]);
    bump(
        figures_.by_events[bucket(committer_figures::events_bounds, static_cast<double>(records))]);
}

}  // namespace doseline::storage

#include "loadtest/overload_load.hpp"

#include "loadtest/synthetic_person.hpp"
#include "loadtest/usage.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace doseline::loadtest {

namespace {

constexpr std::uint32_t opening_max = 32;

// Between two looks at the sockets: answers must be read in time, too.
constexpr int sends_a_turn = 64;

// A clinic that is told to wait waits this long in all, from when its request was due.
constexpr std::chrono::seconds overload_patience{30};

// An answer that comes later has lost its clinic's attention.
constexpr std::chrono::seconds in_time{1};

constexpr double refusal_share = 0.2;  // of what an accepted one may take
constexpr double while_changing = 4;   // times as long

}  // namespace

overload_load::overload_load(client_loop& loop, const request_writer& writer,
                             const std::vector<clinic>& clinics, const overload_plan& plan,
                             std::uint32_t thread, starting_line& line, ack_writer& acks)
    : steps(plan.steps.size() + 1), loop_(loop), writer_(writer), clinics_(clinics), plan_(plan),
      thread_(thread), line_(line), book_(*this, clinics, &acks),
      random_(scatter(plan.seed) + thread), next_connection_(thread) {
    for (const overload_step& s : plan.steps) {
        planned[static_cast<std::size_t>(lap::measured)] +=
            share_of(s.rate * std::chrono::duration<double>(s.length).count());
    }
}

std::uint64_t overload_load::share_of(double all) const noexcept {
    const auto whole = static_cast<std::uint64_t>(std::llround(all));
    return whole / plan_.threads + (thread_ < whole % plan_.threads ? 1 : 0);
}

std::optional<time_point> overload_load::act(time_point now) {
    if (!begin_) {
        if (!connect_more()) {
            return now + answer_timeout;
        }
        begin();
        now = *begin_;
    }
    go_to_step_of(now);
    ask_again_due(now);
    plan_due(now);
    const bool over = step_ == plan_.steps.size();
    if (!over) {
        const time_point end = step_begin_ + plan_.steps[step_].length;
        const time_point next = arrivals_.next() ? step_begin_ + *arrivals_.next() : end;
        return again_.empty() ? next : std::min(next, again_.begin()->first);
    }
    end_waiting(now);
    if (book_.in_flight() > 0) {
        return now + answer_timeout;
    }
    busy_window = measured_time = now - *begin_;
    measured_cpu = thread_cpu_time() - cpu_begin_;
    return std::nullopt;
}

// A bounded number at a time. True: each has been tried.
bool overload_load::connect_more() {
    for (; next_connection_ < plan_.connections && opening_ < opening_max;
         next_connection_ += plan_.threads) {
        const connection_id id = loop_.open();
        if (places_.size() <= id) {
            places_.resize(id + 1);
        }
        places_[id].clinic = static_cast<std::uint32_t>(next_connection_ % clinics_.size());
        ++opening_;
    }
    return next_connection_ >= plan_.connections && opening_ == 0;
}

void overload_load::begin() {
    begin_ = step_begin_ = line_.wait();
    series.begin(*begin_);
    cpu_begin_ = thread_cpu_time();
    const overload_step& first = plan_.steps.front();
    arrivals_ =
        arrival_plan(share_of(first.rate * std::chrono::duration<double>(first.length).count()),
                     first.length, random_.next());
}

// What a late client has not come to of the step that has ended is not sent.
void overload_load::go_to_step_of(time_point now) {
    while (step_ < plan_.steps.size() && now >= step_begin_ + plan_.steps[step_].length) {
        for (; arrivals_.next(); arrivals_.advance()) {
            steps[step_].offered.add();
            steps[step_].late.add();
            book_.unsent(lap::measured, step_begin_ + *arrivals_.next(), now);
        }
        step_begin_ += plan_.steps[step_].length;
        if (++step_ < plan_.steps.size()) {
            const overload_step& s = plan_.steps[step_];
            arrivals_ =
                arrival_plan(share_of(s.rate * std::chrono::duration<double>(s.length).count()),
                             s.length, random_.next());
        }
    }
}

void overload_load::plan_due(time_point now) {
    if (step_ == plan_.steps.size()) {
        return;
    }
    for (int n = 0; n < sends_a_turn && arrivals_.next() && step_begin_ + *arrivals_.next() <= now;
         ++n, arrivals_.advance()) {
        const time_point due = step_begin_ + *arrivals_.next();
        steps[step_].offered.add();
        if (idle_.empty()) {
            book_.unsent(lap::measured, due, now);
            continue;
        }
        const connection_id id = idle_.front();
        idle_.pop_front();
        const std::uint64_t number = numbers_++ * plan_.threads + thread_;
        const std::uint64_t person = synthetic_person_at(plan_.seed, number);
        const std::uint32_t clinic = places_[id].clinic;
        request what = numbers_ % 2 == 0 ? writer_.check(clinic, person)
                                         : writer_.registration(
                                               clinic, person, idempotency_key(plan_.seed, number));
        what.planned = due;
        tallies[static_cast<std::size_t>(lap::measured)].lateness.record(
            static_cast<std::uint64_t>((now - due).count()));
        book_.sent(what, now);
        send(id, std::move(what), now);
    }
}

void overload_load::send(connection_id id, request what, time_point now) {
    places_[id].sent = now;
    steps[step_].sent.add();
    loop_.send(id, std::move(what));
}

void overload_load::ask_again_due(time_point now) {
    for (int n = 0; n < sends_a_turn && !again_.empty() && again_.begin()->first <= now; ++n) {
        const connection_id id = again_.begin()->second;
        again_.erase(again_.begin());
        if (!places_[id].refused) {
            idle_.push_back(id);
            continue;
        }
        steps[step_].sent_again.add();
        book_.sent_again(now);
        send(id, std::move(*std::exchange(places_[id].refused, std::nullopt)), now);
    }
}

// Nobody is asked any more: a refusal is the end for those who still wait.
void overload_load::end_waiting(time_point now) {
    for (const auto& [when, id] : std::exchange(again_, {})) {
        if (!places_[id].refused) {
            continue;
        }
        book_.sent_again(now);
        book_.concluded(*std::exchange(places_[id].refused, std::nullopt), outcome::wait, 503, now);
    }
}

void overload_load::opened(connection_id id) {
    places_[id].opened = true;
    --opening_;
    connected.add();
    idle_.push_back(id);
}

void overload_load::answered(connection_id id, const request& asked, const response& answer) {
    const time_point now = steady_clock::now();
    go_to_step_of(now);
    place& at = places_[id];
    step_counts& n = steps[step_];
    const auto took = static_cast<std::uint64_t>((now - at.sent).count());
    if (is_refusal(judge_answer(asked.kind, answer))) {
        n.refused.add();
        n.refusals.record(took);
        const bool waits = step_ < plan_.steps.size() && !answer.close;
        if (waits) {
            const std::chrono::duration<double> apart{random_.unit()};
            again_.emplace(now + answer.retry_after +
                               std::chrono::duration_cast<std::chrono::nanoseconds>(apart),
                           id);
        }
        if (waits && plan_.come_again && now < asked.planned + overload_patience) {
            book_.suspended(now, true);
            at.refused = asked;
            return;
        }
        if (waits) {
            book_.answered(asked, answer, now);
            return;
        }
    }
    const outcome how = book_.answered(asked, answer, now);
    if (is_success(how)) {
        (asked.kind == request_kind::registration ? n.registered : n.checked).add();
        n.in_time.add(now - asked.planned <= in_time ? 1 : 0);
        n.accepted.record(took);
    } else if (!is_refusal(how)) {
        n.failed.add();
    }
    if (!answer.close) {
        idle_.push_back(id);
    }
}

void overload_load::lost(connection_id id, failure why, const request* unanswered) {
    place& at = places_[id];
    const time_point now = steady_clock::now();
    (at.opened ? lost_open : not_opened)[static_cast<std::size_t>(why)].add();
    opening_ -= at.opened ? 0 : 1;
    std::erase(idle_, id);
    std::erase_if(again_, [id](const auto& entry) { return entry.second == id; });
    if (at.refused) {
        book_.sent_again(now);
        book_.lost(*std::exchange(at.refused, std::nullopt), why, now);
        steps[step_].failed.add();
    } else if (unanswered != nullptr) {
        book_.lost(*unanswered, why, now);
        steps[step_].failed.add();
    }
}

void judge_overload(std::span<const measured_step> steps, double goodput_min, double limit_ms,
                    judgement& to) {
    double peak = 0;
    for (const measured_step& s : steps) {
        peak = std::max(peak, s.changing ? 0 : s.registered);
    }
    struct {
        double accepted = 0;
        double refused = 0;
    } slowest, slowest_changing;
    double least = 1;
    double failed = 0;
    for (const measured_step& s : steps) {
        auto& of = s.changing ? slowest_changing : slowest;
        of.accepted = std::max(of.accepted, s.accepted_p99_ms);
        of.refused = std::max(of.refused, s.refusal_p99_ms);
        failed += s.failed;
        if (!s.changing) {
            // Half of what is offered are registrations.
            const double possible = std::min(peak, (s.offered - s.late) / 2);
            least = std::min(least, possible > 0 ? s.registered / possible : 0);
        }
    }
    const auto percent = [](double share) {
        return std::to_string(std::lround(share * 100)) + " %";
    };
    to.add("registrations at the worst load, of what could be", least >= goodput_min,
           "at least " + percent(goodput_min), percent(least));
    to.expect_at_most("failed a second", failed, 0, "");
    to.expect_at_most("99 % of what was accepted answered within", slowest.accepted, limit_ms,
                      "ms");
    to.expect_at_most("99 % of what was refused answered within", slowest.refused,
                      limit_ms * refusal_share, "ms");
    to.expect_at_most("while the load changed, what was accepted", slowest_changing.accepted,
                      limit_ms * while_changing, "ms");
    to.expect_at_most("while the load changed, what was refused", slowest_changing.refused,
                      limit_ms * refusal_share * while_changing, "ms");
    to.expect_at_most("refusals a second, once it was over", steps.back().refused, 0, "");
}

}  // namespace doseline::loadtest

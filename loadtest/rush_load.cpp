#include "loadtest/rush_load.hpp"

#include "loadtest/synthetic_person.hpp"
#include "loadtest/usage.hpp"

#include <algorithm>
#include <utility>

namespace doseline::loadtest {

namespace {

constexpr std::uint64_t steps = 3;

// Between two looks at the sockets: answers must be read in time, too.
constexpr int opens_a_turn = 16;

// A clinic that is told to wait waits this long in all, from its planned connect.
constexpr std::chrono::seconds rush_patience{30};

std::uint64_t share_of(const rush_plan& plan, std::uint32_t thread) noexcept {
    return plan.connections / plan.threads + (thread < plan.connections % plan.threads ? 1 : 0);
}

}  // namespace

rush_load::rush_load(client_loop& loop, const request_writer& writer,
                     const std::vector<clinic>& clinics, const rush_plan& plan,
                     std::uint32_t thread, ack_writer* acks)
    : loop_(loop), writer_(writer), clinics_(clinics), plan_(plan), thread_(thread),
      book_(*this, clinics, acks),
      arrivals_(share_of(plan, thread), plan.length, scatter(plan.seed) + thread) {
    planned[static_cast<std::size_t>(lap::measured)] = share_of(plan, thread) * steps;
}

std::optional<time_point> rush_load::act(time_point now) {
    if (!begin_) {
        begin_ = now;
        series.begin(now);
        cpu_begin_ = thread_cpu_time();
    }
    ask_again_due(now);
    const time_point next = open_due(now);
    if (arrivals_.next() || under_way_ > 0) {
        return again_.empty() ? next : std::min(next, again_.begin()->first);
    }
    measured_time = std::max<std::chrono::nanoseconds>(plan_.length, now - *begin_);
    connecting_time = measured_time;
    busy_window = now - *begin_;
    measured_cpu = thread_cpu_time() - cpu_begin_;
    return std::nullopt;
}

time_point rush_load::open_due(time_point now) {
    for (int n = 0; arrivals_.next(); ++n) {
        const time_point due = *begin_ + *arrivals_.next();
        if (due > now || n == opens_a_turn) {
            return due;
        }
        arrivals_.advance();
        const connection_id id = loop_.open();
        if (places_.size() <= id) {
            places_.resize(id + 1);
        }
        place& at = places_[id];
        at = place{};
        at.number = opened_so_far_++ * plan_.threads + thread_;
        at.clinic = static_cast<std::uint32_t>(at.number % clinics_.size());
        at.planned = due;
        ++under_way_;
        tallies[static_cast<std::size_t>(lap::measured)].lateness.record(
            static_cast<std::uint64_t>((now - due).count()));
    }
    return now + answer_timeout;
}

void rush_load::ask_again_due(time_point now) {
    while (!again_.empty() && again_.begin()->first <= now) {
        const connection_id id = again_.begin()->second;
        again_.erase(again_.begin());
        request what = std::move(*places_[id].refused);
        places_[id].refused.reset();
        asked_again.add();
        book_.sent_again(now);
        loop_.send(id, std::move(what));
    }
}

void rush_load::opened(connection_id id) {
    place& at = places_[id];
    at.opened = true;
    const time_point now = steady_clock::now();
    opening.record(static_cast<std::uint64_t>((now - at.planned).count()));
    begin_step(id, at.planned);
}

void rush_load::begin_step(connection_id id, time_point planned_at) {
    const place& at = places_[id];
    const std::uint64_t person = synthetic_person_at(plan_.seed, at.number);
    request what;
    switch (at.at) {
        case step::log_in: what = writer_.get("/v1/stock", clinics_[at.clinic].token); break;
        case step::check: what = writer_.check(at.clinic, person); break;
        default:
            what = writer_.registration(at.clinic, person, idempotency_key(plan_.seed, at.number));
    }
    what.clinic = at.clinic;
    what.planned = planned_at;
    book_.sent(what, steady_clock::now());
    loop_.send(id, std::move(what));
}

void rush_load::answered(connection_id id, const request& asked, const response& answer) {
    const time_point now = steady_clock::now();
    place& at = places_[id];
    const outcome how = judge_answer(asked.kind, answer);
    const bool refused = how == outcome::wait || how == outcome::rate || how == outcome::read_only;
    if (refused && !answer.close && now < at.planned + rush_patience) {
        book_.suspended(now, true);
        at.refused = asked;
        again_.emplace(now + std::max(answer.retry_after, std::chrono::seconds{1}), id);
        return;
    }
    const bool good = is_success(book_.answered(asked, answer, now));
    if (good && at.at == step::log_in) {
        first_answer.record(static_cast<std::uint64_t>((now - at.planned).count()));
    }
    at.at = static_cast<step>(static_cast<int>(at.at) + 1);
    if (at.at == step::done) {
        connected.add();
        --under_way_;
    } else if (!answer.close) {
        begin_step(id, now);
    }
}

void rush_load::lost(connection_id id, failure why, const request* unanswered) {
    place& at = places_[id];
    (at.opened ? lost_open : not_opened)[static_cast<std::size_t>(why)].add();
    const time_point now = steady_clock::now();
    if (unanswered != nullptr) {
        book_.lost(*unanswered, why, now);
        at.at = static_cast<step>(static_cast<int>(at.at) + 1);
    } else if (at.refused) {
        book_.sent_again(now);
        book_.lost(*at.refused, why, now);
        at.refused.reset();
        std::erase_if(again_, [id](const auto& entry) { return entry.second == id; });
        at.at = static_cast<step>(static_cast<int>(at.at) + 1);
    } else if (at.at == step::done) {
        return;  // it had done what it came for
    }
    end_journey(at);
}

// What was planned for the connection and can no longer be sent.
void rush_load::end_journey(place& at) {
    for (auto left = static_cast<std::uint64_t>(at.at); left < steps; ++left) {
        book_.unsent(lap::measured, at.planned, steady_clock::now());
    }
    at.at = step::done;
    --under_way_;
}

}  // namespace doseline::loadtest

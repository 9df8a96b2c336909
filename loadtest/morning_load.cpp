#include "loadtest/morning_load.hpp"

#include "loadtest/synthetic_person.hpp"
#include "loadtest/usage.hpp"

#include <algorithm>
#include <utility>

namespace doseline::loadtest {

namespace {

constexpr std::uint32_t exception_percent = 23;
constexpr std::uint32_t mistyped_percent = 2;
constexpr std::chrono::seconds answer_patience{3};
constexpr unsigned sends_of_a_dose_max = 5;

// From the check to the registration, on the day's own clock.
constexpr std::chrono::seconds injection{120};

// Between two looks at the sockets: answers must be read in time, too.
constexpr int arrivals_a_turn = 64;

}  // namespace

morning_load::morning_load(client_loop& loop, const request_writer& writer,
                           const std::vector<clinic>& clinics, const morning_plan& plan,
                           std::uint32_t thread, starting_line& line, ack_writer* acks)
    : writer_(writer), plan_(plan), thread_(thread), line_(line), book_(*this, clinics, acks),
      doors_(loop, *this),
      day_(plan.curve, plan.busiest_rate, plan.speed, plan.seed, plan.threads, thread),
      random_(scatter(plan.seed) + thread) {
    registered.resize(day_.parts().size());
    for (std::uint32_t c = thread; c < plan.connections; c += plan.threads) {
        desks_.emplace_back().clinic = static_cast<std::uint32_t>(c % clinics.size());
    }
    doors_.add_desks(static_cast<std::uint32_t>(desks_.size()));
}

std::optional<time_point> morning_load::act(time_point now) {
    if (!begin_) {
        if (!doors_.connect_all(now)) {
            return now + answer_timeout;
        }
        begin_ = line_.wait();
        series.begin(*begin_);
        cpu_begin_ = thread_cpu_time();
    }
    now = steady_clock::now();
    hang_up_due(now);
    wake_due(now);
    for (int n = 0; day_.next() && n < arrivals_a_turn; ++n) {
        const time_point due = *begin_ + *day_.next();
        if (due > now) {
            break;
        }
        day_.advance();
        arrive(due);
    }
    if (day_.next() || open_tasks_ > 0) {
        return next_wake(now);
    }
    busy_window = now - *begin_;
    measured_cpu = thread_cpu_time() - cpu_begin_;
    measured_time = std::max<std::chrono::nanoseconds>(day_.length(), busy_window);
    return std::nullopt;
}

void morning_load::arrive(time_point due) {
    const std::uint64_t n = numbers_++ * plan_.threads + thread_;
    const auto desk_index = random_.below(static_cast<std::uint32_t>(desks_.size()));
    const std::uint32_t clinic = desks_[desk_index].clinic;
    const bool exception = random_.below(100) < exception_percent;
    const std::uint64_t person =
        exception ? exceptional_person_at(plan_.seed, n) : synthetic_person_at(plan_.seed, n);
    patients.add();
    exceptions.add(exception ? 1 : 0);
    auto& due_here = planned[static_cast<std::size_t>(lap::measured)];
    if (random_.below(100) < mistyped_percent) {
        mistyped.add();
        ++due_here;
        task wrong{writer_.mistyped_check(clinic, person, n % 2 == 0), n, 0, false};
        wrong.what.planned = due;
        enqueue(desk_index, std::move(wrong));
    }
    due_here += 2;
    ++open_tasks_;  // the registration that follows
    task check{writer_.check(clinic, person), n, 0, false};
    check.what.planned = due;
    enqueue(desk_index, std::move(check));
}

void morning_load::enqueue(std::uint32_t desk_index, task t) {
    ++open_tasks_;
    desks_[desk_index].queue.push_back(std::move(t));
    serve(desk_index);
}

// Sends the front of the queue if the desk can.
void morning_load::serve(std::uint32_t desk_index) {
    desk& d = desks_[desk_index];
    if (d.queue.empty() || !doors_.can_send(desk_index)) {
        return;
    }
    task& t = d.queue.front();
    const time_point now = steady_clock::now();
    if (t.tries++ == 0) {
        tallies[static_cast<std::size_t>(lap::measured)].lateness.record(
            static_cast<std::uint64_t>((now - t.what.planned).count()));
        book_.sent(t.what, now);
    } else {
        book_.sent_again(now);
    }
    deadlines_.push_back({now + answer_patience, desk_index, ++d.turn});
    doors_.send(desk_index, t.what);
}

// The front task has ended one way or another. Whatever a check said, the shot may be given, and
// then it is a fact that is registered.
void morning_load::finish_front(std::uint32_t desk_index) {
    desk& d = desks_[desk_index];
    const task done = std::move(d.queue.front());
    d.queue.pop_front();
    --open_tasks_;
    if (done.what.kind == request_kind::check && !done.what.wrong_digits) {
        const auto pause = std::chrono::duration_cast<std::chrono::nanoseconds>(
            std::chrono::duration<double>(injection) / plan_.speed);
        const time_point due = steady_clock::now() + pause;
        task next{writer_.registration(d.clinic, done.what.person,
                                       idempotency_key(plan_.seed, done.number)),
                  done.number, 0, false};
        next.what.planned = due;
        injected_.emplace(due, std::pair{desk_index, std::move(next)});
    }
}

void morning_load::opened(connection_id id) { serve(doors_.opened(id)); }

void morning_load::answered(connection_id id, const request& asked, const response& answer) {
    const std::uint32_t desk_index = doors_.answered(id, answer);
    desk& d = desks_[desk_index];
    const time_point now = steady_clock::now();
    ++d.turn;
    const outcome how = judge_answer(asked.kind, answer);
    const bool refused = how == outcome::wait || how == outcome::rate || how == outcome::read_only;
    if (refused && d.queue.front().tries < sends_of_a_dose_max) {
        book_.suspended(now, true);
        asked_again.add();
        doors_.pause(desk_index, now + std::max(answer.retry_after, std::chrono::seconds{1}));
        return;
    }
    const outcome end = book_.answered(asked, answer, now);
    if (asked.kind == request_kind::registration && is_success(end)) {
        ++registered[day_.part_at(now - *begin_)];
    } else if (asked.kind == request_kind::registration && d.queue.front().in_doubt) {
        in_doubt.push_back({asked.clinic, asked.person, asked.key, asked.occurred_at});
    }
    finish_front(desk_index);
    if (!answer.close) {
        serve(desk_index);
    }
}

void morning_load::lost(connection_id id, failure why, const request* unanswered) {
    const std::uint32_t desk_index = doors_.lost(id, why);
    desk& d = desks_[desk_index];
    ++d.turn;
    if (unanswered != nullptr) {
        if (d.queue.front().tries >= sends_of_a_dose_max) {
            book_.lost(*unanswered, why, steady_clock::now());
            finish_front(desk_index);
        } else {
            book_.suspended(steady_clock::now(), false);
            d.queue.front().in_doubt = true;
        }
    }
    if (doors_.gives_up(desk_index)) {
        return give_up(desk_index, why);
    }
    if (begin_) {
        serve(desk_index);
    }
}

// The server is not there for this clinic: what waits at its desk ends here.
void morning_load::give_up(std::uint32_t desk_index, failure why) {
    desk& d = desks_[desk_index];
    const time_point now = steady_clock::now();
    while (!d.queue.empty()) {
        const task& t = d.queue.front();
        if (t.tries > 0) {
            book_.sent_again(now);
            book_.lost(t.what, why, now);
        } else {
            book_.unsent(lap::measured, t.what.planned, now);
        }
        finish_front(desk_index);
    }
}

void morning_load::hang_up_due(time_point now) {
    while (!deadlines_.empty() && deadlines_.front().at <= now) {
        const deadline due = deadlines_.front();
        deadlines_.pop_front();
        if (desks_[due.desk].turn == due.turn) {
            impatient.add();
            doors_.drop(due.desk);
        }
    }
}

void morning_load::wake_due(time_point now) {
    while (const auto desk_index = doors_.end_pause(now)) {
        serve(*desk_index);
    }
    while (!injected_.empty() && injected_.begin()->first <= now) {
        auto [desk_index, next] = std::move(injected_.begin()->second);
        injected_.erase(injected_.begin());
        --open_tasks_;  // enqueue() counts it
        enqueue(desk_index, std::move(next));
    }
}

time_point morning_load::next_wake(time_point now) const noexcept {
    time_point wake = now + answer_timeout;
    if (day_.next()) {
        wake = std::min(wake, *begin_ + *day_.next());
    }
    if (!deadlines_.empty()) {
        wake = std::min(wake, deadlines_.front().at);
    }
    wake = std::min(wake, doors_.next_end().value_or(wake));
    return injected_.empty() ? wake : std::min(wake, injected_.begin()->first);
}

}  // namespace doseline::loadtest

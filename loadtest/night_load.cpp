#include "loadtest/night_load.hpp"

#include "core/limits.hpp"
#include "loadtest/batch_answer.hpp"
#include "loadtest/random.hpp"
#include "loadtest/usage.hpp"

#include <algorithm>
#include <utility>

namespace doseline::loadtest {

namespace {

constexpr unsigned sends_of_a_batch_max = 5;
constexpr std::chrono::seconds longest_pause = core::limits::retry_after_max;

}  // namespace

night_load::night_load(client_loop& loop, const request_writer& writer,
                       const std::vector<clinic>& clinics, const night_plan& plan,
                       std::uint32_t thread, starting_line& line, ack_writer& acks)
    : writer_(writer), plan_(plan), line_(line), book_(*this, clinics, &acks), doors_(loop, *this),
      forms_(plan, thread, clinics, acks) {
    for (std::uint32_t place = thread; place < plan.clinics; place += plan.threads) {
        make_appointments(place);
    }
    std::sort(appointments_.begin(), appointments_.end(),
              [](const appointment& a, const appointment& b) { return a.at < b.at; });
    planned[static_cast<std::size_t>(lap::measured)] = appointments_.size();
}

void night_load::make_appointments(std::uint32_t place) {
    random_source random(scatter(plan_.seed ^ place));
    std::vector<sending> sendings = plan_evening(plan_.forms_each, random.next());
    const auto slack = plan_.length - evening_length(sendings);
    const std::chrono::nanoseconds begins{static_cast<std::chrono::nanoseconds::rep>(
        static_cast<double>(slack.count()) * random.unit())};
    const auto first_desk = static_cast<std::uint32_t>(desks_.size());
    const std::uint32_t first_form = first_desk / pcs_a_clinic * plan_.forms_each;
    desks_.resize(desks_.size() + pcs_a_clinic);
    doors_.add_desks(pcs_a_clinic);
    for (sending& s : sendings) {
        for (std::uint32_t& row : s.rows) {
            row += first_form;
        }
        const auto at = std::max(begins, std::chrono::nanoseconds{0}) + s.due;
        appointments_.push_back(
            {at, first_desk + s.pc, {{}, s.alone, false, 0, std::move(s.rows)}});
    }
}

std::optional<time_point> night_load::act(time_point now) {
    if (!begin_) {
        if (!doors_.connect_all(now)) {
            return now + answer_timeout;
        }
        begin_ = line_.wait();
        series.begin(*begin_);
        cpu_begin_ = thread_cpu_time();
    }
    now = steady_clock::now();
    wake_due(now);
    for (; next_appointment_ < appointments_.size(); ++next_appointment_) {
        appointment& next = appointments_[next_appointment_];
        if (*begin_ + next.at > now) {
            break;
        }
        next.what.due = *begin_ + next.at;
        ++waiting_;
        desks_[next.desk].queue.push_back(std::move(next.what));
        serve(next.desk);
    }
    if (next_appointment_ == appointments_.size() && waiting_ == 0) {
        close_books(now);
        return std::nullopt;
    }
    time_point wake = now + answer_timeout;
    if (next_appointment_ < appointments_.size()) {
        wake = std::min(wake, *begin_ + appointments_[next_appointment_].at);
    }
    return std::min(wake, doors_.next_end().value_or(wake));
}

void night_load::close_books(time_point now) {
    in_doubt = forms_.in_doubt();
    busy_window = measured_time = now - *begin_;
    measured_cpu = thread_cpu_time() - cpu_begin_;
}

request night_load::write(const errand& e) const {
    std::vector<shot> rows;
    for (const std::uint32_t form : e.forms) {
        rows.push_back(forms_.read(form));
    }
    const std::uint32_t at = forms_.clinic_of(e.forms.front());
    shot& first = rows.front();
    request what = e.alone ? writer_.registration(at, first.person, std::move(first.key),
                                                  std::move(first.occurred_at))
                           : writer_.batch(at, rows);
    what.planned = e.due;
    return what;
}

// Sends the front of the queue if the desk can.
void night_load::serve(std::uint32_t desk_index) {
    desk& d = desks_[desk_index];
    if (d.queue.empty() || !doors_.can_send(desk_index)) {
        return;
    }
    errand& e = d.queue.front();
    request what = write(e);
    const time_point now = steady_clock::now();
    if (e.tries++ == 0) {
        tallies[static_cast<std::size_t>(lap::measured)].lateness.record(
            static_cast<std::uint64_t>((now - e.due).count()));
        book_.sent(what, now);
    } else {
        book_.sent_again(now);
    }
    for (const std::uint32_t form : e.forms) {
        forms_.sent(form);
    }
    doors_.send(desk_index, std::move(what));
}

void night_load::finish_front(desk& d) {
    d.queue.pop_front();
    --waiting_;
}

void night_load::opened(connection_id id) { serve(doors_.opened(id)); }

void night_load::pause(std::uint32_t desk_index, std::chrono::seconds told, time_point now) {
    book_.suspended(now, true);
    doors_.pause(desk_index, now + std::clamp(told, std::chrono::seconds{1}, longest_pause));
}

void night_load::answered(connection_id id, const request& asked, const response& answer) {
    const std::uint32_t desk_index = doors_.answered(id, answer);
    desk& d = desks_[desk_index];
    errand& e = d.queue.front();
    const time_point now = steady_clock::now();
    outcome how = judge_answer(asked.kind, answer);
    if (is_refusal(how)) {
        rows_refused.add(e.forms.size());
        over_cap.add(how == outcome::rate ? e.forms.size() : 0);
        if (e.tries < sends_of_a_batch_max) {
            return pause(desk_index, answer.retry_after, now);
        }
    }
    if (e.alone) {
        how = book_.answered(asked, answer, now);
        if (is_success(how)) {
            forms_.answered(e.forms.front(), how == outcome::created,
                            *read_acknowledgement(answer.body), true);
        }
    } else {
        if (how == outcome::checked) {
            const bool whole = take_batch(d, answer);
            if (whole && !e.forms.empty() && e.tries < sends_of_a_batch_max) {
                return pause(desk_index, answer.retry_after, now);
            }
            how = !whole || e.wrong ? outcome::bad_answer
                  : e.forms.empty() ? outcome::checked
                                    : outcome::wait;
        }
        book_.concluded(asked, how, answer.status, now);
    }
    finish_front(d);
    if (!answer.close) {
        serve(desk_index);
    }
}

// Leaves in the errand the rows that are to be sent again. False: the answer is not one a row.
bool night_load::take_batch(desk& d, const response& answer) {
    errand& e = d.queue.front();
    auto told = read_batch_answer(answer.body, e.forms.size());
    if (!told) {
        return false;
    }
    std::vector<std::uint32_t> again;
    for (std::size_t i = 0; i < told->size(); ++i) {
        row_answer& row = (*told)[i];
        switch (row.how) {
            case row_outcome::created:
            case row_outcome::replayed:
                if (!forms_.answered(e.forms[i], row.how == row_outcome::created,
                                     std::move(row.given), false)) {
                    rows_wrong.add();
                    e.wrong = true;
                }
                break;
            case row_outcome::rate: over_cap.add(); [[fallthrough]];
            case row_outcome::wait:
                rows_refused.add();
                again.push_back(e.forms[i]);
                break;
            case row_outcome::refused:
            case row_outcome::bad_answer:
                rows_wrong.add();
                e.wrong = true;
                break;
        }
    }
    e.forms = std::move(again);
    return true;
}

void night_load::lost(connection_id id, failure why, const request* unanswered) {
    const std::uint32_t desk_index = doors_.lost(id, why);
    desk& d = desks_[desk_index];
    if (unanswered != nullptr) {
        if (d.queue.front().tries >= sends_of_a_batch_max) {
            book_.lost(*unanswered, why, steady_clock::now());
            finish_front(d);
        } else {
            book_.suspended(steady_clock::now(), false);
        }
    }
    if (doors_.gives_up(desk_index)) {
        return give_up(desk_index, why);
    }
    if (begin_) {
        serve(desk_index);
    }
}

// The server is not there for this PC: what waits for it ends here.
void night_load::give_up(std::uint32_t desk_index, failure why) {
    desk& d = desks_[desk_index];
    const time_point now = steady_clock::now();
    while (!d.queue.empty()) {
        const errand& e = d.queue.front();
        if (e.tries > 0) {
            book_.sent_again(now);
            book_.lost(write(e), why, now);
        } else {
            book_.unsent(lap::measured, e.due, now);
        }
        finish_front(d);
    }
}

void night_load::wake_due(time_point now) {
    while (const auto desk_index = doors_.end_pause(now)) {
        serve(*desk_index);
    }
}

}  // namespace doseline::loadtest

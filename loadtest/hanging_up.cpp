#include "loadtest/hanging_up.hpp"

#include "loadtest/random.hpp"
#include "loadtest/synthetic_person.hpp"

#include <algorithm>
#include <utility>

namespace doseline::loadtest {

namespace {

constexpr std::uint64_t hang_up_every = 3;
constexpr unsigned refused_in_a_row_max = 5;
constexpr std::uint64_t nothing = ~0ull;

// Around the time in which a commit happens: before it, in it, after it. Every second one at once,
// before any answer can have been read, so that a fast server is hung up on, too.
std::chrono::nanoseconds pause_before_cut(std::uint64_t seed, std::uint64_t number) noexcept {
    if (number / hang_up_every % 2 == 0) {
        return std::chrono::nanoseconds{0};
    }
    return std::chrono::microseconds{scatter(seed ^ number) % 4'000};
}

}  // namespace

hanging_up::hanging_up(client_loop& loop, const request_writer& writer,
                       const std::vector<clinic>& clinics, std::uint64_t registrations,
                       std::uint32_t connections, std::uint64_t seed, std::uint32_t threads,
                       std::uint32_t thread, ack_writer* acks)
    : loop_(loop), writer_(writer), clinics_(clinics), registrations_(registrations),
      connections_wanted_(connections), seed_(seed), threads_(threads), book_(*this, clinics, acks),
      next_(thread) {
    planned[static_cast<std::size_t>(lap::measured)] =
        registrations > thread ? (registrations - thread - 1) / threads + 1 : 0;
}

std::optional<time_point> hanging_up::act(time_point now) {
    hang_up_due(now);
    if (refused_in_a_row_ >= refused_in_a_row_max && connections_ == 0) {
        for (; !all_sent(); next_ += threads_) {
            book_.unsent(lap::measured, now, now);
        }
    }
    if (all_sent() && book_.in_flight() == 0) {
        return std::nullopt;
    }
    while (!all_sent() && connections_ < connections_wanted_ &&
           refused_in_a_row_ < refused_in_a_row_max) {
        ++connections_;
        const connection_id id = loop_.open();
        if (number_of_.size() <= id) {
            number_of_.resize(id + 1);
        }
        number_of_[id] = nothing;
    }
    time_point wake = now + answer_timeout;
    for (const cut& c : cuts_) {
        wake = std::min(wake, c.at);
    }
    return wake;
}

void hanging_up::hang_up_due(time_point now) {
    for (std::size_t i = 0; i < cuts_.size();) {
        const cut c = cuts_[i];
        if (c.at > now) {
            ++i;
            continue;
        }
        cuts_[i] = cuts_.back();
        cuts_.pop_back();
        if (number_of_[c.id] == c.number) {
            loop_.drop(c.id);
        }
    }
}

void hanging_up::opened(connection_id id) {
    refused_in_a_row_ = 0;
    connected.add();
    register_next(id);
}

void hanging_up::register_next(connection_id id) {
    number_of_[id] = nothing;
    if (all_sent()) {
        return;
    }
    const std::uint64_t n = std::exchange(next_, next_ + threads_);
    number_of_[id] = n;
    const time_point now = steady_clock::now();
    request what = writer_.registration(static_cast<std::uint32_t>(n % clinics_.size()),
                                        synthetic_person_at(seed_, n), idempotency_key(seed_, n));
    what.planned = now;
    book_.sent(what, now);
    loop_.send(id, std::move(what));
    if (n % hang_up_every == 0) {
        cuts_.push_back({now + pause_before_cut(seed_, n), id, n});
    }
}

void hanging_up::answered(connection_id id, const request& asked, const response& answer) {
    book_.answered(asked, answer, steady_clock::now());
    number_of_[id] = nothing;
    if (!answer.close) {
        register_next(id);
    }
}

void hanging_up::lost(connection_id id, failure why, const request* unanswered) {
    --connections_;
    number_of_[id] = nothing;
    if (unanswered != nullptr) {
        book_.lost(*unanswered, why, steady_clock::now());
    } else if (why != failure::dropped) {
        ++refused_in_a_row_;
        not_opened[static_cast<std::size_t>(why)].add();
    }
    if (why == failure::dropped) {
        hung_up.add();
    } else if (unanswered != nullptr) {
        lost_open[static_cast<std::size_t>(why)].add();
    }
}

}  // namespace doseline::loadtest

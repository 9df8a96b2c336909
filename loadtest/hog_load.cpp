#include "loadtest/hog_load.hpp"

#include "core/limits.hpp"
#include "loadtest/synthetic_person.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace doseline::loadtest {

namespace {

namespace limits = core::limits;

constexpr unsigned closed_doors_max = 5;

// Between two looks at the sockets: answers must be read in time, too.
constexpr int sends_a_turn = 64;

constexpr double growth_max = 1.2;

// Far behind whom the others meet.
constexpr std::uint64_t first_number = 1ull << 31;

}  // namespace

hog_load::hog_load(client_loop& loop, const request_writer& writer, const hog_plan& plan,
                   starting_line& line)
    : loop_(loop), writer_(writer), plan_(plan), line_(line) {}

std::optional<time_point> hog_load::act(time_point now) {
    const bool over = begin_ && now >= *begin_ + plan_.length;
    if (over) {
        return in_flight_ > 0 ? std::optional(now + answer_timeout) : std::nullopt;
    }
    connect_more();
    if (!begin_) {
        if (opening_ > 0) {
            return now + answer_timeout;
        }
        begin_ = line_.wait() + plan_.begins;
    }
    return send_due();
}

void hog_load::connect_more() {
    for (; connections_ < plan_.connections && closed_doors_ < closed_doors_max; ++connections_) {
        loop_.open();
        ++opening_;
    }
}

time_point hog_load::send_due() {
    const time_point end = *begin_ + plan_.length;
    for (int n = 0; n < sends_a_turn; ++n) {
        const time_point now = steady_clock::now();
        const std::chrono::duration<double> after{static_cast<double>(sent.get()) / plan_.rate};
        const time_point due =
            *begin_ + std::chrono::duration_cast<std::chrono::nanoseconds>(after);
        if (due > now || due >= end) {
            return std::min(due, end);
        }
        if (idle_.empty()) {
            return end;
        }
        const connection_id id = idle_.back();
        idle_.pop_back();
        ++in_flight_;
        request what =
            writer_.check(plan_.clinic, synthetic_person_at(plan_.seed, first_number + sent.get()));
        sent.add();
        loop_.send(id, std::move(what));
    }
    return steady_clock::now();
}

void hog_load::opened(connection_id id) {
    --opening_;
    closed_doors_ = 0;
    idle_.push_back(id);
}

void hog_load::answered(connection_id id, const request& asked, const response& answer) {
    --in_flight_;
    switch (judge_answer(asked.kind, answer)) {
        case outcome::checked: served.add(); break;
        case outcome::rate: capped.add(); break;
        case outcome::wait:
        case outcome::read_only: waited.add(); break;
        default: unexpected.add();
    }
    if (!answer.close) {
        idle_.push_back(id);
    }
}

void hog_load::lost(connection_id id, failure why, const request* unanswered) {
    --connections_;
    cut_off.add();
    in_flight_ -= unanswered != nullptr ? 1 : 0;
    std::erase(idle_, id);
    if (why == failure::connect || why == failure::handshake) {
        --opening_;
        ++closed_doors_;
    }
}

void judge_hog(const hog_figures& seen, judgement& to) {
    to.expect_at_most("the others' 99 % beside the hog within", seen.p99_with_ms,
                      std::max(seen.p99_without_ms * growth_max, seen.floor_ms), "ms");
    to.expect_none("others refused", seen.others_refused);
    // A second more: what was on its way at the end.
    const double allowed = limits::clinic_burst_requests_max +
                           limits::clinic_requests_per_second_max * (std::ceil(seen.seconds) + 1);
    to.expect_at_most("the hog got", static_cast<double>(seen.served), allowed, "answers");
    const bool asked_for_more = static_cast<double>(seen.sent) > allowed;
    to.add("the hog was refused what it asked beyond that", !asked_for_more || seen.capped > 0,
           asked_for_more ? "at least once" : "or asked for no more", std::to_string(seen.capped));
    to.expect_none("answers to the hog that are neither", seen.unexpected);
}

}  // namespace doseline::loadtest

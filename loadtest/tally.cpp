#include "loadtest/tally.hpp"

namespace doseline::loadtest {

namespace {

// The problem's code, without parsing JSON: a refusal should cost the client little.
bool has_code(std::string_view body, std::string_view code) noexcept {
    const std::size_t at = body.find(code);
    return at != std::string_view::npos && at > 0 && body[at - 1] == '"' &&
           body.substr(at + code.size()).starts_with('"');
}

}  // namespace

std::string_view name_of(outcome o) noexcept {
    constexpr std::array<std::string_view, outcomes> names{
        "created",   "checked",      "replayed",   "caught",     "rate",       "wait",
        "read_only", "other_status", "bad_answer", "unrecorded", "unanswered", "unsent"};
    return names[static_cast<std::size_t>(o)];
}

outcome judge_answer(request_kind asked, const response& answer) noexcept {
    if (answer.status == 201 && asked == request_kind::registration) {
        return outcome::created;
    }
    if (answer.status == 200) {
        if (asked != request_kind::registration) {
            return outcome::checked;
        }
        return answer.replayed ? outcome::replayed : outcome::bad_answer;
    }
    if (answer.status == 429 && has_code(answer.body, "RATE")) {
        return outcome::rate;
    }
    if (answer.status == 503 && has_code(answer.body, "WAIT")) {
        return outcome::wait;
    }
    if (answer.status == 503 && has_code(answer.body, "READ_ONLY")) {
        return outcome::read_only;
    }
    return outcome::other_status;
}

std::uint64_t tally::finished() const noexcept {
    std::uint64_t sum = 0;
    for (const live_count& n : ended) {
        sum += n.get();
    }
    return sum;
}

std::uint64_t tally::succeeded() const noexcept {
    return count(outcome::created) + count(outcome::checked) + count(outcome::replayed) +
           count(outcome::caught);
}

std::uint64_t tally::refused() const noexcept {
    return count(outcome::rate) + count(outcome::wait) + count(outcome::read_only);
}

void tally::merge(const tally& other) {
    sent.add(other.sent.get());
    for (std::size_t i = 0; i < outcomes; ++i) {
        ended[i].add(other.ended[i].get());
    }
    for (std::size_t i = 0; i < failures; ++i) {
        unanswered_by[i].add(other.unanswered_by[i].get());
    }
    for (const auto& [status, n] : other.other_statuses) {
        other_statuses[status] += n;
    }
    for (std::size_t i = 0; i < request_kinds; ++i) {
        latency[i].merge(other.latency[i]);
    }
    lateness.merge(other.lateness);
}

}  // namespace doseline::loadtest

#include "loadtest/request_book.hpp"

#include "loadtest/synthetic_person.hpp"

#include <utility>

namespace doseline::loadtest {

namespace {

// Digits that are wrong on purpose must be noticed: an impossible date refused, a check digit that
// does not fit warned of.
outcome judge_wrong_digits(const response& answer) noexcept {
    const bool refused =
        answer.status == 422 && answer.body.find("\"ID_INVALID\"") != std::string_view::npos;
    const bool warned =
        answer.status == 200 && answer.body.find("\"ID_CHECKSUM\"") != std::string_view::npos;
    if (refused || warned) {
        return outcome::caught;
    }
    return answer.status == 200 ? outcome::bad_answer : judge_answer(request_kind::check, answer);
}

}  // namespace

void request_book::sent(const request& what, time_point now) {
    tally_of(what.of).sent.add();
    if (what.of == lap::measured) {
        counts_.series.sent(what.planned, now);
    }
    sent_again(now);
}

void request_book::sent_again(time_point now) {
    ++in_flight_;
    counts_.silence.asked(now);
}

void request_book::suspended(time_point now, bool was_answered) {
    --in_flight_;
    counts_.silence.ended(now, was_answered);
}

outcome request_book::answered(const request& asked, const response& answer, time_point now) {
    const outcome how = judge(asked, answer);
    concluded(asked, how, answer.status, now);
    return how;
}

void request_book::concluded(const request& asked, outcome how, unsigned status, time_point now) {
    suspended(now, true);
    tally& counted = tally_of(asked.of);
    if (is_success(how)) {
        counted.latency[static_cast<std::size_t>(asked.kind)].record(
            static_cast<std::uint64_t>((now - asked.planned).count()));
    } else if (how == outcome::other_status) {
        ++counted.other_statuses[status];
    }
    end(asked.of, how, asked.planned, now);
}

void request_book::lost(const request& asked, failure why, time_point now) {
    suspended(now, false);
    if (asked.kind == request_kind::registration) {
        counts_.in_doubt.push_back({asked.clinic, asked.person, asked.key, asked.occurred_at});
    }
    end(asked.of, outcome::unanswered, asked.planned, now);
    tally_of(asked.of).unanswered_by[static_cast<std::size_t>(why)].add();
}

void request_book::unsent(lap of, time_point due, time_point now) {
    end(of, outcome::unsent, due, now);
}

void request_book::end(lap of, outcome how, time_point due, time_point now) {
    tally_of(of).end(how);
    if (of == lap::measured) {
        counts_.series.ended(how, due, now);
    }
}

// An acknowledgement is in the acks file before it counts as one.
outcome request_book::judge(const request& asked, const response& answer) {
    if (asked.wrong_digits) {
        return judge_wrong_digits(answer);
    }
    const outcome how = judge_answer(asked.kind, answer);
    if (how == outcome::checked && asked.kind == request_kind::check &&
        needs_exception(asked.person) &&
        answer.body.find("\"ELIGIBLE_EXCEPTION\"") == std::string_view::npos) {
        return outcome::bad_answer;
    }
    if (how != outcome::created && how != outcome::replayed) {
        return how;
    }
    auto given = read_acknowledgement(answer.body);
    if (!given) {
        return outcome::bad_answer;
    }
    const ack_line line{asked.clinic, clinics_[asked.clinic].code, asked.key,
                        asked.person, std::move(*given),           asked.occurred_at};
    return acks_ == nullptr || acks_->append(line) ? how : outcome::unrecorded;
}

}  // namespace doseline::loadtest

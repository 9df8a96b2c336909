#include "loadtest/replayer.hpp"

#include "core/limits.hpp"

#include <algorithm>
#include <utility>

namespace doseline::loadtest {

namespace {

constexpr unsigned sends_of_a_row_max = 5;
constexpr unsigned refused_in_a_row_max = 5;
constexpr std::chrono::seconds longest_pause = core::limits::retry_after_max;

}  // namespace

verdict compare(const acknowledgement& before, const response& answer) {
    switch (judge_answer(request_kind::registration, answer)) {
        case outcome::created: return verdict::lost;
        case outcome::replayed:
            return read_acknowledgement(answer.body) == before ? verdict::same : verdict::changed;
        case outcome::bad_answer: return verdict::changed;  // 200 without Replayed
        case outcome::rate:
        case outcome::wait:
        case outcome::read_only: return verdict::try_again;
        default: break;
    }
    // KEY_REUSED, the only 422 that a body known to be good can meet.
    return answer.status == 422 ? verdict::changed : verdict::unanswered;
}

replayer::replayer(client_loop& loop, const request_writer& writer, const clinic_index& clinics,
                   row_source rows, std::uint32_t connections, ack_writer* record)
    : loop_(loop), writer_(writer), clinics_(clinics), rows_(std::move(rows)),
      connections_wanted_(connections), record_(record) {}

std::optional<time_point> replayer::act(time_point now) {
    if (refused_in_a_row_ >= refused_in_a_row_max && connections_ == 0) {
        give_up();
        return std::nullopt;
    }
    while (!idle_.empty()) {
        auto next = next_row(now);
        if (!next) {
            break;
        }
        const connection_id id = idle_.back();
        idle_.pop_back();
        const ack_line& line = next->line;
        request what = writer_.registration(clinics_.at(line.clinic_code), line.person, line.key,
                                            line.occurred_at);
        ++next->tries;
        in_flight_[id] = std::move(next);
        ++in_flight_count_;
        loop_.send(id, std::move(what));
    }
    if (read_all_ && again_.empty() && in_flight_count_ == 0) {
        return std::nullopt;
    }
    while (connections_ < connections_wanted_ && refused_in_a_row_ < refused_in_a_row_max) {
        ++connections_;
        const connection_id id = loop_.open();
        if (in_flight_.size() <= id) {
            in_flight_.resize(id + 1);
        }
    }
    return again_.empty() || idle_.empty() ? now + answer_timeout : again_.front().not_before;
}

// What is due again goes first. Rows of clinics without a token are counted and passed over.
std::optional<replayer::row> replayer::next_row(time_point now) {
    if (!again_.empty() && again_.front().not_before <= now) {
        row due = std::move(again_.front());
        again_.pop_front();
        return due;
    }
    while (!read_all_) {
        auto line = rows_();
        if (!line) {
            read_all_ = true;
        } else if (clinics_.contains(line->clinic_code)) {
            return row{std::move(*line), 0, {}};
        } else {
            unanswered.add();
        }
    }
    return std::nullopt;
}

// The answer that never came, come now. One that tells nothing leaves the row unanswered.
void replayer::settle(const ack_line& line, const response& answer) {
    const outcome how = judge_answer(request_kind::registration, answer);
    auto given = read_acknowledgement(answer.body);
    const bool told = (how == outcome::created || how == outcome::replayed) && given;
    ack_line known = line;
    if (told) {
        known.given = std::move(*given);
    }
    if (!told || record_ == nullptr || !record_->append(known)) {
        return unanswered.add();
    }
    (how == outcome::replayed ? settled_before : settled_now).add();
}

void replayer::again(row r, std::chrono::seconds later) {
    if (r.tries >= sends_of_a_row_max) {
        return unanswered.add();
    }
    r.not_before = steady_clock::now() + later;
    const auto behind = [](const row& a, const row& b) { return a.not_before < b.not_before; };
    again_.insert(std::upper_bound(again_.begin(), again_.end(), r, behind), std::move(r));
}

// The server is not there: what was not compared is counted as such.
void replayer::give_up() {
    unanswered.add(again_.size());
    again_.clear();
    while (!read_all_) {
        if (rows_()) {
            unanswered.add();
        } else {
            read_all_ = true;
        }
    }
}

void replayer::opened(connection_id id) {
    refused_in_a_row_ = 0;
    idle_.push_back(id);
}

void replayer::answered(connection_id id, const request&, const response& answer) {
    row done = std::move(*in_flight_[id]);
    in_flight_[id].reset();
    --in_flight_count_;
    const bool acknowledged = done.line.given.seq != 0;
    switch (compare(done.line.given, answer)) {
        case verdict::same: same.add(); break;
        case verdict::lost: acknowledged ? gone.add() : settle(done.line, answer); break;
        case verdict::changed: acknowledged ? changed.add() : settle(done.line, answer); break;
        case verdict::unanswered: unanswered.add(); break;
        case verdict::try_again:
            again(std::move(done),
                  std::clamp(answer.retry_after, std::chrono::seconds{1}, longest_pause));
            break;
    }
    if (!answer.close) {
        idle_.push_back(id);
    }
}

void replayer::lost(connection_id id, failure, const request* asked) {
    --connections_;
    std::erase(idle_, id);
    if (asked == nullptr) {
        ++refused_in_a_row_;
    } else {
        row broken = std::move(*in_flight_[id]);
        in_flight_[id].reset();
        --in_flight_count_;
        again(std::move(broken), std::chrono::seconds{0});
    }
}

}  // namespace doseline::loadtest

#include "loadtest/storm_load.hpp"

#include "loadtest/synthetic_person.hpp"
#include "loadtest/usage.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace doseline::loadtest {

namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t opening_max = 32;  // before the storm

// Between two looks at the sockets: few beside the events that a look brings, or a client with more
// to do than its processor can finishes no handshake before the server, or itself, gives it up.
constexpr int begun_a_turn = 16;

constexpr std::chrono::nanoseconds first_pause_max = 1s;
constexpr unsigned doublings_max = 3;

constexpr double growth_max = 2;
constexpr double slower_max = 1.3;
constexpr double came_twice_seconds = 1;

// Far behind whom the working ones meet.
constexpr std::uint64_t first_number = 1ull << 31;

}  // namespace

storm_load::storm_load(client_loop& loop, const request_writer& writer,
                       const std::vector<clinic>& clinics, const storm_plan& plan,
                       std::uint32_t thread, starting_line& line)
    : loop_(loop), writer_(writer), plan_(plan), thread_(thread), line_(line),
      random_(scatter(plan.seed) ^ thread) {
    for (std::uint32_t n = thread; n < plan.clients; n += plan.threads) {
        clients_.emplace_back().clinic = static_cast<std::uint32_t>(n % clinics.size());
    }
}

std::optional<time_point> storm_load::act(time_point now) {
    if (phase_ == phase::coming_in) {
        if (!since_) {
            since_ = now;
            stand_back();
        }
        if (!come_in(now)) {
            return due_.empty() ? now + answer_timeout : due_.begin()->first;
        }
        begin_ = line_.wait() + plan_.begins;
        phase_ = phase::calm;
        now = steady_clock::now();
    }
    if (phase_ == phase::calm) {
        if (now < begin_) {
            return begin_;
        }
        cut_all();
    }
    begin_due(now);
    const bool over = ended_ == clients_.size();
    if (over && now >= begin_ + plan_.stays) {
        return std::nullopt;
    }
    const time_point wake = over ? begin_ + plan_.stays : now + answer_timeout;
    return due_.empty() ? wake : std::min(wake, due_.begin()->first);
}

// True: each has been tried.
bool storm_load::come_in(time_point now) {
    begin_due(now);
    while (next_ < clients_.size() && opening_ < opening_max) {
        ++opening_;
        open(static_cast<std::uint32_t>(next_++));
    }
    return ended_ == clients_.size();
}

void storm_load::cut_all() {
    phase_ = phase::storm;
    since_ = begin_ = steady_clock::now();
    ended_ = 0;
    for (std::uint32_t i = 0; i < clients_.size(); ++i) {
        client& c = clients_[i];
        if (c.in == state::inside) {
            c.session = i % full_handshake_every == 0 ? nullptr : loop_.session_of(c.connection);
            loop_.cut(c.connection);
        }
        c.in = state::outside;  // also who was not in: it comes now
        due_.emplace(begin_, i);
    }
}

void storm_load::begin_due(time_point now) {
    for (int n = 0; n < begun_a_turn && !due_.empty() && due_.begin()->first <= now; ++n) {
        const std::uint32_t index = due_.begin()->second;
        due_.erase(due_.begin());
        client& c = clients_[index];
        if (c.in == state::waiting) {
            ask(index);
        } else {
            came_again.add(c.tries++ > 0 ? 1 : 0);
            open(index);
        }
    }
}

void storm_load::open(std::uint32_t index) {
    client& c = clients_[index];
    c.in = state::opening;
    c.connection = loop_.open(c.session);
    if (client_of_.size() <= c.connection) {
        client_of_.resize(c.connection + 1);
    }
    client_of_[c.connection] = index;
}

void storm_load::opened(connection_id id) {
    const std::uint32_t index = client_of_[id];
    full.add(phase_ == phase::storm && !loop_.is_resumed(id) ? 1 : 0);
    ask(index);
}

void storm_load::ask(std::uint32_t index) {
    const std::uint64_t n = first_number + checks_++ * plan_.threads + thread_;
    client& c = clients_[index];
    c.in = state::asking;
    loop_.send(c.connection, writer_.check(c.clinic, synthetic_person_at(plan_.seed, n)));
}

void storm_load::answered(connection_id id, const request& asked, const response& answer) {
    const std::uint32_t index = client_of_[id];
    const outcome how = judge_answer(asked.kind, answer);
    if (is_refusal(how)) {
        told_to_wait.add();
        if (has_waited_enough()) {
            give_up(clients_[index]);
        } else if (!answer.close) {
            clients_[index].in = state::waiting;
            due_.emplace(after(1s) + std::max(answer.retry_after, 0s), index);
        }
        return;
    }
    unexpected.add(is_success(how) ? 0 : 1);
    const std::chrono::nanoseconds took = steady_clock::now() - begin_;
    if (phase_ == phase::storm) {
        times_back.record(static_cast<std::uint64_t>(took.count()));
        all_back = std::max(all_back, took);
    }
    clients_[index].in = state::inside;
    end(phase_ == phase::storm ? back : in);
}

void storm_load::lost(connection_id id, failure why, const request*) {
    if (why == failure::dropped) {
        return;  // it was cut
    }
    const std::uint32_t index = client_of_[id];
    switch (clients_[index].in) {
        case state::inside:
            dropped.add();
            clients_[index].in = state::gone;
            return;
        case state::gone: return;
        case state::waiting:
            std::erase_if(due_, [index](const auto& entry) { return entry.second == index; });
            break;
        default: break;
    }
    come_again(index);
}

// After a pause, unless it has waited long enough.
void storm_load::come_again(std::uint32_t index) {
    client& c = clients_[index];
    if (phase_ == phase::coming_in || has_waited_enough()) {
        return give_up(c);
    }
    c.in = state::outside;
    due_.emplace(after(first_pause_max * (1u << std::min(c.tries - 1, doublings_max))), index);
}

void storm_load::give_up(client& c) {
    c.in = state::gone;
    end(phase_ == phase::storm ? stayed_out : never_in);
}

bool storm_load::has_waited_enough() const {
    return steady_clock::now() - *since_ > plan_.patience;
}

void storm_load::end(live_count& as) {
    as.add();
    ++ended_;
    opening_ -= phase_ == phase::coming_in ? 1 : 0;
}

// Some time from now on, at random.
time_point storm_load::after(std::chrono::nanoseconds most) {
    return steady_clock::now() +
           std::chrono::duration_cast<std::chrono::nanoseconds>(most * random_.unit());
}

double storm_seconds_max(double alone_seconds) noexcept {
    return alone_seconds * slower_max + came_twice_seconds;
}

void judge_storm(const storm_figures& seen, judgement& to) {
    to.expect_at_most("the working ones' 99 % during the storm within", seen.p99_during_ms,
                      std::max(seen.p99_before_ms * growth_max, seen.floor_ms), "ms");
    to.add("in before the storm", seen.in_before == seen.clients, std::to_string(seen.clients),
           std::to_string(seen.in_before));
    to.add("back when nobody worked", seen.back_alone == seen.clients, std::to_string(seen.clients),
           std::to_string(seen.back_alone));
    to.add("back beside those who worked", seen.back == seen.clients, std::to_string(seen.clients),
           std::to_string(seen.back));
    to.expect_at_most("all back within", seen.seconds, storm_seconds_max(seen.alone_seconds), "s");
    to.expect_none("dropped again", seen.dropped);
    to.expect_none("answers that are neither", seen.unexpected);
}

}  // namespace doseline::loadtest

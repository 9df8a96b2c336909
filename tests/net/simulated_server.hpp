#pragma once

#include "net/admission.hpp"
#include "net/clinic_caps.hpp"
#include "net/unread_wait.hpp"
#include "storage/committer.hpp"
#include "tests/net/simulated_time.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <queue>
#include <random>
#include <vector>

// A server in virtual time: reactors that read what is ready and serve their line in turns,
// handshakes after them, one committer. What is real in it is what decides: admission, shedding,
// rests.
namespace doseline::test {

struct sim_costs {
    sim_time check = 30_ns_us;
    sim_time registration = 35_ns_us;
    sim_time other = 30_ns_us;
    sim_time refusal = 20_ns_us;
    sim_time reading = 10_ns_us;  // of each of these, until it is known what to do with it
    sim_time handshake = 400_ns_us;
    std::array<double, 2> reactor_slowness{1, 1};
    std::function<sim_time(sim_time now, std::size_t commands)> commit =
        [](sim_time, std::size_t n) { return 400_ns_us + static_cast<sim_time>(n) * 1_ns_us; };
};

class simulated_server {
public:
    using connection = std::uint32_t;
    static constexpr connection none = std::numeric_limits<connection>::max();
    static constexpr sim_time never = std::numeric_limits<sim_time>::max();

    enum class outcome { served, refused, connected };
    // What the client does when it is told: it may send again. asked_at: when it sent.
    using client =
        std::function<void(connection, net::work_class, outcome, sim_time asked_at, sim_time now)>;

    sim_costs costs;
    bool admits_all = false;
    bool caps_clinics = false;
    connection hog_from = none;  // connections from here on are the first clinic's, too
    bool rests = true;
    std::size_t handshakes_a_turn = 1;
    bool handshakes_in_line = false;  // first come first served with requests
    client told;

    std::array<sim_histogram, net::work_classes> served_after;
    sim_histogram refused_after;
    sim_histogram connected_after;
    std::array<std::uint64_t, net::work_classes> refused{};
    std::uint64_t capped = 0;

    simulated_server() = default;
    simulated_server(const simulated_server&) = delete;
    simulated_server& operator=(const simulated_server&) = delete;

    void connect(connection c, sim_time at) {
        events_.push({at, next_++, c, net::work_class::page, true});
    }
    void send(connection c, net::work_class w, sim_time at) {
        grow(c);
        events_.push({at, next_++, c, w, false});
    }

    void run_until(sim_time end) {
        for (;;) {
            std::size_t who = committer;
            sim_time at = committer_at_;
            for (std::size_t r = 0; r < reactors; ++r) {
                if (reactors_[r].at < at) {
                    at = reactors_[r].at;
                    who = r;
                }
            }
            if (!events_.empty() && events_.top().at <= at) {
                if (events_.top().at > end) {
                    return;
                }
                arrive();
                continue;
            }
            if (at > end) {
                return;
            }
            who == committer ? commit() : turn(reactors_[who], who);
        }
    }

    const net::admission& admission_of(std::size_t number) const {
        return reactors_[number].admits;
    }
    std::size_t served(net::work_class w) const {
        return served_after[static_cast<std::size_t>(w)].count();
    }
    sim_time now() const { return now_; }
    std::chrono::seconds told_to_wait(connection c) const { return lines_[c].told_to_wait; }

    static constexpr std::size_t reactors = 2;

private:
    static constexpr std::size_t committer = reactors;
    static constexpr std::size_t ready_a_turn = 128;

    struct event {
        sim_time at;
        std::uint64_t order;
        connection who;
        net::work_class work;
        bool handshake;
        bool operator<(const event& o) const { return at != o.at ? at > o.at : order > o.order; }
    };
    struct ready_one {
        connection who;
        net::work_class work;
        sim_time since;
        bool handshake = false;
        bool probe = false;
    };
    struct lined_one {
        ready_one what;
        sim_time since;
        std::uint32_t behind;
    };
    struct submitted {
        ready_one what;
        sim_time at;
        std::size_t reactor;
        sim_time taken = 0;
        bool late = false;
    };
    struct reactor {
        net::admission admits;
        net::unread_wait unread;
        std::deque<ready_one> ready;
        std::deque<ready_one> handshakes;
        std::deque<lined_one> line;
        std::deque<std::pair<sim_time, submitted>> answers;
        sim_time at = never;  // of its next turn
        sim_time free_at = 0;
    };
    struct line {
        unsigned refusals = 0;
        std::chrono::seconds told_to_wait{0};
        sim_time rests_until = 0;
        sim_time rests_at_least_until = 0;  // the end of the piece in hand
    };

    static net::admission::time_point point(sim_time t) {
        return net::admission::time_point{std::chrono::nanoseconds{t}};
    }
    void grow(connection c) {
        if (lines_.size() <= c) {
            lines_.resize(c + 1);
        }
    }
    static void wake(reactor& r, sim_time at) { r.at = std::min(r.at, std::max(at, r.free_at)); }

    void arrive() {
        const event e = events_.top();
        events_.pop();
        reactor& r = reactors_[e.who % reactors];
        now_ = std::max(now_, e.at);
        if (!e.handshake && rests_on(r, e)) {
            return;
        }
        (e.handshake && !handshakes_in_line ? r.handshakes : r.ready)
            .push_back({e.who, e.work, e.at, e.handshake});
        wake(r, e.at);
    }

    // As session::rest_on().
    bool rests_on(const reactor& r, event e) {
        grow(e.who);
        line& l = lines_[e.who];
        if (e.at >= l.rests_until || (e.at >= l.rests_at_least_until && !r.admits.sheds())) {
            l.rests_until = 0;
            return false;
        }
        constexpr sim_time rest_piece = std::chrono::nanoseconds{net::rest_piece}.count();
        const sim_time left = l.rests_until - e.at;
        e.at += left % rest_piece == 0 ? rest_piece : left % rest_piece;
        l.rests_at_least_until = e.at;
        e.order = next_++;
        events_.push(e);
        return true;
    }

    void turn(reactor& r, std::size_t index) {
        sim_time now = r.at;
        now_ = std::max(now_, now);
        while (!r.answers.empty() && r.answers.front().first <= now) {
            const submitted s = r.answers.front().second;
            r.answers.pop_front();
            r.admits.inbox_waited(std::chrono::nanoseconds{s.taken - s.at});
            s.late ? refuse(s.what, now) : serve(s.what, now);
        }
        bool probe_is_back = false;
        for (std::size_t n = 0; n < ready_a_turn && !r.ready.empty(); ++n) {
            const ready_one one = r.ready.front();
            r.ready.pop_front();
            if (one.probe) {
                probe_is_back = true;
            } else if (one.handshake) {
                shake(one, index, now);
            } else {
                read(r, index, one, now);
            }
        }
        const bool more = !r.ready.empty();
        if (r.unread.batch_ends(more, probe_is_back, point(now))) {
            r.ready.push_back({none, net::work_class::page, now, false, true});
        }
        r.admits.batch_ends(more, r.unread.value(), point(now));
        const sim_time slice_began = now;
        const sim_time slice_end = now + r.admits.serving_time().count();
        while (!r.line.empty() && now < slice_end) {
            const lined_one first = r.line.front();
            r.line.pop_front();
            r.admits.taken(std::chrono::nanoseconds{now - first.since}, first.behind);
            handle(first.what, index, now);
        }
        r.admits.worked(std::chrono::nanoseconds{now - slice_began});
        for (std::size_t n = 0; n < handshakes_a_turn && !r.handshakes.empty(); ++n) {
            shake(r.handshakes.front(), index, now);
            r.handshakes.pop_front();
        }
        r.free_at = now;
        r.at = !r.ready.empty() || !r.handshakes.empty() || !r.line.empty() ? now : never;
        if (!r.answers.empty()) {
            wake(r, r.answers.front().first);
        }
    }

    void shake(const ready_one& one, std::size_t index, sim_time& now) {
        now += scaled(costs.handshake, index);
        connected_after.add(now - one.since);
        told(one.who, one.work, outcome::connected, one.since, now);
    }

    void read(reactor& r, std::size_t index, const ready_one& one, sim_time& now) {
        now += scaled(costs.reading, index);
        if (admits_all) {
            handle(one, index, now);
        } else if (r.admits.judge(one.work, point(now)) != net::verdict::serve) {
            refuse_now(one, index, now);
        } else if (r.admits.serves_at_once(point(now))) {
            handle(one, index, now);
        } else {
            r.line.push_back({one, now, r.admits.line_up(point(now))});
        }
    }

    void refuse_now(const ready_one& one, std::size_t index, sim_time& now) {
        now += scaled(costs.refusal - costs.reading, index);
        refuse(one, now);
    }

    // What has been read.
    void handle(const ready_one& one, std::size_t index, sim_time& now) {
        reactor& r = reactors_[index];
        std::optional<net::clinic_caps::place> place;
        if (caps_clinics) {
            place = caps_.enter(one.who < hog_from ? one.who : 0, point(now));
            if (!place) {
                ++capped;
                refuse_now(one, index, now);
                return;
            }
        }
        const bool registers = one.work == net::work_class::registration;
        const bool checks = one.work == net::work_class::check;
        now += scaled((registers ? costs.registration
                       : checks  ? costs.check
                                 : costs.other) -
                          costs.reading,
                      index);
        if (!registers && !checks) {
            serve(one, now);
            return;
        }
        r.admits.submitted();
        inbox_[index].push_back({one, now, index, 0, false});
        if (!lingered_) {
            committer_at_ = std::min(committer_at_, std::max(now, committer_free_));
        }
    }

    // As storage::committer: of a quiet time, or many, commands go at once; others wait a little.
    void commit() {
        std::size_t waiting = 0;
        for (const auto& from : inbox_) {
            for (auto s = from.begin(); s != from.end() && s->at <= committer_at_; ++s) {
                ++waiting;
            }
        }
        const sim_time linger =
            std::chrono::nanoseconds{storage::linger_for(waiting, arrivals_.per_second())}.count();
        if (!std::exchange(lingered_, true) && linger != 0) {
            committer_at_ += linger;
            return;
        }
        lingered_ = false;
        const sim_time now = committer_at_;
        now_ = std::max(now_, now);
        std::vector<submitted> batch;
        std::size_t commands = 0;
        for (bool any = true; any && batch.size() < core::limits::batch_commands_max;) {
            any = false;
            for (auto& from : inbox_) {
                if (!from.empty() && from.front().at <= now) {
                    submitted s = from.front();
                    from.pop_front();
                    s.taken = now;
                    batch.push_back(s);
                    any = true;
                }
            }
        }
        arrivals_.note(batch.size(),
                       std::chrono::steady_clock::time_point{std::chrono::nanoseconds{now}});
        const bool more_waits = batch.size() >= core::limits::batch_commands_max;
        for (submitted& s : batch) {
            s.late = !admits_all && more_waits &&
                     std::chrono::nanoseconds{now - s.at} > core::limits::inbox_wait_max;
            commands += s.late ? 0 : 1;
        }
        const sim_time end = now + (commands == 0 ? 0 : costs.commit(now, commands));
        for (const submitted& s : batch) {
            reactors_[s.reactor].answers.emplace_back(end, s);
            wake(reactors_[s.reactor], end);
        }
        committer_free_ = end;
        committer_at_ = never;
        for (const auto& from : inbox_) {
            if (!from.empty()) {
                committer_at_ = std::min(committer_at_, std::max(end, from.front().at));
            }
        }
    }

    void serve(const ready_one& one, sim_time now) {
        grow(one.who);
        lines_[one.who].refusals = 0;
        served_after[static_cast<std::size_t>(one.work)].add(now - one.since);
        told(one.who, one.work, outcome::served, one.since, now);
    }

    void refuse(const ready_one& one, sim_time now) {
        grow(one.who);
        line& l = lines_[one.who];
        const double pressure = reactors_[one.who % reactors].admits.pressure();
        l.told_to_wait = net::come_again_in(static_cast<std::uint32_t>(random_()), pressure);
        if (rests) {
            const auto rest = net::rest_after(++l.refusals, l.told_to_wait,
                                              static_cast<std::uint32_t>(random_()), pressure);
            l.rests_until = now + std::chrono::nanoseconds{rest}.count();
            l.rests_at_least_until = now + std::chrono::nanoseconds{rest % net::rest_piece}.count();
        }
        ++refused[static_cast<std::size_t>(one.work)];
        refused_after.add(now - one.since);
        told(one.who, one.work, outcome::refused, one.since, now);
    }

    sim_time scaled(sim_time cost, std::size_t index) const {
        return static_cast<sim_time>(static_cast<double>(cost) * costs.reactor_slowness[index]);
    }

    std::priority_queue<event> events_;
    std::uint64_t next_ = 0;
    std::array<reactor, reactors> reactors_;
    std::array<std::deque<submitted>, reactors> inbox_;
    net::clinic_caps caps_{point(0), 65'536};
    std::vector<line> lines_;
    std::mt19937 random_;  // seeded alike in every run
    sim_time committer_at_ = never;
    bool lingered_ = false;
    storage::arrival_rate arrivals_;
    sim_time committer_free_ = 0;
    sim_time now_ = 0;
};

}  // namespace doseline::test

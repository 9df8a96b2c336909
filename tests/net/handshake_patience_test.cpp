#include "net/handshake_patience.hpp"

#include "core/limits.hpp"

#include <boost/test/unit_test.hpp>

#include <deque>
#include <vector>

BOOST_AUTO_TEST_SUITE(handshake_patience)

using namespace std::chrono_literals;
using doseline::net::handshake_patience;
namespace limits = doseline::core::limits;

namespace {

void end_after(handshake_patience& p, std::chrono::milliseconds time, int times) {
    for (int n = 0; n < times; ++n) {
        p.ended_after(time);
    }
}

// Many come in one moment, to a server that answers more quickly than the one slow way to all of
// them brings what they say; whoever has lost its place comes again behind the others. In
// milliseconds.
struct crowd {
    static constexpr int clients = 30'000;
    static constexpr int answered_a_ms = 4;
    static constexpr int ended_every_ms = 2;
    static constexpr int look_every_ms = 250;

    struct handshake {
        int began = 0;
        bool lives = true;
    };
    std::vector<handshake> begun;
    std::deque<std::size_t> places;  // the oldest first
    std::deque<std::size_t> way;     // in which they come to their end; who has gone, too
    std::size_t taken = 0;
    int waiting = clients;
    int inside = 0;
    int now = 0;

    void answer() {
        for (int n = 0; n < answered_a_ms && waiting > 0 && taken < limits::handshakes_answered_max;
             ++n) {
            --waiting;
            ++taken;
            places.push_back(begun.size());
            way.push_back(begun.size());
            begun.push_back({now});
        }
    }
    void end(handshake_patience& p) {
        if (now % ended_every_ms != 0 || way.empty()) {
            return;
        }
        handshake& next = begun[way.front()];
        way.pop_front();
        if (next.lives) {
            next.lives = false;
            --taken;
            ++inside;
            p.ended_after(std::chrono::milliseconds{now - next.began});
        }
    }
    void make_room(const handshake_patience& p) {
        const auto at_most = p.of(limits::handshake_timeout);
        while (waiting > 0 && taken == limits::handshakes_answered_max && !places.empty()) {
            handshake& oldest = begun[places.front()];
            if (oldest.lives && std::chrono::milliseconds{now - oldest.began} < at_most) {
                return;
            }
            places.pop_front();
            if (oldest.lives) {
                oldest.lives = false;
                --taken;
                ++waiting;
                answer();
            }
        }
    }
    // How long until all were in.
    std::chrono::milliseconds comes_in(handshake_patience& p) {
        while (inside < clients && now < 10 * clients) {
            ++now;
            end(p);
            answer();
            if (now % look_every_ms == 0) {
                make_room(p);
            }
        }
        return std::chrono::milliseconds{now};
    }
};

}  // namespace

BOOST_AUTO_TEST_CASE(it_is_a_fifth_among_the_quick) {
    handshake_patience p;
    BOOST_TEST((p.of(10s) == 2s));
    end_after(p, 100ms, 1'000);
    BOOST_TEST((p.of(10s) == 2s));
}

BOOST_AUTO_TEST_CASE(it_follows_what_others_needed_of_late) {
    handshake_patience p;
    end_after(p, 1s, 1'000);
    BOOST_TEST((p.of(10s) > 3'900ms && p.of(10s) <= 4s));
    end_after(p, 8s, 1'000);
    BOOST_TEST((p.of(10s) == 10s));
    end_after(p, 100ms, 1'000);
    BOOST_TEST((p.of(10s) == 2s));
}

// 2,048 places behind a way that brings 500 a second: each waits for four.
BOOST_AUTO_TEST_CASE(a_crowd_behind_one_slow_way_comes_in_without_a_handshake_lost) {
    handshake_patience p;
    crowd all;
    BOOST_TEST((all.comes_in(p) <=
                std::chrono::milliseconds{crowd::ended_every_ms * crowd::clients + 10}));
    BOOST_TEST(all.begun.size() == std::size_t{crowd::clients});
}

BOOST_AUTO_TEST_SUITE_END()

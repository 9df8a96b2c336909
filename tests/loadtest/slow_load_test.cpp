#include "loadtest/slow_load.hpp"

#include "core/limits.hpp"
#include "loadtest/fleet.hpp"
#include "tests/loadtest/tiny_server.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <atomic>
#include <string>

BOOST_AUTO_TEST_SUITE(slow_load)

using namespace doseline::loadtest;
using namespace std::chrono_literals;
using doseline::test::http_answer;
using doseline::test::tiny_server;
namespace limits = doseline::core::limits;

namespace {

std::size_t index_of(hostility kind) { return static_cast<std::size_t>(kind); }

// A server at its limits: neither more nor less than what holds.
slow_figures at_the_edge() {
    slow_figures seen{10, 15, 5, {}, slow_traces{3, 3, 1'000, 1'149, 0}};
    for (hostile_counts& n : seen.peers) {
        n = {1, 0, 1'000};
    }
    const auto seconds = [&](hostility kind) -> double& {
        return seen.peers[index_of(kind)].longest_seconds;
    };
    seconds(hostility::mute) = seconds(hostility::hello_only) = seconds(hostility::garbage) =
        static_cast<double>(limits::handshake_timeout.count()) + 3;
    seconds(hostility::slow_header) = static_cast<double>(limits::header_timeout.count()) + 3;
    seconds(hostility::slow_body) = static_cast<double>(limits::body_timeout.count()) + 3;
    return seen;
}

bool holds(const slow_figures& seen) {
    judgement all;
    judge_slow(seen, all);
    return all.holds();
}

}  // namespace

BOOST_AUTO_TEST_CASE(each_figure_holds_up_to_its_edge) {
    BOOST_TEST(holds(at_the_edge()));
    slow_figures seen = at_the_edge();
    seen.p99_with_ms = 15.1;
    BOOST_TEST(!holds(seen));
    seen.floor_ms = 15.1;
    BOOST_TEST(holds(seen));
    seen = at_the_edge();
    seen.traces->connections_after = 4;
    BOOST_TEST(!holds(seen));
    seen = at_the_edge();
    seen.traces->memory_after = 1'151;
    BOOST_TEST(!holds(seen));
    seen.traces->memory_before = 0;  // not known
    BOOST_TEST(holds(seen));
}

BOOST_AUTO_TEST_CASE(no_peer_may_live_longer_than_the_limits_say) {
    for (const hostility kind : {hostility::mute, hostility::hello_only, hostility::garbage,
                                 hostility::slow_header, hostility::slow_body}) {
        BOOST_TEST_CONTEXT(name_of(kind)) {
            slow_figures seen = at_the_edge();
            seen.peers[index_of(kind)].longest_seconds += 0.1;
            BOOST_TEST(!holds(seen));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_kind_that_was_never_there_proves_nothing) {
    for (std::size_t i = 0; i < hostilities; ++i) {
        slow_figures seen = at_the_edge();
        seen.peers[i].opened = 0;
        BOOST_TEST(!holds(seen));
    }
}

// Each as its name says, as far as a server sees it that does not defend itself.
BOOST_AUTO_TEST_CASE(every_kind_of_peer_does_what_it_is_for) {
    std::atomic<int> unread{0};
    std::atomic<int> padded{0};
    const tiny_server server([&](std::string_view request) {
        unread += request.starts_with("GET /unread") ? 1 : 0;
        padded += request.starts_with("GET /padded") ? 1 : 0;
        return http_answer("200 OK", "{}");
    });
    const endpoint target = resolve_endpoint(server.address());
    const hostile_texts texts{"GET /half HTTP/1.1\r\n\r\n",
                              "POST /slow HTTP/1.1\r\nContent-Length: 9\r\n\r\n123456789",
                              "GET /unread HTTP/1.1\r\n\r\n", "GET /padded HTTP/1.1\r\n\r\n"};
    starting_line line(1);
    class slow_load peers(target, server.authority(), texts, {1, 0ms, 2'500ms, 7}, line);
    setting here;
    here.asked.authority = server.authority();
    here.target = here.admin = target;
    fleet ships(here, 1);
    const std::array<actor*, 1> actors{&peers};
    ships.run(actors, [] {});

    const auto seen = [&](hostility kind) { return peers.seen[index_of(kind)]; };
    for (const hostile_counts& n : peers.seen) {
        BOOST_TEST(n.opened > 0u);
    }
    for (const hostility kind : {hostility::mute, hostility::hello_only, hostility::slow_header,
                                 hostility::slow_body, hostility::no_reading}) {
        BOOST_TEST_CONTEXT(name_of(kind)) {
            BOOST_TEST(seen(kind).opened == 1u);  // this server has all the patience
            BOOST_TEST(seen(kind).turned_away == 0u);
            const bool shakes_hands = kind != hostility::mute && kind != hostility::hello_only;
            BOOST_TEST(seen(kind).longest_seconds >= (shakes_hands ? 1.5 : 2.4));
        }
    }
    BOOST_TEST(seen(hostility::garbage).turned_away > 0u);
    BOOST_TEST(seen(hostility::half_closed).turned_away > 0u);
    BOOST_TEST(seen(hostility::resets).opened > 1u);
    BOOST_TEST(unread > 0);
    BOOST_TEST(padded > 1);
}

// A server under load lets it wait for its turn; the limit on a header counts from its first byte.
BOOST_AUTO_TEST_CASE(the_life_of_a_slow_header_is_counted_from_its_handshake) {
    const tiny_server server([](std::string_view) { return http_answer("200 OK", "{}"); });
    const endpoint target = resolve_endpoint(server.address());
    const tls_client tls(server.authority(), target);
    const hostile_texts texts;
    hostile_peer peer(hostility::slow_header, target, tls, texts, 7);
    const time_point opened = steady_clock::now();
    const time_point give_up = opened + 20s;
    time_point now = opened;  // runs on by itself, far ahead of the true time
    do {
        peer.step(now);
        now += 1ms;
    } while (peer.longest(now) == now - opened && steady_clock::now() < give_up);
    BOOST_TEST((now - opened >= 2ms));  // it took a step or two
    BOOST_TEST((peer.longest(now) == 1ms));
    BOOST_TEST((peer.longest(now + 1ms) == 2ms));  // it lives
}

// This client may be behind with looking, which is not the server's fault.
BOOST_AUTO_TEST_CASE(a_connection_that_was_ended_lived_when_it_was_last_looked_at) {
    const tiny_server server([](std::string_view) { return std::string(); });
    const endpoint target = resolve_endpoint(server.address());
    const tls_client tls(server.authority(), target);
    const hostile_texts texts;
    hostile_peer peer(hostility::garbage, target, tls, texts, 7);
    const time_point opened = steady_clock::now();
    const time_point give_up = opened + 20s;
    time_point now = opened;  // as above
    do {
        peer.step(now);
        now += 1ms;
    } while (peer.longest(now + 1h) > 1h && steady_clock::now() < give_up);
    const auto seen = peer.longest(now);
    BOOST_TEST((seen < now - opened));
    if (peer.turned_away() == 0) {  // else it has just seen it
        peer.step(now + 1h);
    }
    BOOST_TEST(peer.turned_away() == 1u);
    BOOST_TEST((peer.longest(now + 2h) == seen));
}

BOOST_AUTO_TEST_SUITE_END()

#include "tests/net/lone_client.hpp"
#include "tests/support/client_hello.hpp"

#include <boost/test/unit_test.hpp>

#include <openssl/ssl.h>

#include <memory>
#include <string>

BOOST_AUTO_TEST_SUITE(session_handshake)

using namespace doseline;
using net::refusal_reason;
using net::tls_state;
using test::lone_client;
using test::lone_session;

namespace {

// Its hello comes in two pieces.
struct halting : lone_session {
    const std::string hello = test::client_hello();
    const std::string first_piece = hello.substr(0, hello.size() / 2);
    const std::string second_piece = hello.substr(hello.size() / 2);
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(what_comes_while_it_is_lent_is_read_when_it_is_back, halting) {
    say(first_piece);
    const tls_state told = lend().handshake();
    BOOST_CHECK(told == tls_state::want_read);
    say(second_piece);
    BOOST_TEST(!waits_for_its_turn());
    it->take_handshake(told);
    BOOST_TEST(waits_for_its_turn());
    BOOST_CHECK(lend().handshake() == tls_state::want_read);  // the client's end
    it->take_handshake(tls_state::want_read);
    BOOST_TEST(lives());
    BOOST_TEST(!waits_for_its_turn());
}

BOOST_FIXTURE_TEST_CASE(an_end_while_it_is_lent_is_seen_when_it_is_back, halting) {
    say(first_piece);
    const tls_state told = lend().handshake();
    close_peer();
    BOOST_TEST(!it->wait_to_leave(EPOLLIN | EPOLLRDHUP | EPOLLHUP));
    BOOST_REQUIRE(host.leaving.next() == it.get());
    it->leave_now();
    BOOST_TEST(lives());
    it->take_handshake(told);
    it->take_handshake(lend().handshake());
    BOOST_TEST(!lives());
    BOOST_TEST(refused(refusal_reason::handshake_failed) == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_deadline_while_it_is_lent_ends_it_when_it_is_back, lone_session) {
    say(test::client_hello());
    net::tls_stream& lent = lend();
    BOOST_TEST(it->has_lent());
    pass(2 * handshake);
    BOOST_TEST(lives());
    BOOST_TEST(refused(refusal_reason::timeout) == 0u);
    it->take_handshake(lent.handshake());
    BOOST_TEST(!lives());
    BOOST_TEST(refused(refusal_reason::timeout) == 1u);
}

BOOST_FIXTURE_TEST_CASE(who_has_waited_for_its_turn_has_its_whole_time_from_there, lone_session) {
    say(test::client_hello());
    pass(handshake - tick);
    const tls_state told = lend().handshake();
    pass(handshake - tick);
    it->take_handshake(told);
    BOOST_TEST(lives());
    pass(2 * tick);
    BOOST_TEST(!lives());
    BOOST_TEST(refused(refusal_reason::timeout) == 1u);
}

BOOST_FIXTURE_TEST_CASE(but_no_more_for_each_piece, halting) {
    say(first_piece);
    it->take_handshake(lend().handshake());
    pass(handshake / 2);
    say(second_piece);
    it->take_handshake(lend().handshake());
    BOOST_TEST(lives());
    pass(handshake / 2 + 2 * tick);
    BOOST_TEST(!lives());
}

BOOST_FIXTURE_TEST_CASE(who_has_been_answered_dawdles_after_a_fifth_of_its_time, lone_session) {
    say(test::client_hello());
    it->take_handshake(lend().handshake());
    BOOST_REQUIRE(host.answered.first() == it.get());
    pass(handshake / 5 - tick);
    BOOST_TEST(!it->dawdles());
    pass(2 * tick);
    BOOST_TEST(it->dawdles());
    BOOST_TEST(refused(refusal_reason::timeout) == 0u);
    close_peer();
    it->ready(EPOLLIN | EPOLLRDHUP | EPOLLHUP);
    BOOST_TEST(!lives());
    BOOST_TEST(host.answered.empty());
}

BOOST_FIXTURE_TEST_CASE(what_a_client_needs_is_what_others_may_need, lone_session) {
    lone_client c(peer);
    c.goes_on();
    it->ready(EPOLLIN);
    it->take_handshake(lend().handshake());
    pass(handshake / 2);
    BOOST_TEST_REQUIRE(c.goes_on());
    it->ready(EPOLLIN);
    net::handshake_patience told;
    told.ended_after(handshake / 2);
    const auto whole = tick;  // so short that one client's need is more than a fifth of it
    BOOST_TEST_REQUIRE((told.of(whole) > whole / 5));
    BOOST_TEST((host.patience.of(whole) == told.of(whole)));
}

BOOST_FIXTURE_TEST_CASE(who_goes_before_its_turn_has_none, lone_session) {
    say(test::client_hello());
    BOOST_TEST(waits_for_its_turn());
    pass(2 * handshake);
    BOOST_TEST(!lives());
    BOOST_TEST(host.handshakes.next() == nullptr);
}

// One signature, and only that.
BOOST_FIXTURE_TEST_CASE(it_is_lent_once_and_ends_the_handshake_itself, lone_session) {
    lone_client c(peer, "X25519");
    BOOST_TEST(!c.goes_on());
    it->ready(EPOLLIN);
    it->take_handshake(lend().handshake());
    BOOST_TEST(host.answered.size() == 1u);
    BOOST_TEST(c.goes_on());
    it->ready(EPOLLIN);
    BOOST_TEST(!waits_for_its_turn());
    BOOST_TEST(host.answered.empty());
    BOOST_TEST(figures.handshakes == 1u);
}

// Its first key is of a group that the server does not take: nothing has been signed yet.
BOOST_FIXTURE_TEST_CASE(a_hello_that_must_be_sent_again_is_lent_again, lone_session) {
    lone_client c(peer, "P-384:X25519");
    BOOST_TEST(!c.goes_on());
    it->ready(EPOLLIN);
    it->take_handshake(lend().handshake());
    BOOST_TEST(!c.goes_on());
    it->ready(EPOLLIN);
    BOOST_TEST(waits_for_its_turn());
    it->take_handshake(lend().handshake());
    BOOST_TEST(c.goes_on());
    it->ready(EPOLLIN);
    BOOST_TEST(!waits_for_its_turn());
    BOOST_TEST(figures.handshakes == 1u);
}

// It gets no more time for each byte, and the handshake behind it has its own.
BOOST_AUTO_TEST_CASE(a_balancers_header_has_as_long_as_a_handshake) {
    const std::string header("\r\n\r\n\0\r\nQUIT\n\x20\0\0\0", 16);
    const auto deadline = lone_session::handshake;
    const auto tick = lone_session::tick;
    for (const bool in_time : {true, false}) {
        lone_session one({net::address_range::parse("::/0")});
        one.say(header.substr(0, 8));
        one.pass(deadline - tick);
        BOOST_TEST(one.lives());
        if (in_time) {
            one.say(header.substr(8));
            one.pass(deadline - tick);
            BOOST_TEST(one.lives());
            one.pass(2 * tick);
        } else {
            one.say(header.substr(8, 1));
            one.pass(2 * tick);
        }
        BOOST_TEST(!one.lives());
        BOOST_TEST(one.refused(refusal_reason::timeout) == 1u);
    }
}

BOOST_AUTO_TEST_SUITE_END()

#include "tests/net/lone_session.hpp"
#include "tests/support/heap_watch.hpp"

#include <boost/test/unit_test.hpp>

#include <new>

BOOST_AUTO_TEST_SUITE(session_ending)

using namespace doseline;
using test::lone_session;

namespace {

boost::test_tools::assertion_result can_refuse(boost::unit_test::test_unit_id) {
    return test::heap_is_watched();
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(whose_peer_has_gone_waits_for_its_turn_to_leave, lone_session) {
    close_peer();
    BOOST_TEST(!it->wait_to_leave(EPOLLIN | EPOLLRDHUP | EPOLLHUP));
    BOOST_TEST(host.leaving.size() == 1u);
    BOOST_TEST(!waits_for_its_turn());
    BOOST_REQUIRE(host.leaving.next() == it.get());
    it->leave_now();
    BOOST_TEST(waits_for_its_turn());  // in the handshake, which will find out
}

BOOST_FIXTURE_TEST_CASE(where_there_is_no_memory_to_wait_in_it_leaves_at_once, lone_session,
                        *boost::unit_test::precondition(can_refuse)) {
    close_peer();
    bool noted_only = true;
    {
        const test::heap_refusal none;
        try {
            for (;;) {
                host.leaving.enter(*it);  // until its room is full
            }
        } catch (const std::bad_alloc&) {
        }
        noted_only = !it->wait_to_leave(EPOLLIN | EPOLLRDHUP | EPOLLHUP);
    }
    BOOST_TEST(!noted_only);
    BOOST_TEST(waits_for_its_turn());
}

BOOST_AUTO_TEST_SUITE_END()

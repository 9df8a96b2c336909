#include "net/unread_wait.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(unread_wait)

using namespace std::chrono_literals;

namespace {

struct fixture {
    doseline::net::unread_wait unread;
    doseline::net::unread_wait::time_point now{1'000s};

    bool batch_ends(bool more, bool probe_is_back) {
        return unread.batch_ends(more, probe_is_back, now);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(who_reads_all_at_once_sends_no_probe, fixture) {
    BOOST_TEST(!batch_ends(false, false));
    BOOST_TEST((unread.value() == 0ns));
}

BOOST_FIXTURE_TEST_CASE(a_probe_tells_how_long_it_was_behind_others, fixture) {
    BOOST_TEST(batch_ends(true, false));
    BOOST_TEST((unread.value() == 0ns));  // nobody knows yet
    now += 30ms;
    BOOST_TEST(batch_ends(true, true));  // and the next one goes
    BOOST_TEST((unread.value() == 30ms));
    now += 10ms;
    BOOST_TEST(batch_ends(true, true));
    BOOST_TEST((unread.value() == 10ms));
}

BOOST_FIXTURE_TEST_CASE(one_that_is_not_back_tells_that_it_is_longer, fixture) {
    BOOST_TEST(batch_ends(true, false));
    now += 20ms;
    BOOST_TEST(batch_ends(true, true));
    now += 15ms;
    BOOST_TEST(!batch_ends(true, false));
    BOOST_TEST((unread.value() == 20ms));
    now += 15ms;
    BOOST_TEST(!batch_ends(true, false));
    BOOST_TEST((unread.value() == 30ms));
}

BOOST_FIXTURE_TEST_CASE(when_all_is_read_nothing_waits, fixture) {
    BOOST_TEST(batch_ends(true, false));
    now += 20ms;
    BOOST_TEST(batch_ends(true, true));
    now += 20ms;
    BOOST_TEST(!batch_ends(false, true));
    BOOST_TEST((unread.value() == 0ns));
    now += 20ms;
    BOOST_TEST(batch_ends(true, false));
    BOOST_TEST((unread.value() == 0ns));
}

BOOST_AUTO_TEST_SUITE_END()

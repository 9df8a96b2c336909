#include "net/refusal_pressure.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(refusal_pressure)

using namespace doseline;

namespace {

double after(net::refusal_pressure pressure, int windows, double passed, double refused) {
    for (int n = 0; n < windows; ++n) {
        pressure.note(passed, refused, 1);
    }
    return pressure.value();
}

net::refusal_pressure pressed() {
    net::refusal_pressure most;
    for (int n = 0; n < 20; ++n) {
        most.note(0, 1e9, 1);
    }
    return most;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_few_refusals_are_no_pressure) {
    BOOST_TEST(after({}, 100, 0, 8) == net::refusal_pressure::least);
    BOOST_TEST(after({}, 100, 1'000, 108) == net::refusal_pressure::least);
    BOOST_TEST(after({}, 100, 1'000, 120) > net::refusal_pressure::least);
}

BOOST_AUTO_TEST_CASE(many_are_the_most_within_a_second) {
    BOOST_TEST(after({}, 10, 0, 9'000) == net::refusal_pressure::most);
    BOOST_TEST(after({}, 10, 0, 1e9) == net::refusal_pressure::most);
}

BOOST_AUTO_TEST_CASE(a_little_too_many_raise_it_slowly) {
    const double second = after({}, 10, 1'000, 216);  // twice as many as are enough
    BOOST_TEST(second > 1.2);
    BOOST_TEST(second < 1.25);
}

// Refusals come by the burst: what they have raised outlives the windows between them.
BOOST_AUTO_TEST_CASE(it_goes_in_seconds_when_they_go_also_in_one_long_window) {
    BOOST_TEST(pressed().value() == net::refusal_pressure::most);
    BOOST_TEST(after(pressed(), 60, 1'000, 0) > 1.1);
    BOOST_TEST(after(pressed(), 70, 1'000, 0) == net::refusal_pressure::least);
    net::refusal_pressure idle = pressed();
    idle.note(0, 0, 70);
    BOOST_TEST(idle.value() == net::refusal_pressure::least);
}

BOOST_AUTO_TEST_SUITE_END()

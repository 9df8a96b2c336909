#include "loadtest/number_text.hpp"

#include "loadtest/chart_axis.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

BOOST_AUTO_TEST_SUITE(number_text)

using namespace doseline::loadtest;

BOOST_AUTO_TEST_CASE(numbers_are_short_and_whole_ones_grouped) {
    BOOST_TEST(short_number(0) == "0");
    BOOST_TEST(short_number(0.0123) == "0.0123");
    BOOST_TEST(short_number(1.5) == "1.5");
    BOOST_TEST(short_number(12.34) == "12.3");
    BOOST_TEST(short_number(99.94) == "99.9");
    BOOST_TEST(short_number(99.96) == "100");
    BOOST_TEST(short_number(12'345.6) == "12\u202F346");
    BOOST_TEST(short_number(-1'234'567) == "-1\u202F234\u202F567");
    BOOST_TEST(short_number(-123'456) == "-123\u202F456");
}

BOOST_AUTO_TEST_CASE(each_unit_is_written_in_its_own_way) {
    BOOST_TEST(text_of(1'500, unit::count) == "1\u202F500");
    BOOST_TEST(text_of(1'500, unit::rate) == "1\u202F500\u202F/s");
    BOOST_TEST(text_of(0.84, unit::milliseconds) == "0.84\u202Fms");
    BOOST_TEST(text_of(2'040, unit::milliseconds) == "2.04\u202Fs");
    BOOST_TEST(text_of(1.355, unit::core_share) == "136\u202F%");
    BOOST_TEST(text_of(1'023, unit::bytes) ==
               "1\u202F023\u202F"
               "bytes");
    BOOST_TEST(text_of(1.5 * 1'024 * 1'024, unit::bytes) == "1.5\u202FMiB");
}

BOOST_AUTO_TEST_CASE(an_axis_holds_all_values_and_names_round_ones) {
    const auto kinds = {axis_kind::number, axis_kind::seconds, axis_kind::milliseconds,
                        axis_kind::bytes};
    for (const axis_kind kind : kinds) {
        for (const auto& [low, high] :
             {std::pair{0.0, 0.0}, std::pair{0.5, 0.5}, std::pair{0.0, 7.3},
              std::pair{0.02, 9'876.0}, std::pair{3.0, 5e9}}) {
            BOOST_TEST_CONTEXT(static_cast<int>(kind) << " " << low << " to " << high) {
                const chart_axis axis(kind, low, high);
                BOOST_TEST(axis.place(low) >= -1e-9);
                BOOST_TEST(axis.place(high) <= 1 + 1e-9);
                BOOST_TEST(axis.place(high) >= axis.place(low));
                BOOST_TEST(axis.ticks().size() >= 1u);
                BOOST_TEST(axis.ticks().size() <= 24u);
                for (const chart_axis::tick& tick : axis.ticks()) {
                    BOOST_TEST(tick.at >= -1e-9);
                    BOOST_TEST(tick.at <= 1 + 1e-9);
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(nines_lie_as_far_apart_as_each_other) {
    const chart_axis axis(axis_kind::nines, 0, 1);
    BOOST_TEST(axis.place(0) == 0.0);
    BOOST_TEST(axis.place(0.9) == 0.25, boost::test_tools::tolerance(1e-9));
    BOOST_TEST(axis.place(0.99) == 0.5, boost::test_tools::tolerance(1e-9));
    BOOST_TEST(axis.place(0.9999) == 1.0, boost::test_tools::tolerance(1e-9));
    BOOST_TEST(axis.place(1) == 1.0);
}

BOOST_AUTO_TEST_CASE(a_decade_of_latency_takes_the_same_room_everywhere) {
    const chart_axis axis(axis_kind::milliseconds, 0.1, 1'000);
    BOOST_TEST(axis.place(10) - axis.place(1) == axis.place(1) - axis.place(0.1),
               boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_SUITE_END()

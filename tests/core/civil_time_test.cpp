#include "core/civil_time.hpp"

#include "core/limits.hpp"

#include <boost/test/unit_test.hpp>

#include <rapidcheck.h>

#include <array>
#include <chrono>
#include <string_view>

BOOST_AUTO_TEST_SUITE(civil_time_test)

using namespace doseline::core;
using namespace std::chrono_literals;

namespace {

using std::chrono::sys_days;
using std::chrono::year;

constexpr zone_offset korea{540};

constexpr instant at_utc(int y, unsigned m, unsigned d, std::chrono::milliseconds time) {
    return sys_days{year{y} / static_cast<int>(m) / static_cast<int>(d)} + time;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_day_begins_at_local_midnight) {
    const sys_days third{year{2016} / 10 / 3};
    const sys_days fourth{year{2016} / 10 / 4};
    BOOST_CHECK(day_at(at_utc(2016, 10, 3, 15h - 1ms), korea) == third);
    BOOST_CHECK(day_at(at_utc(2016, 10, 3, 15h), korea) == fourth);
    BOOST_CHECK(day_at(at_utc(2016, 10, 4, 15h - 1ms), korea) == fourth);
    BOOST_CHECK(day_at(at_utc(2016, 10, 4, 4h), zone_offset{-300}) == third);
    BOOST_CHECK(day_at(at_utc(2016, 10, 4, 5h), zone_offset{-300}) == fourth);
}

BOOST_AUTO_TEST_CASE(hours_are_local_and_run_from_0_to_23) {
    BOOST_TEST(hour_at(at_utc(2016, 10, 3, 15h), korea) == 0u);
    BOOST_TEST(hour_at(at_utc(2016, 10, 3, 15h - 1ms), korea) == 23u);
    BOOST_TEST(hour_at(at_utc(2016, 10, 4, 30min), korea) == 9u);
    BOOST_TEST(hour_at(at_utc(2016, 10, 4, 0h), zone_offset{-210}) == 20u);
}

BOOST_AUTO_TEST_CASE(days_and_hours_before_1970_do_not_round_towards_it) {
    BOOST_CHECK(day_at(instant{-1ms}, 0min) == sys_days{year{1969} / 12 / 31});
    BOOST_TEST(hour_at(instant{-1ms}, 0min) == 23u);
    BOOST_CHECK(day_at(at_utc(1841, 7, 1, 15h), korea) == sys_days{year{1841} / 7 / 2});
    BOOST_TEST(hour_at(at_utc(1841, 7, 1, 15h), korea) == 0u);
}

BOOST_AUTO_TEST_CASE(days_are_read) {
    BOOST_CHECK(parse_day("2016-10-04").value() == sys_days{year{2016} / 10 / 4});
    BOOST_CHECK(parse_day("2016-02-29").value() == sys_days{year{2016} / 2 / 29});
    BOOST_CHECK(parse_day("1800-01-01").value() == sys_days{year{1800} / 1 / 1});
}

BOOST_AUTO_TEST_CASE(days_from_the_first_to_the_last_are_read_and_no_others) {
    BOOST_CHECK(parse_day("1800-01-01").value() == limits::day_min);
    BOOST_CHECK(parse_day("9999-12-31").value() == limits::day_max);
    BOOST_CHECK(parse_instant("1800-01-01T00:00:00Z").value() == instant{limits::day_min});
    BOOST_CHECK(parse_instant("9999-12-31T00:00:00Z").value() == instant{limits::day_max});
    for (const std::string_view day : {"1799-12-31", "0001-01-01", "0000-12-31", "10000-01-01"}) {
        BOOST_TEST_CONTEXT(day) {
            BOOST_CHECK(!parse_day(day));
            BOOST_CHECK(!parse_instant(std::string(day) + "T00:00:00Z"));
        }
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_day_is_malformed) {
    using namespace std::string_view_literals;
    for (const std::string_view text : {""sv,
                                        "2016"sv,
                                        "2016-10-4"sv,
                                        "2016-1-04"sv,
                                        "16-10-04"sv,
                                        "2016-10-04 "sv,
                                        " 2016-10-04"sv,
                                        "2016/10/04"sv,
                                        "20161004"sv,
                                        "2016-10-04T"sv,
                                        "2017-02-29"sv,
                                        "1900-02-29"sv,
                                        "2016-02-30"sv,
                                        "2016-04-31"sv,
                                        "2016-13-01"sv,
                                        "2016-00-01"sv,
                                        "2016-10-00"sv,
                                        "2016-10-32"sv,
                                        "+016-10-04"sv,
                                        "2016-1x-04"sv,
                                        "2016-10-0\0"sv,
                                        "-2016-10-04"sv}) {
        BOOST_TEST_CONTEXT(text) {
            const auto day = parse_day(text);
            BOOST_REQUIRE(!day);
            BOOST_CHECK(day.error() == errc::malformed);
        }
    }
}

BOOST_AUTO_TEST_CASE(instants_are_read_in_any_offset) {
    struct row {
        std::string_view text;
        instant at;
    };
    const instant nine = at_utc(2016, 10, 4, 0h);
    const std::array rows{
        row{"2016-10-04T09:00:00+09:00", nine},
        row{"2016-10-04T00:00:00Z", nine},
        row{"2016-10-04t00:00:00z", nine},
        row{"2016-10-04T00:00:00-00:00", nine},
        row{"2016-10-03T20:30:00-03:30", nine},
        row{"2016-10-04T23:59:00+23:59", nine},
        row{"2016-10-04T09:00:00.5+09:00", nine + 500ms},
        row{"2016-10-04T09:00:00.25Z", nine + 9h + 250ms},
        row{"2016-10-04T09:00:00.007+09:00", nine + 7ms},
        row{"2016-10-04T09:00:00.123999999+09:00", nine + 123ms},
        row{"2016-10-04T23:59:59.999Z", nine + 24h - 1ms},
        row{"1969-12-31T23:59:59.999Z", instant{-1ms}},
    };
    for (const row& r : rows) {
        BOOST_TEST_CONTEXT(r.text) {
            const auto at = parse_instant(r.text);
            BOOST_REQUIRE(at);
            BOOST_CHECK(*at == r.at);
        }
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_instant_is_malformed) {
    using namespace std::string_view_literals;
    for (const std::string_view text : {""sv,
                                        "2016-10-04"sv,
                                        "2016-10-04T"sv,
                                        "2016-10-04T09"sv,
                                        "2016-10-04T09:00"sv,
                                        "2016-10-04T09:00Z"sv,
                                        "2016-10-04T09:00:00"sv,
                                        "2016-10-04 09:00:00Z"sv,
                                        "2016-10-04T24:00:00Z"sv,
                                        "2016-10-04T09:60:00Z"sv,
                                        "2016-10-04T09:00:61Z"sv,
                                        "2016-10-04T9:00:00Z"sv,
                                        "2016-10-04T09:00:00."sv,
                                        "2016-10-04T09:00:00.Z"sv,
                                        "2016-10-04T09:00:00.5"sv,
                                        "2016-10-04T09:00:00,5Z"sv,
                                        "2016-10-04T09:00:00+0900"sv,
                                        "2016-10-04T09:00:00+09"sv,
                                        "2016-10-04T09:00:00+24:00"sv,
                                        "2016-10-04T09:00:00+09:60"sv,
                                        "2016-10-04T09:00:00+09:00 "sv,
                                        "2016-10-04T09:00:00ZZ"sv,
                                        "2016-10-04T09:00:00 Z"sv,
                                        "2016-02-30T09:00:00Z"sv,
                                        "2016-10-04T09:00:00\x2b"
                                        "09;00"sv,
                                        "2016-10-04T-9:00:00Z"sv}) {
        BOOST_TEST_CONTEXT(text) {
            const auto at = parse_instant(text);
            BOOST_REQUIRE(!at);
            BOOST_CHECK(at.error() == errc::malformed);
        }
    }
}

BOOST_AUTO_TEST_CASE(times_are_written_in_the_programmes_offset) {
    const instant nine = at_utc(2016, 10, 4, 7ms);
    BOOST_TEST(format_instant(nine, korea) == "2016-10-04T09:00:00.007+09:00");
    BOOST_TEST(format_instant(nine, 0min) == "2016-10-04T00:00:00.007+00:00");
    BOOST_TEST(format_instant(nine, -210min) == "2016-10-03T20:30:00.007-03:30");
    BOOST_TEST(format_instant(instant{-1ms}, 0min) == "1969-12-31T23:59:59.999+00:00");
    BOOST_TEST(format_day(sys_days{year{805} / 1 / 2}) == "0805-01-02");
}

BOOST_AUTO_TEST_CASE(what_is_written_reads_back) {
    const bool holds = rc::check("any instant of years 1800 to 9998 in any offset", [] {
        const auto first = at_utc(1800, 1, 2, 0h).time_since_epoch().count();
        const auto last = at_utc(9998, 12, 30, 0h).time_since_epoch().count();
        const instant at{std::chrono::milliseconds{*rc::gen::inRange(first, last)}};
        const zone_offset offset{*rc::gen::inRange(-14 * 60, 14 * 60 + 1)};
        const std::string text = format_instant(at, offset);
        const auto back = parse_instant(text);
        RC_ASSERT(back.has_value());
        RC_ASSERT(*back == at);
        RC_ASSERT(parse_day(text.substr(0, 10)).value() == day_at(at, offset));
        RC_ASSERT(format_day(day_at(at, offset)) == text.substr(0, 10));
        RC_ASSERT(std::stoul(text.substr(11, 2)) == hour_at(at, offset));
    });
    BOOST_TEST(holds);
}

BOOST_AUTO_TEST_SUITE_END()

#include "loadtest/time_series.hpp"

#include <boost/json/array.hpp>
#include <boost/test/unit_test.hpp>

#include <cstdint>

BOOST_AUTO_TEST_SUITE(time_series)

using namespace doseline::loadtest;
using namespace std::chrono_literals;
using series_of = class doseline::loadtest::time_series;

namespace {

const time_point origin = time_point{} + 1'000s;

struct sums {
    std::uint64_t planned = 0;
    std::uint64_t sent = 0;
    std::uint64_t ended = 0;
    std::uint64_t latencies = 0;
    std::uint64_t slowest = 0;
};

sums sum(const series_of& series) {
    sums all;
    for (const series_of::sample& s : series.samples()) {
        all.planned += s.planned;
        all.sent += s.sent;
        all.ended += s.succeeded + s.refused + s.failed;
        all.latencies += s.latency.count();
        all.slowest = std::max(all.slowest, s.latency.max());
    }
    return all;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_stall_of_two_seconds_shows_for_everything_that_was_due_in_it) {
    series_of series;
    series.begin(origin);
    // A request every 10 ms for 6 s; the server answers in 1 ms but stands still from 2 s to 4 s.
    for (auto at = 0ms; at < 6s; at += 10ms) {
        const auto answered = at >= 2s && at < 4s ? 4s + 1ms : at + 1ms;
        series.sent(origin + at, origin + at);
        series.ended(outcome::checked, origin + at, origin + answered);
    }
    const auto& s = series.samples();
    BOOST_REQUIRE(s.size() == 6u);
    const auto ms = [](std::uint64_t nanoseconds) {
        return static_cast<double>(nanoseconds) / 1e6;
    };
    for (const std::size_t quiet : {0u, 1u, 4u, 5u}) {
        BOOST_TEST(ms(s[quiet].latency.max()) == 1.0);
    }
    BOOST_TEST(ms(s[2].latency.max()) == 2'001.0);
    BOOST_TEST(ms(s[3].latency.max()) == 1'001.0);
    BOOST_TEST(ms(s[2].latency.at(0.5)) == 1'501.0, boost::test_tools::tolerance(0.01));
    BOOST_TEST(ms(s[3].latency.at(0.5)) == 501.0, boost::test_tools::tolerance(0.01));
    // Offered went on all the time; goodput did not.
    for (const series_of::sample& second : s) {
        BOOST_TEST(second.planned == 100u);
    }
    BOOST_TEST(s[2].succeeded == 0u);
    BOOST_TEST(s[3].succeeded == 0u);
    BOOST_TEST(s[4].succeeded == 300u);
}

BOOST_AUTO_TEST_CASE(every_end_is_counted_where_it_happened) {
    series_of series;
    series.begin(origin);
    for (const outcome how : {outcome::created, outcome::wait, outcome::unanswered}) {
        series.sent(origin, origin + 1s);
        series.ended(how, origin, origin + 2s);
    }
    series.ended(outcome::unsent, origin, origin + 3s);
    const auto& s = series.samples();
    BOOST_REQUIRE(s.size() == 4u);
    BOOST_TEST(s[0].planned == 4u);
    BOOST_TEST(s[1].sent == 3u);
    BOOST_TEST(s[2].succeeded == 1u);
    BOOST_TEST(s[2].refused == 1u);
    BOOST_TEST(s[2].failed == 1u);
    BOOST_TEST(s[3].failed == 1u);
    BOOST_TEST(s[0].latency.count() == 1u);
}

BOOST_AUTO_TEST_CASE(a_week_fits_and_nothing_of_it_is_lost) {
    series_of series;
    series.begin(origin);
    constexpr std::uint64_t week = 7 * 24 * 3'600;
    for (std::uint64_t at = 0; at < week; at += 10) {
        const time_point due = origin + std::chrono::seconds{at};
        series.sent(due, due);
        series.ended(outcome::checked, due, due + std::chrono::nanoseconds{at});
    }
    BOOST_TEST(series.width().count() == 1'024);
    BOOST_TEST(series.samples().size() == week / 1'024 + 1);
    const sums all = sum(series);
    BOOST_TEST(all.planned == week / 10);
    BOOST_TEST(all.sent == week / 10);
    BOOST_TEST(all.ended == week / 10);
    BOOST_TEST(all.latencies == week / 10);
    BOOST_TEST(all.slowest == week - 10);
}

BOOST_AUTO_TEST_CASE(merging_is_counting_both_whatever_their_width) {
    series_of narrow;
    narrow.begin(origin);
    series_of wide;
    wide.begin(origin);
    narrow.sent(origin + 700s, origin + 700s);
    wide.sent(origin + 700s, origin + 700s);
    wide.sent(origin + 2'000s, origin + 2'000s);
    for (const bool narrow_first : {true, false}) {
        series_of both;
        both.merge(narrow_first ? narrow : wide);
        both.merge(narrow_first ? wide : narrow);
        BOOST_TEST(both.width().count() == 2);
        BOOST_REQUIRE(both.samples().size() == 1'001u);
        BOOST_TEST(both.samples()[350].planned == 2u);
        BOOST_TEST(both.samples()[1'000].planned == 1u);
    }
    series_of with_nothing;
    with_nothing.merge(series_of{});
    BOOST_TEST(!with_nothing.origin());
    BOOST_TEST(with_nothing.samples().empty());
}

BOOST_AUTO_TEST_CASE(what_is_earlier_than_the_origin_counts_in_the_first_sample) {
    series_of series;
    series.begin(origin);
    series.sent(origin - 5s, origin - 1s);
    BOOST_REQUIRE(series.samples().size() == 1u);
    BOOST_TEST(series.samples()[0].planned == 1u);
    BOOST_TEST(series.samples()[0].sent == 1u);
}

BOOST_AUTO_TEST_CASE(it_is_told_as_rates_and_milliseconds_with_nothing_where_nothing_was_due) {
    series_of series;
    series.begin(origin);
    series.sent(origin, origin);
    series.ended(outcome::checked, origin, origin + 4ms);
    series.sent(origin + 2s, origin + 2s);
    series.ended(outcome::rate, origin + 2s, origin + 2s);
    const boost::json::object told = describe(series);
    BOOST_TEST(told.at("width_seconds").as_int64() == 1);
    BOOST_TEST(boost::json::value(told.at("t")) == boost::json::value({0.0, 1.0, 2.0}));
    BOOST_TEST(boost::json::value(told.at("planned")) == boost::json::value({1.0, 0.0, 1.0}));
    BOOST_TEST(boost::json::value(told.at("refused")) == boost::json::value({0.0, 0.0, 1.0}));
    BOOST_TEST(boost::json::value(told.at("max")) == boost::json::value({4.0, nullptr, nullptr}));
}

BOOST_AUTO_TEST_CASE(a_sparse_histogram_answers_as_the_full_one) {
    class histogram full;
    sparse_histogram sparse;
    sparse_histogram other;
    for (std::uint64_t v = 0; v < 20'000; ++v) {
        const std::uint64_t value = v * v * v % 10'000'019;
        full.record(value);
        (v % 3 == 0 ? other : sparse).record(value);
    }
    full.record(~std::uint64_t{0});
    other.record(~std::uint64_t{0});
    sparse.merge(other);
    BOOST_TEST(sparse.count() == full.count());
    BOOST_TEST(sparse.max() == full.max());
    for (const double share : {0.0, 0.01, 0.5, 0.9, 0.99, 0.9999, 1.0}) {
        BOOST_TEST(sparse.at(share) == full.at(share));
    }
    BOOST_TEST(sparse_histogram{}.at(0.5) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

#include "loadtest/histogram.hpp"

#include "loadtest/random.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

BOOST_AUTO_TEST_SUITE(histogram)

using doseline::loadtest::histogram;

BOOST_AUTO_TEST_CASE(percentiles_are_within_one_percent_above_the_exact_ones) {
    constexpr std::uint64_t seed = 20261;
    BOOST_TEST_MESSAGE("seed " << seed);
    doseline::loadtest::random_source random(seed);
    std::vector<std::uint64_t> values;
    histogram h;
    for (int i = 0; i < 200'000; ++i) {
        // Six decades and a little: 100 ns to 1,000 s, as many in each.
        const auto value = static_cast<std::uint64_t>(100 * std::pow(10.0, random.unit() * 10));
        values.push_back(value);
        h.record(value);
    }
    std::sort(values.begin(), values.end());
    for (const double share : {0.0001, 0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 0.9999, 1.0}) {
        BOOST_TEST_CONTEXT("share " << share) {
            const auto rank =
                static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size())));
            const auto exact = static_cast<double>(values[rank - 1]);
            BOOST_TEST(static_cast<double>(h.at(share)) >= exact);
            BOOST_TEST(static_cast<double>(h.at(share)) <= exact * 1.01);
        }
    }
    BOOST_TEST(h.max() == values.back());
    BOOST_TEST(h.count() == values.size());
}

BOOST_AUTO_TEST_CASE(values_at_the_borders_of_buckets_keep_their_precision) {
    for (unsigned bit = 0; bit < 48; ++bit) {
        for (const std::uint64_t value : {(std::uint64_t{1} << bit) - 1, std::uint64_t{1} << bit,
                                          (std::uint64_t{1} << bit) + 1}) {
            BOOST_TEST_CONTEXT("value " << value) {
                histogram h;
                h.record(value);
                h.record(histogram::value_max);
                BOOST_TEST(h.at(0.5) >= value);
                BOOST_TEST(static_cast<double>(h.at(0.5)) <= static_cast<double>(value) * 1.01);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(small_values_are_exact) {
    histogram h;
    for (std::uint64_t v = 1; v <= 100; ++v) {
        h.record(v);
    }
    BOOST_TEST(h.at(0.5) == 50u);
    BOOST_TEST(h.at(0.99) == 99u);
    BOOST_TEST(h.at(1.0) == 100u);
    BOOST_TEST(h.at(0.0) == 1u);
}

BOOST_AUTO_TEST_CASE(an_empty_one_answers_zero) {
    const histogram h;
    BOOST_TEST(h.at(0.5) == 0u);
    BOOST_TEST(h.max() == 0u);
    BOOST_TEST(h.count() == 0u);
}

BOOST_AUTO_TEST_CASE(what_is_too_large_is_counted_as_the_largest) {
    histogram h;
    h.record(~std::uint64_t{0});
    h.record(histogram::value_max + 1);
    BOOST_TEST(h.count() == 2u);
    BOOST_TEST(h.max() == histogram::value_max);
    BOOST_TEST(h.at(1.0) == histogram::value_max);
}

BOOST_AUTO_TEST_CASE(merging_is_recording_both) {
    histogram odd;
    histogram even;
    histogram both;
    for (std::uint64_t v = 0; v < 10'000; ++v) {
        (v % 2 == 0 ? even : odd).record(v * v);
        both.record(v * v);
    }
    odd.merge(even);
    for (const double share : {0.1, 0.5, 0.99, 1.0}) {
        BOOST_TEST(odd.at(share) == both.at(share));
    }
    BOOST_TEST(odd.count() == both.count());
    BOOST_TEST(odd.max() == both.max());
}

BOOST_AUTO_TEST_SUITE_END()

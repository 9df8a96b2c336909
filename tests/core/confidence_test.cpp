#include "core/confidence.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(confidence_test)

using namespace doseline::core;

namespace {

std::string_view name(std::uint64_t begun, std::uint64_t closed, std::uint64_t unsent,
                      std::int64_t left) {
    return name_of(confidence_of({begun, closed}, unsent, left));
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_number_is_as_good_as_the_days_that_were_ended) {
    BOOST_TEST(name(10, 10, 0, 1'000) == "HIGH");
    BOOST_TEST(name(10, 9, 0, 1'000) == "HIGH");
    BOOST_TEST(name(100, 89, 0, 1'000) == "MEDIUM");
    BOOST_TEST(name(10, 5, 0, 1'000) == "MEDIUM");
    BOOST_TEST(name(100, 49, 0, 1'000) == "LOW");
}

BOOST_AUTO_TEST_CASE(and_as_the_rows_that_are_known_to_be_missing) {
    BOOST_TEST(name(10, 10, 10, 1'000) == "HIGH");
    BOOST_TEST(name(10, 10, 11, 1'000) == "MEDIUM");
    BOOST_TEST(name(10, 10, 100, 1'000) == "MEDIUM");
    BOOST_TEST(name(10, 10, 101, 1'000) == "LOW");
}

BOOST_AUTO_TEST_CASE(before_the_first_day_nothing_is_missing) {
    BOOST_TEST(name(0, 0, 0, 0) == "HIGH");
    BOOST_TEST(name(0, 0, 0, 1'000) == "HIGH");
}

BOOST_AUTO_TEST_CASE(nothing_left_by_the_book_and_rows_missing_is_no_certainty) {
    BOOST_TEST(name(10, 10, 1, 0) == "LOW");
    BOOST_TEST(name(10, 10, 1, -5) == "LOW");
    BOOST_TEST(name(10, 10, 0, -5) == "HIGH");
}

BOOST_AUTO_TEST_SUITE_END()

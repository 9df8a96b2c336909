#include "loadtest/hgrm.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <string>

BOOST_AUTO_TEST_SUITE(hgrm)

using namespace doseline::loadtest;

namespace {

// Without the line on how the histogram is built, which is each program's own.
std::string without_buckets(const std::string& text) {
    return text.substr(0, text.find("#[Buckets"));
}

std::string text_of(const doseline::loadtest::histogram& h, double unit) {
    return hgrm_text(describe_distribution(h, unit));
}

}  // namespace

BOOST_AUTO_TEST_CASE(three_values_give_the_lines_that_hdrhistogram_itself_gives) {
    class histogram h;
    for (const std::uint64_t value : {25u, 50u, 75u}) {
        h.record(value);
    }
    BOOST_TEST(without_buckets(text_of(h, 1)) ==
               "       Value     Percentile TotalCount 1/(1-Percentile)\n"
               "\n"
               "      25.000 0.000000000000          1           1.00\n"
               "      25.000 0.100000000000          1           1.11\n"
               "      25.000 0.200000000000          1           1.25\n"
               "      25.000 0.300000000000          1           1.43\n"
               "      50.000 0.400000000000          2           1.67\n"
               "      50.000 0.500000000000          2           2.00\n"
               "      50.000 0.550000000000          2           2.22\n"
               "      50.000 0.600000000000          2           2.50\n"
               "      50.000 0.650000000000          2           2.86\n"
               "      75.000 0.700000000000          3           3.33\n"
               "      75.000 1.000000000000          3\n"
               "#[Mean    =       50.000, StdDeviation   =       20.412]\n"
               "#[Max     =       75.000, Total count    =            3]\n");
}

BOOST_AUTO_TEST_CASE(an_empty_one_has_a_head_and_a_foot) {
    BOOST_TEST(without_buckets(text_of(doseline::loadtest::histogram{}, 1)) ==
               "       Value     Percentile TotalCount 1/(1-Percentile)\n"
               "\n"
               "#[Mean    =        0.000, StdDeviation   =        0.000]\n"
               "#[Max     =        0.000, Total count    =            0]\n");
}

BOOST_AUTO_TEST_CASE(nanoseconds_are_written_as_milliseconds) {
    class histogram h;
    h.record(2'500'000);
    const std::string text = text_of(h, 1e6);
    BOOST_TEST(text.find("\n       2.500 1.000000000000          1\n") != std::string::npos);
    BOOST_TEST(text.find("#[Max     =        2.500") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(every_row_tells_a_value_that_its_share_of_all_does_not_exceed) {
    class histogram h;
    for (std::uint64_t v = 1; v <= 100'000; ++v) {
        h.record(v * v);
    }
    const auto rows = percentile_rows(h);
    BOOST_REQUIRE(rows.size() > 50u);
    double before = -1;
    for (const percentile_row& row : rows) {
        BOOST_TEST_CONTEXT("share " << row.share) {
            BOOST_TEST(row.share > before);
            BOOST_TEST(static_cast<double>(row.up_to_it) >= row.share * 1e5);
            const double exact = std::pow(std::max(1.0, std::ceil(row.share * 1e5)), 2);
            BOOST_TEST(static_cast<double>(row.value) >= exact);
            BOOST_TEST(static_cast<double>(row.value) <= exact * 1.01);
            before = row.share;
        }
    }
    BOOST_TEST(rows.back().share == 1.0);
    BOOST_TEST(rows.back().value == h.max());
    BOOST_TEST(rows.back().up_to_it == h.count());
    BOOST_TEST(rows[rows.size() - 2].share > 0.9999);
}

BOOST_AUTO_TEST_SUITE_END()

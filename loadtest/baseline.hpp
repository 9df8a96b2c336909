#pragma once

#include "loadtest/number_text.hpp"

#include <boost/json/value.hpp>

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace doseline::loadtest {

// One figure that the reports show and that two runs are compared by.
struct compared_figure {
    std::string_view name;
    unit in = unit::plain;
    bool is_headline = false;  // among the first that a reader looks at
    std::optional<double> now;
    std::optional<double> before;
    std::optional<double> ratio;  // now by before; nothing when before is 0 or one is missing
};

// Every figure that one of the two has, in the order of the report. Null has none.
std::vector<compared_figure> compare(const boost::json::value& now,
                                     const boost::json::value& before);

// What was asked or what it ran on, where the two are not alike: a ratio may come from that. One
// line each, as "rate: 100, before 200".
std::vector<std::string> differences(const boost::json::value& now,
                                     const boost::json::value& before);

// Another run's summary.json. Throws std::runtime_error with one line that says what is wrong.
boost::json::value read_summary(const std::filesystem::path& file);

// For people. "1.07x"; without a ratio "same" or "-".
std::string ratio_text(const compared_figure& figure);
void print_comparison(std::ostream& out, const boost::json::value& now,
                      const boost::json::value& before);

}  // namespace doseline::loadtest

#pragma once

#include "loadtest/histogram.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace doseline::loadtest {

// One step of a percentile distribution: this share of all values is at most this value.
struct percentile_row {
    std::uint64_t value = 0;
    double share = 0;            // 0..1
    std::uint64_t up_to_it = 0;  // how many values
};

// The distribution in HdrHistogram's steps: five to each halving of what is left, then the
// largest. Empty for an empty histogram.
std::vector<percentile_row> percentile_rows(const histogram& values);

// {"count","mean","deviation","max","rows":[[value, share, how many are up to it]]}. Values are
// divided by unit: 1e6 tells nanoseconds as milliseconds.
boost::json::object describe_distribution(const histogram& values, double unit);

// The text that HdrHistogram's own tools and plotters read (.hgrm), of such an object. Throws
// std::exception when it is not one.
std::string hgrm_text(const boost::json::object& distribution);

}  // namespace doseline::loadtest

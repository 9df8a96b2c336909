#include "loadtest/hgrm.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <utility>

namespace doseline::loadtest {

namespace json = boost::json;

namespace {

// The next percentile to be told: the steps double in number each time the rest has halved. In
// percent every step is a binary fraction of 20, so the sums are exact.
double next_percentile(double percentile) noexcept {
    const double halvings = std::floor(std::log2(100 / (100 - percentile))) + 1;
    return percentile + 20 / std::exp2(halvings);
}

struct moments {
    double mean = 0;
    double deviation = 0;
};

// The middle of each bucket stands for its values.
moments moments_of(const histogram& values) {
    const auto middle = [](std::size_t bucket) {
        return static_cast<double>(histogram::lower_end(bucket) + histogram::upper_end(bucket)) / 2;
    };
    const auto n = static_cast<double>(values.count());
    moments m;
    for (std::size_t i = 0; i < histogram::buckets && n > 0; ++i) {
        m.mean += middle(i) * static_cast<double>(values.in_bucket(i)) / n;
    }
    for (std::size_t i = 0; i < histogram::buckets && n > 0; ++i) {
        const double away = middle(i) - m.mean;
        m.deviation += away * away * static_cast<double>(values.in_bucket(i)) / n;
    }
    m.deviation = std::sqrt(m.deviation);
    return m;
}

template <typename... Values>
void append(std::string& text, const char* form, Values... values) {
    std::array<char, 160> line{};
    const int length = std::snprintf(line.data(), line.size(), form, values...);
    text.append(line.data(), static_cast<std::size_t>(length));
}

}  // namespace

std::vector<percentile_row> percentile_rows(const histogram& values) {
    std::vector<percentile_row> rows;
    std::uint64_t seen = 0;
    double percentile = 0;
    for (std::size_t i = 0; i < histogram::buckets && seen < values.count(); ++i) {
        if (values.in_bucket(i) == 0) {
            continue;
        }
        seen += values.in_bucket(i);
        const std::uint64_t value = std::min(histogram::upper_end(i), values.max());
        const double reached =
            100 * static_cast<double>(seen) / static_cast<double>(values.count());
        while (percentile <= reached) {
            rows.push_back({value, percentile / 100, seen});
            percentile = next_percentile(percentile);
            if (seen == values.count()) {
                break;  // the steps towards 100 % never end
            }
        }
    }
    if (values.count() != 0) {
        rows.push_back({values.max(), 1, values.count()});
    }
    return rows;
}

json::object describe_distribution(const histogram& values, double unit) {
    json::array rows;
    for (const percentile_row& row : percentile_rows(values)) {
        rows.push_back(json::array{static_cast<double>(row.value) / unit, row.share, row.up_to_it});
    }
    const moments m = moments_of(values);
    return {{"count", values.count()},
            {"mean", m.mean / unit},
            {"deviation", m.deviation / unit},
            {"max", static_cast<double>(values.max()) / unit},
            {"rows", std::move(rows)}};
}

std::string hgrm_text(const json::object& distribution) {
    const auto number = [](const json::value& v) { return v.to_number<double>(); };
    const auto whole = [](const json::value& v) {
        return static_cast<unsigned long long>(v.to_number<std::uint64_t>());
    };
    std::string text;
    append(text, "%12s %14s %10s %14s\n\n", "Value", "Percentile", "TotalCount",
           "1/(1-Percentile)");
    for (const json::value& row : distribution.at("rows").as_array()) {
        const double share = number(row.as_array().at(1));
        append(text, "%12.3f %2.12f %10llu", number(row.as_array().at(0)), share,
               whole(row.as_array().at(2)));
        if (share < 1) {
            append(text, " %14.2f", 1 / (1 - share));
        }
        text.append("\n");
    }
    append(text, "#[Mean    = %12.3f, StdDeviation   = %12.3f]\n", number(distribution.at("mean")),
           number(distribution.at("deviation")));
    append(text, "#[Max     = %12.3f, Total count    = %12llu]\n", number(distribution.at("max")),
           whole(distribution.at("count")));
    append(text, "#[Buckets = %12zu, SubBuckets     = %12zu]\n",
           histogram::buckets >> histogram::precision_bits,
           std::size_t{1} << histogram::precision_bits);
    return text;
}

}  // namespace doseline::loadtest

#include "loadtest/day_curve.hpp"

#include "loadtest/csv.hpp"
#include "loadtest/files.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <stdexcept>
#include <string>

namespace doseline::loadtest {

namespace {

std::optional<std::chrono::minutes> read_time(const std::string& text) {
    unsigned hour = 0;
    unsigned minute = 0;
    int read = 0;
    const bool whole = std::sscanf(text.c_str(), "%2u:%2u%n", &hour, &minute, &read) == 2 &&
                       static_cast<std::size_t>(read) == text.size();
    if (!whole || minute > 59 || hour * 60 + minute > 24 * 60) {
        return std::nullopt;
    }
    return std::chrono::hours{hour} + std::chrono::minutes{minute};
}

std::optional<double> read_share(const std::string& text) {
    std::size_t read = 0;
    try {
        const double share = std::stod(text, &read);
        return read == text.size() && std::isfinite(share) && share >= 0 ? std::optional(share)
                                                                         : std::nullopt;
    } catch (const std::logic_error&) {
        return std::nullopt;
    }
}

std::optional<curve_interval> read_interval(const csv_row& row) {
    if (row.size() != 3) {
        return std::nullopt;
    }
    const auto from = read_time(row[0]);
    const auto to = read_time(row[1]);
    const auto share = read_share(row[2]);
    if (!from || !to || !share || from.value() >= to.value()) {
        return std::nullopt;
    }
    return curve_interval{from.value(), to.value(), share.value()};
}

double rate_of(const curve_interval& i) noexcept {
    return i.share / std::chrono::duration<double>(i.to - i.from).count();
}

}  // namespace

std::vector<curve_interval> parse_curve(std::string_view text) {
    const auto rows = parse_csv(text);
    if (!rows || rows->empty() || rows->front() != csv_row{"from", "to", "share"}) {
        throw std::runtime_error("the curve does not begin with from,to,share");
    }
    std::vector<curve_interval> curve;
    for (std::size_t i = 1; i < rows->size(); ++i) {
        const auto interval = read_interval((*rows)[i]);
        if (!interval || (!curve.empty() && curve.back().to != interval->from)) {
            throw std::runtime_error("row " + std::to_string(i + 1) +
                                     " of the curve is not a time, a later time and a share, or "
                                     "does not begin where the row before it ends");
        }
        curve.push_back(*interval);
    }
    if (std::none_of(curve.begin(), curve.end(), [](const auto& i) { return i.share > 0; })) {
        throw std::runtime_error("the curve is nowhere above 0");
    }
    return curve;
}

std::vector<curve_interval> read_curve(const std::filesystem::path& file) {
    return parse_curve(read_whole_file(file));
}

curve_plan::curve_plan(const std::vector<curve_interval>& curve, double busiest_rate, double speed,
                       std::uint64_t seed, std::uint32_t threads, std::uint32_t thread) {
    double busiest = 0;
    for (const curve_interval& i : curve) {
        busiest = std::max(busiest, rate_of(i));
    }
    for (std::size_t n = 0; n < curve.size(); ++n) {
        const curve_interval& i = curve[n];
        const std::chrono::duration<double> length =
            std::chrono::duration<double>(i.to - i.from) / speed;
        const auto all = static_cast<std::uint64_t>(
            std::llround(busiest_rate * rate_of(i) / busiest * length.count()));
        part p;
        p.begin = this->length();
        p.length = std::chrono::duration_cast<std::chrono::nanoseconds>(length);
        p.arrivals = all / threads + (thread < all % threads ? 1 : 0);
        parts_.push_back(p);
        plans_.emplace_back(p.arrivals, p.length, scatter(seed + n) + thread);
    }
    skip_empty();
}

std::optional<std::chrono::nanoseconds> curve_plan::next() const noexcept {
    if (at_ == plans_.size()) {
        return std::nullopt;
    }
    return parts_[at_].begin + *plans_[at_].next();
}

void curve_plan::advance() noexcept {
    plans_[at_].advance();
    skip_empty();
}

void curve_plan::skip_empty() noexcept {
    while (at_ < plans_.size() && !plans_[at_].next()) {
        ++at_;
    }
}

std::size_t curve_plan::part_at(std::chrono::nanoseconds offset) const noexcept {
    std::size_t i = 0;
    while (i + 1 < parts_.size() && parts_[i + 1].begin <= offset) {
        ++i;
    }
    return i;
}

std::chrono::nanoseconds curve_plan::length() const noexcept {
    return parts_.empty() ? std::chrono::nanoseconds{0}
                          : parts_.back().begin + parts_.back().length;
}

}  // namespace doseline::loadtest

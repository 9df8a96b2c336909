#include "loadtest/chart_axis.hpp"

#include "loadtest/number_text.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace doseline::loadtest {

namespace {

constexpr double ticks_wanted = 5;
constexpr double nines_shown = 4;
constexpr double smallest_millisecond = 1e-3;

// 1, 2 or 5 times a power of ten.
double round_step(double at_least) {
    const double decade = std::pow(10, std::floor(std::log10(at_least)));
    for (const double times : {1.0, 2.0, 5.0}) {
        if (times * decade >= at_least * (1 - 1e-9)) {
            return times * decade;
        }
    }
    return 10 * decade;
}

double nines(double share) noexcept { return -std::log10(std::max(1 - share, 1e-12)); }

std::string time_name(double milliseconds) {
    if (milliseconds < 0.999) {
        return short_number(milliseconds * 1'000) + " \u00B5s";
    }
    return milliseconds < 999 ? short_number(milliseconds) + " ms"
                              : short_number(milliseconds / 1'000) + " s";
}

// A power of 1024 that leaves numbers of at most four digits.
std::pair<double, std::string_view> byte_unit(double high) {
    constexpr std::array<std::string_view, 4> names{" B", " KiB", " MiB", " GiB"};
    double unit = 1;
    std::size_t i = 0;
    for (; high / unit >= 1'024 && i + 1 < names.size(); ++i) {
        unit *= 1'024;
    }
    return {unit, names[i]};
}

}  // namespace

chart_axis::chart_axis(axis_kind kind, double low, double high) : kind_(kind) {
    switch (kind) {
        case axis_kind::number: divide_evenly(std::min(0.0, low), high, 1, ""); break;
        case axis_kind::bytes: {
            const auto [unit, name] = byte_unit(high);
            divide_evenly(0, high, unit, name);
            break;
        }
        case axis_kind::seconds: divide_time(low, high); break;
        case axis_kind::milliseconds: divide_by_decades(low, high); break;
        case axis_kind::nines: divide_by_nines(); break;
    }
}

double chart_axis::place(double value) const noexcept {
    if (kind_ == axis_kind::milliseconds) {
        value = std::log10(std::max(value, smallest_millisecond));
    } else if (kind_ == axis_kind::nines) {
        value = std::min(nines(value), nines_shown);
    }
    return (value - low_) / (high_ - low_);
}

void chart_axis::divide_evenly(double low, double high, double unit, std::string_view unit_name) {
    const double step = round_step(std::max((high - low) / unit, 1e-6) / ticks_wanted) * unit;
    low_ = std::floor(low / step) * step;
    high_ = std::max(std::ceil(high / step * (1 - 1e-9)) * step, low_ + step);
    for (double at = low_; at <= high_ + step / 2; at += step) {
        add_tick(at, short_number(at / unit).append(unit_name));
    }
}

// From the first value to the last: a run need not begin or end at a round time.
void chart_axis::divide_time(double low, double high) {
    low_ = low;
    high_ = high > low ? high : low + 1;
    const double span = high_ - low_;
    const double unit = span > 7'200 ? 3'600 : span > 300 ? 60 : 1;
    const std::string_view name = unit == 1 ? " s" : unit == 60 ? " min" : " h";
    const double step = round_step(span / unit / ticks_wanted) * unit;
    for (double at = std::ceil(low_ / step) * step; at <= high_; at += step) {
        add_tick(at, short_number(at / unit).append(name));
    }
}

void chart_axis::divide_by_decades(double low, double high) {
    low = std::max(low, smallest_millisecond);
    low_ = std::floor(std::log10(low));
    high_ = std::max(std::ceil(std::log10(std::max(high, low)) - 1e-9), low_ + 1);
    const bool few = high_ - low_ <= 2;
    for (double decade = low_; decade <= high_; ++decade) {
        for (const double times : {1.0, 2.0, 5.0}) {
            if (times == 1 || (few && decade < high_)) {
                const double value = times * std::pow(10, decade);
                add_tick(value, time_name(value));
            }
        }
    }
}

void chart_axis::divide_by_nines() {
    low_ = 0;
    high_ = nines_shown;
    add_tick(0, "0");
    add_tick(0.5, "50");
    add_tick(0.9, "90");
    add_tick(0.99, "99");
    add_tick(0.999, "99.9");
    add_tick(0.9999, "99.99");
}

void chart_axis::add_tick(double value, std::string name) {
    ticks_.push_back({place(value), std::move(name)});
}

}  // namespace doseline::loadtest

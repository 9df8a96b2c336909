#pragma once

#include "loadtest/svg_chart.hpp"

#include <string>
#include <utility>
#include <vector>

namespace doseline::loadtest {

// Where values lie on one side of a chart, and which of them are named there.
class chart_axis {
public:
    struct tick {
        double at = 0;  // 0..1 of the axis
        std::string name;
    };

    // For values from low to high; any finite ones.
    chart_axis(axis_kind kind, double low, double high);

    double place(double value) const noexcept;  // 0..1 for values within
    const std::vector<tick>& ticks() const noexcept { return ticks_; }

private:
    void divide_evenly(double low, double high, double unit, std::string_view unit_name);
    void divide_time(double low, double high);
    void divide_by_decades(double low, double high);
    void divide_by_nines();
    void add_tick(double value, std::string name);

    axis_kind kind_;
    double low_ = 0;   // after the logarithm, if it is one
    double high_ = 1;  // above low_
    std::vector<tick> ticks_;
};

}  // namespace doseline::loadtest

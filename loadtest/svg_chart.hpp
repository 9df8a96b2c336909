#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace doseline::loadtest {

// One line of a chart. Points without a value (NaN) break it.
struct chart_line {
    std::string name;
    std::vector<double> x;
    std::vector<double> y;  // as many
};

enum class axis_kind {
    number,        // linear, from 0 when nothing is below
    seconds,       // linear; told in minutes or hours when it is long
    milliseconds,  // logarithmic, told in us, ms or s
    bytes,         // linear, from 0
    nines,         // shares of a whole, each nine as far from the last as that from the one before
};

// A drawing of lines. Colour is never the only difference between two of them: they differ in
// dashes and weight too, so that a print in black and white still tells them apart.
struct line_chart {
    std::string title;
    std::string x_name;
    axis_kind x = axis_kind::seconds;
    axis_kind y = axis_kind::number;
    std::vector<chart_line> lines;  // at most 5
};

struct bar_chart {
    struct bar {
        std::string name;
        double value = 0;  // >= 0
    };
    std::string title;
    std::string x_name;
    std::vector<bar> bars;
};

// An HTML figure with a caption, a key and an inline SVG, or with a sentence when there is nothing
// to draw. Names may be any text.
std::string draw(const line_chart& chart);
std::string draw(const bar_chart& chart);

}  // namespace doseline::loadtest

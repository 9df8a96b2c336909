#include "loadtest/svg_chart.hpp"

#include "loadtest/chart_axis.hpp"
#include "loadtest/number_text.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace doseline::loadtest {

namespace {

// Of the drawing, which the page scales: small enough that its text is still readable on a phone.
constexpr double chart_width = 440;
constexpr double height = 236;
constexpr double left = 58;
constexpr double right = 424;
constexpr double top = 10;
constexpr double bottom = 196;

double to_x(double share) noexcept { return left + share * (right - left); }
double to_y(double share) noexcept { return bottom - share * (bottom - top); }

std::string attribute(std::string_view name, double value) {
    return std::string(" ").append(name).append("=\"").append(fixed(value, 1)).append("\"");
}

std::string text_at(double x, double y, std::string_view style, std::string_view text) {
    return std::string("<text class=\"").append(style).append("\"") + attribute("x", x) +
           attribute("y", y) + ">" + escape_html(text) + "</text>";
}

std::string straight(double x1, double y1, double x2, double y2) {
    return "<path class=\"grid\" d=\"M" + fixed(x1, 1) + " " + fixed(y1, 1) + "L" + fixed(x2, 1) +
           " " + fixed(y2, 1) + "\"/>";
}

std::string open_svg(const std::string& title) {
    return "<svg viewBox=\"0 0 " + fixed(chart_width, 0) + " " + fixed(height, 0) +
           "\" role=\"img\" aria-label=\"" + escape_html(title) + "\">";
}

std::string figure(const std::string& title, const std::string& body) {
    return "<figure><figcaption>" + escape_html(title) + "</figcaption>" + body + "</figure>\n";
}

std::string horizontal_grid(const chart_axis& y) {
    std::string svg;
    for (const chart_axis::tick& tick : y.ticks()) {
        svg += straight(left, to_y(tick.at), right, to_y(tick.at));
        svg += text_at(left - 6, to_y(tick.at) + 4, "side", tick.name);
    }
    return svg;
}

std::string vertical_grid(const chart_axis& x) {
    std::string svg;
    for (const chart_axis::tick& tick : x.ticks()) {
        svg += straight(to_x(tick.at), bottom, to_x(tick.at), bottom + 5);
        const bool at_edge = tick.at > 0.96;  // centred there, a long name would be cut off
        svg += text_at(at_edge ? chart_width - 2 : to_x(tick.at), bottom + 18,
                       at_edge ? "side" : "below", tick.name);
    }
    return svg;
}

std::string style_of(std::size_t line) { return "l" + std::to_string(line + 1); }

// What the lines are, with a piece of each.
std::string key(const std::vector<chart_line>& lines) {
    std::string html = "<p class=\"key\">";
    for (std::size_t i = 0; i < lines.size(); ++i) {
        html += "<span><svg viewBox=\"0 0 34 8\"><path class=\"" + style_of(i) +
                "\" d=\"M1 4L33 4\"/></svg>" + escape_html(lines[i].name) + "</span> ";
    }
    return html + "</p>";
}

std::string path_of(const chart_line& line, const chart_axis& x, const chart_axis& y,
                    const std::string& style) {
    std::string path;
    std::string dots;
    const std::size_t n = line.x.size();
    const auto drawn = [&](std::size_t i) { return i < n && !std::isnan(line.y[i]); };
    for (std::size_t i = 0; i < n; ++i) {
        if (!drawn(i)) {
            continue;
        }
        const bool begins = i == 0 || !drawn(i - 1);
        const double at_x = to_x(x.place(line.x[i]));
        const double at_y = to_y(y.place(line.y[i]));
        path += (begins ? "M" : "L") + fixed(at_x, 1) + " " + fixed(at_y, 1);
        if (begins && !drawn(i + 1)) {  // alone: a path of one point would not be seen
            dots += "<circle class=\"" + style + "\" r=\"2\"" + attribute("cx", at_x) +
                    attribute("cy", at_y) + "/>";
        }
    }
    return "<path class=\"" + style + "\" d=\"" + path + "\"/>" + dots;
}

struct range {
    double low = std::numeric_limits<double>::infinity();
    double high = -std::numeric_limits<double>::infinity();

    void take(double value) noexcept {
        if (!std::isnan(value)) {
            low = std::min(low, value);
            high = std::max(high, value);
        }
    }
    bool empty() const noexcept { return low > high; }
};

}  // namespace

std::string draw(const line_chart& chart) {
    range across;
    range up;
    for (const chart_line& line : chart.lines) {
        for (std::size_t i = 0; i < line.x.size(); ++i) {
            across.take(line.x[i]);
            up.take(line.y[i]);
        }
    }
    if (up.empty()) {
        return figure(chart.title, "<p class=\"none\">Nothing was seen of this.</p>");
    }
    const chart_axis x(chart.x, across.low, across.high);
    const chart_axis y(chart.y, up.low, up.high);
    std::string svg = open_svg(chart.title) + horizontal_grid(y) + vertical_grid(x);
    // The first line is the most telling: it is drawn last, above the others.
    for (std::size_t i = chart.lines.size(); i-- > 0;) {
        svg += path_of(chart.lines[i], x, y, style_of(i));
    }
    svg += text_at((left + right) / 2, height - 4, "name", chart.x_name);
    return figure(chart.title, key(chart.lines) + svg + "</svg>");
}

std::string draw(const bar_chart& chart) {
    double most = 0;
    for (const bar_chart::bar& bar : chart.bars) {
        most = std::max(most, bar.value);
    }
    if (most == 0) {
        return figure(chart.title, "<p class=\"none\">Nothing was seen of this.</p>");
    }
    const chart_axis y(axis_kind::number, 0, most);
    std::string svg = open_svg(chart.title) + horizontal_grid(y);
    const double each = (right - left) / static_cast<double>(chart.bars.size());
    double x = left;
    for (const bar_chart::bar& bar : chart.bars) {
        const double tall = (bottom - top) * y.place(bar.value);
        svg += "<rect class=\"bar\"" + attribute("x", x + each * 0.15) +
               attribute("y", bottom - tall) + attribute("width", each * 0.7) +
               attribute("height", tall) + "/>";
        svg += text_at(x + each / 2, bottom + 18, "below", bar.name);
        x += each;
    }
    svg += straight(left, bottom, right, bottom);
    svg += text_at((left + right) / 2, height - 4, "name", chart.x_name);
    return figure(chart.title, svg + "</svg>");
}

}  // namespace doseline::loadtest

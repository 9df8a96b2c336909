#include "loadtest/report_charts.hpp"

#include "loadtest/json_view.hpp"
#include "loadtest/number_text.hpp"
#include "loadtest/svg_chart.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <limits>
#include <utility>

namespace doseline::loadtest {

namespace json = boost::json;

namespace {

constexpr std::string_view since_begin = "since the load began";

// What is seen after the load (comparing, settling) is drawn no further than this.
constexpr double afterwards_seconds = 3;

constexpr double rest_max = 0.2;  // of what a whole second has

// How many samples of the series are drawn. Behind the plan's end comes the rest of a second with
// the last few answers in it, which would look like a collapse.
std::size_t samples_drawn(const json::value& summary) {
    const std::vector<double> planned = numbers_at(summary, "/series/planned");
    const std::vector<double> succeeded = numbers_at(summary, "/series/succeeded");
    const std::vector<double> refused = numbers_at(summary, "/series/refused");
    const std::vector<double> failed = numbers_at(summary, "/series/failed");
    const std::size_t n =
        std::min({planned.size(), succeeded.size(), refused.size(), failed.size()});
    const bool only_rest = n > 1 && planned[n - 1] == 0 && refused[n - 1] == 0 &&
                           failed[n - 1] == 0 && succeeded[n - 1] < planned[n - 2] * rest_max;
    return only_rest ? n - 1 : n;
}

// A line with the samples of one array of "series", each drawn in the middle of its time.
chart_line series_line(const json::value& summary, std::string name, std::string_view place) {
    const double width = number_at(summary, "/series/width_seconds").value_or(1);
    chart_line line{std::move(name), numbers_at(summary, "/series/t"), numbers_at(summary, place)};
    line.x.resize(std::min({line.x.size(), line.y.size(), samples_drawn(summary)}));
    line.y.resize(line.x.size());
    for (double& x : line.x) {
        x += width / 2;
    }
    return line;
}

// A line of one array of "watched" or "told", on the same clock as the series.
chart_line watched_line(const json::value& summary, std::string_view name, const std::string& group,
                        std::string_view place) {
    const std::vector<double> times = numbers_at(summary, group + "/t");
    const std::vector<double> values = numbers_at(summary, group + std::string(place));
    const std::vector<double> planned = numbers_at(summary, "/series/t");
    const std::vector<double> all_times = numbers_at(summary, "/watched/t");
    const bool timed = !planned.empty();
    const double begin = timed               ? number_at(summary, "/series/begin_at").value_or(0)
                         : all_times.empty() ? 0
                                             : all_times.front();
    const double end = timed ? planned.back() +
                                   number_at(summary, "/series/width_seconds").value_or(1) +
                                   afterwards_seconds
                             : std::numeric_limits<double>::infinity();
    chart_line line{std::string(name), {}, {}};
    for (std::size_t i = 0; i < std::min(times.size(), values.size()); ++i) {
        if (times[i] - begin <= end) {
            line.x.push_back(times[i] - begin);
            line.y.push_back(values[i]);
        }
    }
    return line;
}

chart_line in_percent(chart_line line) {
    for (double& y : line.y) {
        y *= 100;
    }
    return line;
}

chart_line distribution_line(const json::value& summary, std::string name, std::string_view place) {
    chart_line line{std::move(name), {}, {}};
    const json::value* rows = value_at(summary, place);
    if (rows == nullptr || !rows->is_array()) {
        return line;
    }
    for (const json::value& row : rows->get_array()) {
        const auto value = number_at(row, "/0");
        const auto share = number_at(row, "/1");
        if (value && share && *share <= 0.9999) {
            line.x.push_back(*share);
            line.y.push_back(*value);
        } else if (value && share && !line.x.empty() && line.x.back() < 0.9999) {
            line.x.push_back(0.9999);  // the first row behind the edge bounds it
            line.y.push_back(*value);
        }
    }
    return line;
}

std::string latency_chart(const json::value& summary) {
    return draw(line_chart{"Latency of what was due in each second",
                           std::string(since_begin),
                           axis_kind::seconds,
                           axis_kind::milliseconds,
                           {series_line(summary, "99 % within", "/series/p99"),
                            series_line(summary, "half within", "/series/p50"),
                            series_line(summary, "slowest", "/series/max")}});
}

std::string percentile_chart(const json::value& summary, const json::value* baseline) {
    line_chart chart{
        "Latency by percentile",
        "percent of all answers",
        axis_kind::nines,
        axis_kind::milliseconds,
        {distribution_line(summary, "all", "/distribution/all/rows"),
         distribution_line(summary, "checks", "/distribution/check/rows"),
         distribution_line(summary, "registrations", "/distribution/registration/rows")}};
    if (baseline != nullptr) {
        chart.lines.push_back(distribution_line(*baseline, "baseline", "/distribution/all/rows"));
    }
    return draw(chart);
}

std::string goodput_chart(const json::value& summary) {
    return draw(line_chart{"Goodput against offered, a second",
                           std::string(since_begin),
                           axis_kind::seconds,
                           axis_kind::number,
                           {series_line(summary, "succeeded", "/series/succeeded"),
                            series_line(summary, "offered", "/series/planned"),
                            series_line(summary, "sent", "/series/sent"),
                            series_line(summary, "refused", "/series/refused"),
                            series_line(summary, "failed", "/series/failed")}});
}

// A morning: in each interval of the day's curve, what it asked for and what became of it.
std::string curve_chart(const json::value& summary) {
    const json::value* rows = value_at(summary, "/curve");
    if (rows == nullptr || !rows->is_array()) {
        return "";
    }
    chart_line planned{"planned by the curve", {}, {}};
    chart_line registered{"registered", {}, {}};
    double begin = 0;
    for (const json::value& row : rows->get_array()) {
        const double seconds = number_at(row, "/seconds").value_or(0);
        if (seconds > 0) {
            for (const double x : {begin, begin + seconds}) {
                planned.x.push_back(x);
                planned.y.push_back(number_at(row, "/planned").value_or(0) / seconds);
                registered.x.push_back(x);
                registered.y.push_back(number_at(row, "/registered").value_or(0) / seconds);
            }
        }
        begin += seconds;
    }
    return draw(line_chart{"Patients against the day's curve, a second",
                           std::string(since_begin),
                           axis_kind::seconds,
                           axis_kind::number,
                           {std::move(registered), std::move(planned)}});
}

// Steps of an overload: what came of what was offered.
std::string steps_chart(const json::value& summary) {
    const json::value* steps = value_at(summary, "/goodput");
    if (steps == nullptr || !steps->is_array()) {
        return "";
    }
    line_chart chart{"Goodput against offered",
                     "offered a second",
                     axis_kind::number,
                     axis_kind::number,
                     {{"within a second", {}, {}},
                      {"succeeded", {}, {}},
                      {"refused", {}, {}},
                      {"failed", {}, {}}}};
    constexpr std::string_view places[] = {"/goodput", "/succeeded", "/refused", "/failed"};
    for (const json::value& step : steps->get_array()) {
        for (std::size_t i = 0; i < chart.lines.size(); ++i) {
            const double missing = std::numeric_limits<double>::quiet_NaN();
            chart.lines[i].x.push_back(number_at(step, "/offered").value_or(missing));
            chart.lines[i].y.push_back(number_at(step, places[i]).value_or(missing));
        }
    }
    return draw(chart);
}

std::string watched_charts(const json::value& summary) {
    const std::string x(since_begin);
    const auto seen = [&](std::string_view name, std::string_view place) {
        return watched_line(summary, name, "/watched", place);
    };
    const auto told = [&](std::string_view name, std::string_view place) {
        return watched_line(summary, name, "/told", place);
    };
    const auto chart = [&](std::string title, axis_kind y, std::vector<chart_line> lines) {
        return draw(line_chart{std::move(title), x, axis_kind::seconds, y, std::move(lines)});
    };
    return chart("Open connections", axis_kind::number,
                 {seen("of this client", "/connections"),
                  told("told by the server", "/connections")}) +
           chart("Processor, percent of a core", axis_kind::number,
                 {in_percent(seen("server", "/server_cpu")),
                  in_percent(seen("this client", "/client_cpu"))}) +
           chart("Memory of its own", axis_kind::bytes,
                 {seen("server", "/server_memory"), seen("this client", "/client_memory")}) +
           chart("Commits a second", axis_kind::number, {told("durable commits", "/commits")}) +
           chart("Records in a commit", axis_kind::number,
                 {told("mean of each second", "/records_a_commit")});
}

std::string batch_chart(const json::value& summary) {
    const json::value* rows = value_at(summary, "/batches/by_size");
    if (rows == nullptr || !rows->is_array()) {
        return "";
    }
    bar_chart chart{"Commits by their size", "records in a commit, at most", {}};
    for (const json::value& row : rows->get_array()) {
        const auto up_to = number_at(row, "/up_to");
        chart.bars.push_back(
            {up_to ? short_number(*up_to) : "more", number_at(row, "/commits").value_or(0)});
    }
    return draw(chart);
}

}  // namespace

std::string charts_of(const json::value& summary, const json::value* baseline) {
    std::string html;
    const json::value* times = value_at(summary, "/series/t");
    if (times != nullptr && times->is_array()) {
        html +=
            latency_chart(summary) + percentile_chart(summary, baseline) + goodput_chart(summary);
    }
    html += curve_chart(summary) + steps_chart(summary);
    if (value_at(summary, "/watched") != nullptr) {
        html += watched_charts(summary);
    }
    return html + batch_chart(summary);
}

}  // namespace doseline::loadtest

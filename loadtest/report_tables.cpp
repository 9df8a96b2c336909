#include "loadtest/report_tables.hpp"

#include "loadtest/baseline.hpp"
#include "loadtest/json_view.hpp"
#include "loadtest/number_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <vector>

namespace doseline::loadtest {

namespace json = boost::json;

namespace {

constexpr std::array<std::string_view, 3> laps_shown{"setup", "warmup", "measured"};

// Shown elsewhere on the page, each in a form of its own.
constexpr std::array<std::string_view, 20> shown_elsewhere{"scenario",
                                                           "passed",
                                                           "checks",
                                                           "asked",
                                                           "rate",
                                                           "series",
                                                           "watched",
                                                           "distribution",
                                                           "setup",
                                                           "warmup",
                                                           "measured",
                                                           "server",
                                                           "client",
                                                           "environment",
                                                           "client_busiest_thread",
                                                           "longest_standstill_seconds",
                                                           "batches",
                                                           "capacity",
                                                           "told",
                                                           "baseline"};

std::string cell(std::string_view text, bool is_number) {
    return std::string(is_number ? "<td class=\"n\">" : "<td>") + escape_html(text) + "</td>";
}

std::string head(std::string_view text, bool is_number = false) {
    return std::string(is_number ? "<th class=\"n\">" : "<th>") + escape_html(text) + "</th>";
}

std::string section(std::string_view title, const std::string& rows, std::string_view kind = "") {
    if (rows.empty()) {
        return "";
    }
    return std::string("<section class=\"").append(kind) + "\"><h2>" + escape_html(title) +
           "</h2><div class=\"wide\"><table>" + rows + "</table></div></section>\n";
}

std::string readable(std::string_view name) {
    std::string text(name);
    std::replace(text.begin(), text.end(), '_', ' ');
    return text;
}

std::string value_text(std::string_view name, const json::value& v) {
    if (!v.is_number() || name == "seed") {  // a seed is there to be copied
        return v.is_number() ? json::serialize(v) : plain_text(v);
    }
    return text_of(v.to_number<double>(),
                   name.find("bytes") != std::string_view::npos ? unit::bytes : unit::plain);
}

std::string row_of(std::string_view name, std::string_view title, const json::value& value) {
    return "<tr>" + head(title) + "<td class=\"v\">" + escape_html(value_text(name, value)) +
           "</td></tr>";
}

// Objects within objects become rows with both names. Of reasons only those that occurred.
void add_rows(const json::object& of, const std::string& before, std::string& rows) {
    const bool are_reasons = before.ends_with(" by");
    for (const auto& [name, value] : of) {
        const std::string full = before.empty() ? readable(name) : before + ", " + readable(name);
        if (value.is_object()) {
            add_rows(value.get_object(), full, rows);
        } else if (!value.is_array() && !(are_reasons && value == 0)) {
            rows += row_of(name, full, value);
        }
    }
}

// A list of objects with the same names.
std::string list_rows(const json::array& list) {
    if (list.empty() || !list.front().is_object()) {
        return "";
    }
    std::string rows = "<tr>";
    for (const auto& [name, value] : list.front().get_object()) {
        rows += value.is_object() ? "" : head(readable(name), value.is_number());
    }
    for (const json::value& entry : list) {
        rows += "</tr><tr>";
        for (const auto& [name, value] : list.front().get_object()) {
            const json::value* mine =
                entry.is_object() ? entry.get_object().if_contains(name) : nullptr;
            rows += value.is_object() ? ""
                    : mine != nullptr ? cell(value_text(name, *mine), mine->is_number())
                                      : cell("-", true);
        }
    }
    return rows + "</tr>";
}

std::vector<std::string_view> laps_of(const json::value& summary) {
    std::vector<std::string_view> there;
    for (const std::string_view lap : laps_shown) {
        if (number_at(summary, "/" + std::string(lap) + "/planned").value_or(0) > 0) {
            there.push_back(lap);
        }
    }
    return there;
}

}  // namespace

std::string tiles_of(const json::value& summary, const json::value* baseline) {
    const json::value nothing;
    std::string html;
    for (const compared_figure& f : compare(summary, baseline != nullptr ? *baseline : nothing)) {
        if (f.now && f.is_headline) {
            html += "<div><dt>" + escape_html(f.name) + "</dt><dd>" +
                    escape_html(text_of(*f.now, f.in)) + "</dd>" +
                    (f.ratio ? "<dd class=\"ratio\">" + ratio_text(f) + " baseline</dd>" : "") +
                    "</div>";
        }
    }
    return html.empty() ? "" : "<dl class=\"tiles\">" + html + "</dl>\n";
}

std::string checks_of(const json::value& summary) {
    const json::value* checks = value_at(summary, "/checks");
    if (checks == nullptr || !checks->is_array() || checks->get_array().empty()) {
        return "";
    }
    std::string rows;
    for (const json::value& check : checks->get_array()) {
        const json::value* holds = value_at(check, "/holds");
        const bool held = holds != nullptr && holds->is_bool() && holds->get_bool();
        rows += std::string("<tr class=\"") + (held ? "held" : "failed") + "\"><td>" +
                (held ? "\u2713 holds" : "\u2717 FAILED") + "</td>" +
                cell(string_at(check, "/name"), false) + "<td>" +
                escape_html(string_at(check, "/got")) + " <small>(wanted " +
                escape_html(string_at(check, "/wanted")) + ")</small></td></tr>";
    }
    return section("Verdicts", rows, "verdicts");
}

std::string comparison_of(const json::value& summary, const json::value& baseline) {
    const auto shown = [](const std::optional<double>& value, unit in) {
        return cell(value ? text_of(*value, in) : "-", true);
    };
    std::string rows = "<tr>" + head("") + head("this run", true) + head("baseline", true) +
                       head("ratio", true) + "</tr>";
    for (const compared_figure& f : compare(summary, baseline)) {
        rows += "<tr>" + head(f.name) + shown(f.now, f.in) + shown(f.before, f.in) +
                cell(ratio_text(f), true) + "</tr>";
    }
    std::string notes;
    for (const std::string& line : differences(summary, baseline)) {
        notes += "<li>" + escape_html(line) + "</li>";
    }
    return section("Compared with the baseline of " + string_at(baseline, "/environment/at"), rows,
                   "comparison") +
           (notes.empty() ? "" : "<p>The two runs are not alike:</p><ul>" + notes + "</ul>\n");
}

std::string requests_of(const json::value& summary) {
    const std::vector<std::string_view> there = laps_of(summary);
    if (there.empty()) {
        return "";
    }
    std::string rows = "<tr>" + head("");
    for (const std::string_view lap : there) {
        rows += head(lap, true);
    }
    rows += "</tr>";
    const auto add = [&](const std::string& name, const std::string& place, bool always) {
        std::string row;
        double sum = 0;
        for (const std::string_view lap : there) {
            const double n = number_at(summary, "/" + std::string(lap) + place).value_or(0);
            row += cell(text_of(n, unit::count), true);
            sum += n;
        }
        if (always || sum > 0) {
            rows += "<tr>" + head(name) + row + "</tr>";
        }
    };
    for (const char* name : {"planned", "sent", "succeeded", "refused", "failed"}) {
        add(name, std::string("/") + name, true);
    }
    const json::value* first = value_at(summary, "/" + std::string(there.back()));
    for (const std::string_view group : {"ended", "unanswered_by", "other_statuses"}) {
        const json::value* names = value_at(*first, "/" + std::string(group));
        if (names != nullptr && names->is_object()) {
            for (const auto& [name, ignored] : names->get_object()) {
                add("\u2013 " + readable(group) + ": " + readable(name),
                    "/" + std::string(group) + "/" + std::string(name), false);
            }
        }
    }
    return section("Requests", rows);
}

std::string latency_of(const json::value& summary) {
    constexpr std::array<std::string_view, 5> columns{"p50", "p99", "p99.9", "p99.99", "max"};
    constexpr std::array<std::array<std::string_view, 2>, 4> lines{
        {{"all", "/measured/latency_ms/all"},
         {"checks", "/measured/latency_ms/check"},
         {"registrations", "/measured/latency_ms/registration"},
         {"sent late by this client", "/measured/sent_late_ms"}}};
    if (!number_at(summary, "/measured/latency_ms/all/p50")) {
        return "";
    }
    std::string rows = "<tr>" + head("");
    for (const std::string_view column : columns) {
        rows += head(column, true);
    }
    for (const auto& [name, place] : lines) {
        rows += "</tr><tr>" + head(name);
        for (const std::string_view column : columns) {
            const auto value = number_at(summary, std::string(place).append("/").append(column));
            rows += cell(value ? text_of(*value, unit::milliseconds) : "-", true);
        }
    }
    return section("Latency from the planned time", rows + "</tr>");
}

std::string others_of(const json::value& summary) {
    std::string html;
    std::string single;
    for (const auto& [name, value] : summary.get_object()) {
        if (std::find(shown_elsewhere.begin(), shown_elsewhere.end(), std::string_view(name)) !=
            shown_elsewhere.end()) {
            continue;
        }
        std::string rows;
        if (value.is_array()) {
            rows = list_rows(value.get_array());
        } else if (value.is_object()) {
            add_rows(value.get_object(), "", rows);
        } else {
            single += row_of(name, readable(name), value);
        }
        html += section(readable(name), rows);
    }
    return html + section("other figures", single);
}

std::string environment_of(const json::value& summary) {
    std::string html;
    for (const auto& [title, place] :
         {std::pair<std::string_view, std::string_view>{"asked", "/asked"},
          {"environment", "/environment"}}) {
        const json::value* part = value_at(summary, place);
        std::string rows;
        if (part != nullptr && part->is_object()) {
            add_rows(part->get_object(), "", rows);
        }
        if (place == "/environment") {
            rows += row_of("version", "server version",
                           json::value(string_at(summary, "/server/version")));
        }
        html += section(title, rows);
    }
    const json::value* command = value_at(summary, "/environment/command");
    if (command != nullptr && command->is_array()) {
        std::string words;
        for (const json::value& word : command->get_array()) {
            words += (words.empty() ? "" : " ") + plain_text(word);
        }
        html += "<section><h2>Command</h2><pre>" + escape_html(words) + "</pre></section>\n";
    }
    return html;
}

}  // namespace doseline::loadtest

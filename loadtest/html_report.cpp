#include "loadtest/html_report.hpp"

#include "loadtest/html_style.hpp"
#include "loadtest/json_view.hpp"
#include "loadtest/number_text.hpp"
#include "loadtest/report_charts.hpp"
#include "loadtest/report_tables.hpp"

namespace doseline::loadtest {

namespace json = boost::json;

namespace {

// Above this share of a core a thread answers late for reasons of its own.
constexpr double busy_share = 0.8;
constexpr double sent_share_min = 0.99;
constexpr double late_ms_max = 10;

std::string title_of(const json::value& summary) {
    return "Load report: " + string_at(summary, "/scenario");
}

bool passed(const json::value& summary) {
    const json::value* told = value_at(summary, "/passed");
    return told != nullptr && told->is_bool() && told->get_bool();
}

std::string header_of(const json::value& summary) {
    const std::string commit = string_at(summary, "/environment/commit");
    std::string about = string_at(summary, "/asked/target");
    for (const std::string& part :
         {string_at(summary, "/environment/at"), "server " + string_at(summary, "/server/version"),
          commit.empty() ? commit : "commit " + commit}) {
        about += part.empty() ? "" : " \u00B7 " + part;
    }
    return "<header><h1>" + escape_html(title_of(summary)) + "</h1><p>" + escape_html(about) +
           "</p></header>\n";
}

std::string verdict_of(const json::value& summary) {
    std::size_t all = 0;
    std::size_t held = 0;
    if (const json::value* checks = value_at(summary, "/checks");
        checks != nullptr && checks->is_array()) {
        for (const json::value& check : checks->get_array()) {
            const json::value* holds = value_at(check, "/holds");
            held += holds != nullptr && *holds == json::value(true) ? 1 : 0;
            ++all;
        }
    }
    const std::string count = std::to_string(held) + " of " + std::to_string(all);
    return passed(summary)
               ? "<p class=\"verdict\">\u2713 PASSED: " + count + " verdicts hold</p>\n"
               : "<p class=\"verdict bad\">\u2717 FAILED: only " + count + " verdicts hold</p>\n";
}

// What a reader must know before believing the figures.
std::string notes_of(const json::value& summary) {
    std::string notes;
    const auto add = [&](const std::string& text) {
        notes += "<li>" + escape_html(text) + "</li>";
    };
    const double busy = number_at(summary, "/client_busiest_thread").value_or(0);
    if (busy > busy_share) {
        add("This client was too busy (" + text_of(busy, unit::core_share) +
            " of a core in one thread): part of the latency is its own. Give it more --threads.");
    }
    const double unknown = number_at(summary, "/truth/not_compared").value_or(0);
    if (unknown > 0) {
        add(text_of(unknown, unit::count) +
            " acknowledged registrations were not compared with what the server holds: whether "
            "any is lost is not known.");
    }
    const double late = number_at(summary, "/measured/sent_late_ms/p99").value_or(0);
    if (late > late_ms_max) {
        add("1 % of the requests were sent more than " + text_of(late, unit::milliseconds) +
            " after they were due: no connection was free, or this client was late. Their "
            "latency counts from when they were due.");
    }
    const auto asked = number_at(summary, "/rate/asked");
    const auto sent = number_at(summary, "/rate/sent");
    if (asked && sent && *sent < *asked * sent_share_min) {
        add("Sent " + text_of(*sent, unit::rate) + " of the " + text_of(*asked, unit::rate) +
            " that were asked for.");
    }
    if (value_at(summary, "/watched") != nullptr && !number_at(summary, "/server/cpu/mean")) {
        add("The server's processor time and memory are not known: it runs on another machine, or "
            "there is no operator token.");
    }
    return notes.empty() ? "" : "<ul class=\"notes\">" + notes + "</ul>\n";
}

}  // namespace

std::string html_report(const json::value& summary, const json::value* baseline) {
    std::string page =
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
        "<title>" +
        escape_html(title_of(summary)) + "</title><style>";
    page.append(html_style).append("</style></head><body>\n");
    page += header_of(summary) + verdict_of(summary) + notes_of(summary) +
            tiles_of(summary, baseline) + checks_of(summary);
    page += "<div class=\"charts\">" + charts_of(summary, baseline) + "</div>\n";
    if (baseline != nullptr) {
        page += comparison_of(summary, *baseline);
    }
    page += "<div class=\"tables\">" + latency_of(summary) + requests_of(summary) +
            others_of(summary) + environment_of(summary) + "</div>\n";
    return page + "</body></html>\n";
}

}  // namespace doseline::loadtest

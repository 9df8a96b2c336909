#include "loadtest/html_report.hpp"

#include "loadtest/number_text.hpp"
#include "tests/loadtest/report_example.hpp"

#include <boost/json/object.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

BOOST_AUTO_TEST_SUITE(html_report)

namespace json = boost::json;
namespace lt = doseline::loadtest;
using doseline::test::report_example;

namespace {

std::size_t count(std::string_view text, std::string_view part) {
    std::size_t n = 0;
    for (std::size_t at = text.find(part); at != std::string_view::npos;
         at = text.find(part, at + 1)) {
        ++n;
    }
    return n;
}

bool has(const std::string& page, std::string_view part) {
    return page.find(part) != std::string::npos;
}

// Of tags that come in pairs, as many open as close.
void check_pairs(const std::string& page) {
    for (const std::string tag : {"html", "head", "body", "section", "table", "tr", "td", "th",
                                  "figure", "svg", "dl", "div", "ul", "p", "span", "text"}) {
        BOOST_TEST_CONTEXT(tag) {
            const std::size_t opened = count(page, "<" + tag + ">") + count(page, "<" + tag + " ");
            BOOST_TEST(opened == count(page, "</" + tag + ">"));
        }
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_page_contains_the_figures) {
    const std::string page = lt::html_report(report_example(), nullptr);
    for (const double rate : {500.0, 499.5, 471.25}) {
        BOOST_TEST(has(page, lt::text_of(rate, lt::unit::rate)));
    }
    for (const double ms : {1.5, 20.25, 2'001.0, 2'064.0, 31.5}) {
        BOOST_TEST(has(page, lt::text_of(ms, lt::unit::milliseconds)));
    }
    BOOST_TEST(has(page, "<dt>refused</dt><dd>61</dd>"));
    BOOST_TEST(has(page, "<dt>failed</dt><dd>25</dd>"));
    BOOST_TEST(has(page, "<dt>connections lost</dt><dd>3</dd>"));
    BOOST_TEST(has(page, "ended: unanswered</th><td class=\"n\">24</td>"));
    BOOST_TEST(has(page, lt::text_of(1.25, lt::unit::core_share)));
    BOOST_TEST(has(page, lt::text_of(60.0 * 1'024 * 1'024, lt::unit::bytes)));
    BOOST_TEST(has(page, "9.8.7"));
    BOOST_TEST(has(page, "190241861455191"));  // the seed, to be copied
    BOOST_TEST(has(page, "lost by, closed"));
    BOOST_TEST(!has(page, "lost by, timeout"));
    BOOST_TEST(has(page, lt::text_of(12'345, lt::unit::count)));
    BOOST_TEST(has(page, "Patients against the day&#39;s curve"));
    BOOST_TEST(count(page, "<figure>") == 10u);
}

BOOST_AUTO_TEST_CASE(it_says_what_failed_and_what_the_client_is_to_blame_for) {
    const std::string page = lt::html_report(report_example(), nullptr);
    BOOST_TEST(has(page, "FAILED: only 1 of 2 verdicts hold"));
    BOOST_TEST(count(page, "class=\"failed\"") == 1u);
    BOOST_TEST(has(page, "This client was too busy"));
    BOOST_TEST(has(page, "were sent more than"));
    json::value good = report_example();
    good.at("passed") = true;
    good.at("checks").as_array().pop_back();
    good.at("client_busiest_thread") = 0.4;
    good.at("measured").at("sent_late_ms").at("p99") = 0.5;
    const std::string other = lt::html_report(good, nullptr);
    BOOST_TEST(has(other, "PASSED: 1 of 1 verdicts hold"));
    BOOST_TEST(!has(other, "class=\"notes\""));
    BOOST_TEST(has(other, "<dt>records lost</dt><dd>0</dd>"));
    good.at("truth").as_object()["not_compared"] = 3;
    const std::string unknown = lt::html_report(good, nullptr);
    BOOST_TEST(!has(unknown, "records lost"));
    BOOST_TEST(has(unknown, "3 acknowledged registrations were not compared"));
    good.at("rate").at("sent") = 400;
    BOOST_TEST(has(lt::html_report(good, nullptr), "that were asked for."));
    good.at("server").as_object().erase("cpu");
    BOOST_TEST(has(lt::html_report(good, nullptr), "processor time and memory are not known"));
}

BOOST_AUTO_TEST_CASE(nothing_of_the_summary_is_taken_for_markup) {
    const json::value example = report_example();
    const std::string page = lt::html_report(example, &example);
    for (const std::string_view raw : {"<script", "<1>", "<b>", "<&>", "<10:00>", "\"2064\" ms"}) {
        BOOST_TEST_CONTEXT(raw) { BOOST_TEST(!has(page, raw)); }
    }
    for (const std::string_view escaped :
         {"&lt;script&gt;alert(1)&lt;/script&gt;", "hold&lt;1&gt;", "slow &lt;b&gt;",
          "lost &amp; found", "abc&lt;&amp;&gt;", "&lt;10:00&gt;", "&quot;2064&quot; ms"}) {
        BOOST_TEST_CONTEXT(escaped) { BOOST_TEST(has(page, escaped)); }
    }
    BOOST_TEST(lt::escape_html("<a href='x'>\"&\"") ==
               "&lt;a href=&#39;x&#39;&gt;&quot;&amp;&quot;");
}

BOOST_AUTO_TEST_CASE(it_is_whole_and_loads_nothing) {
    const json::value example = report_example();
    for (const json::value* baseline : {static_cast<const json::value*>(nullptr), &example}) {
        const std::string page = lt::html_report(example, baseline);
        check_pairs(page);
        BOOST_TEST(page.starts_with("<!DOCTYPE html>"));
        for (const std::string_view loading :
             {"src=", "href=", "url(", "@import", "http://", "https://", "<script", "<link"}) {
            BOOST_TEST_CONTEXT(loading) { BOOST_TEST(!has(page, loading)); }
        }
        for (const std::string_view unplaced : {"Mnan", "Lnan", " nan", "\"nan", "-nan"}) {
            BOOST_TEST(!has(page, unplaced));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_baseline_adds_a_ratio_to_each_figure_and_a_line_to_the_percentiles) {
    json::value before = report_example();
    before.at("rate").at("achieved") = 377;
    const std::string page = lt::html_report(report_example(), &before);
    BOOST_TEST(has(page, "Compared with the baseline of 2026-10-01T00:00:00Z"));
    BOOST_TEST(has(page, ">1.25x</td>"));
    BOOST_TEST(has(page, "1.25x baseline"));
    BOOST_TEST(has(page, "</svg>baseline</span>"));
    BOOST_TEST(!has(lt::html_report(report_example(), nullptr), "baseline<"));
}

BOOST_AUTO_TEST_CASE(a_summary_without_measurements_is_a_page_all_the_same) {
    const std::string page = lt::html_report(
        {{"scenario", "replay"}, {"passed", true}, {"truth", {{"compared", 12}}}}, nullptr);
    check_pairs(page);
    BOOST_TEST(has(page, "Load report: replay"));
    BOOST_TEST(has(page, "compared"));
    BOOST_TEST(count(page, "<figure>") == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

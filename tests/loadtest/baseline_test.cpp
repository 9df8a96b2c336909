#include "loadtest/baseline.hpp"

#include "tests/loadtest/report_example.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

BOOST_AUTO_TEST_SUITE(baseline)

using namespace doseline::loadtest;
namespace json = boost::json;

namespace {

const compared_figure& figure_named(const std::vector<compared_figure>& all,
                                    std::string_view name) {
    const auto it = std::find_if(all.begin(), all.end(),
                                 [&](const compared_figure& f) { return f.name == name; });
    BOOST_REQUIRE_MESSAGE(it != all.end(), name);
    return *it;
}

json::value with_rate(double asked, double achieved, double p99, double refused) {
    return {{"scenario", "hold"},
            {"asked", {{"rate", asked}, {"seed", asked}}},
            {"rate", {{"asked", asked}, {"achieved", achieved}}},
            {"measured", {{"refused", refused}, {"latency_ms", {{"all", {{"p99", p99}}}}}}}};
}

}  // namespace

BOOST_AUTO_TEST_CASE(each_figure_is_told_with_its_ratio) {
    const auto all = compare(with_rate(100, 90, 30, 0), with_rate(200, 180, 20, 0));
    BOOST_TEST(all.size() == 4u);
    BOOST_TEST(figure_named(all, "asked").ratio.value() == 0.5);
    BOOST_TEST(figure_named(all, "achieved").ratio.value() == 0.5);
    BOOST_TEST(figure_named(all, "99 % within").ratio.value() == 1.5);
    BOOST_TEST(figure_named(all, "99 % within").now.value() == 30);
    BOOST_TEST(figure_named(all, "99 % within").before.value() == 20);
    BOOST_TEST(ratio_text(figure_named(all, "99 % within")) == "1.50x");
    BOOST_TEST(!figure_named(all, "refused").ratio);
    BOOST_TEST(ratio_text(figure_named(all, "refused")) == "same");
}

BOOST_AUTO_TEST_CASE(what_one_run_does_not_have_is_shown_without_a_ratio) {
    const json::value little{{"scenario", "replay"}, {"truth", {{"lost", 2}}}};
    const auto all = compare(with_rate(100, 90, 30, 5), little);
    BOOST_TEST(!figure_named(all, "asked").before);
    BOOST_TEST(!figure_named(all, "asked").ratio);
    BOOST_TEST(!figure_named(all, "records lost").now);
    BOOST_TEST(ratio_text(figure_named(all, "records lost")) == "-");
    BOOST_TEST(compare(json::value(), json::value()).empty());
    // From nothing to something is no ratio, and not the same either.
    const auto grown = compare(with_rate(1, 1, 1, 7), with_rate(1, 1, 1, 0));
    BOOST_TEST(ratio_text(figure_named(grown, "refused")) == "-");
}

BOOST_AUTO_TEST_CASE(runs_that_are_not_alike_are_told_apart) {
    const auto lines = differences(with_rate(100, 1, 1, 1), with_rate(200, 1, 1, 1));
    BOOST_REQUIRE(lines.size() == 1u);  // the seed is another one each time
    BOOST_TEST(lines[0] == "rate: 100, before 200");
    BOOST_TEST(differences(with_rate(1, 2, 3, 4), with_rate(1, 7, 8, 9)).empty());
    json::value other = with_rate(100, 1, 1, 1);
    other.as_object()["scenario"] = "rush";
    other.as_object()["asked"].as_object().erase("rate");
    const auto more = differences(with_rate(100, 1, 1, 1), other);
    BOOST_REQUIRE(more.size() == 2u);
    BOOST_TEST(more[0] == "scenario: hold, before rush");
    BOOST_TEST(more[1] == "rate: 100, before -");
}

BOOST_AUTO_TEST_CASE(the_text_has_a_line_for_each_figure) {
    const json::value example = doseline::test::report_example();
    std::ostringstream out;
    print_comparison(out, example, example);
    const std::string text = out.str();
    for (const compared_figure& f : compare(example, example)) {
        BOOST_TEST_CONTEXT(f.name) {
            BOOST_TEST(text.find("\n  " + std::string(f.name) + " ") != std::string::npos);
            BOOST_TEST((ratio_text(f) == "1.00x" || ratio_text(f) == "same"));
        }
    }
    BOOST_TEST(text.find("not alike") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_summary_is_read_back_and_anything_else_is_refused) {
    const doseline::test::temporary_directory dir;
    const auto file = dir.path() / "summary.json";
    std::ofstream(file) << json::serialize(doseline::test::report_example());
    BOOST_TEST(read_summary(file) == doseline::test::report_example());
    for (const char* text : {"", "{", "[]", R"({"other":1})"}) {
        BOOST_TEST_CONTEXT(text) {
            std::ofstream(file) << text;
            BOOST_CHECK_EXCEPTION(
                read_summary(file), std::runtime_error, [&](const std::runtime_error& e) {
                    return std::string(e.what()).find(file.string()) != std::string::npos;
                });
        }
    }
    BOOST_CHECK_THROW(read_summary(dir.path() / "none"), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()

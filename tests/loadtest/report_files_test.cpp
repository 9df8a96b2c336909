#include "loadtest/report_files.hpp"

#include "loadtest/baseline.hpp"
#include "loadtest/files.hpp"
#include "loadtest/run_watch.hpp"
#include "tests/loadtest/report_example.hpp"
#include "tests/loadtest/tiny_server.hpp"

#include <boost/json/object.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

BOOST_AUTO_TEST_SUITE(report_files)

using namespace doseline::loadtest;
namespace json = boost::json;
using doseline::test::http_answer;
using doseline::test::report_example;
using doseline::test::tiny_server;

namespace {

std::set<std::string> names_in(const std::filesystem::path& dir) {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(dir)) {
        names.insert(entry.path().filename());
    }
    return names;
}

std::string metrics_after(int commits) {
    return "doseline_connections 5\ndoseline_commits_total " + std::to_string(commits) +
           "\ndoseline_commit_events_sum " + std::to_string(commits * 4) +
           "\ndoseline_commit_events_bucket{le=\"5\"} " + std::to_string(commits) +
           "\ndoseline_commit_events_bucket{le=\"+Inf\"} " + std::to_string(commits) + "\n";
}

setting setting_for(const tiny_server& server) {
    setting here;
    here.asked.authority = server.authority();
    here.target = here.admin = resolve_endpoint(server.address());
    return here;
}

}  // namespace

BOOST_AUTO_TEST_CASE(three_files_are_written_and_say_the_same) {
    const doseline::test::temporary_directory dir;
    setting here;
    here.asked.report = dir.path() / "new" / "report";
    here.asked.command = {"doseline-loadtest", "hold", "--rate", "500"};
    std::ostringstream out;
    publish(here, report_example().as_object(), out);
    BOOST_TEST((names_in(here.asked.report) ==
                std::set<std::string>{"index.html", "latency.hgrm", "summary.json"}));
    BOOST_TEST(out.str() == "report: " + (here.asked.report / "index.html").string() + "\n");

    const json::value told = read_summary(here.asked.report / "summary.json");
    BOOST_TEST(told.at("rate") == report_example().at("rate"));
    BOOST_TEST(told.at("environment").at("command") ==
               json::value({"doseline-loadtest", "hold", "--rate", "500"}));
    for (const char* name : {"at", "commit", "compiler", "tls", "kernel", "processor"}) {
        BOOST_TEST_CONTEXT(name) {
            BOOST_TEST(!told.at("environment").at(name).as_string().empty());
        }
    }
    const std::string hgrm = read_whole_file(here.asked.report / "latency.hgrm");
    BOOST_TEST(hgrm.find("\n       1.500 0.500000000000        707           2.00\n") !=
               std::string::npos);
    BOOST_TEST(hgrm.find("#[Max     =     2064.000, Total count    =         1414]\n") !=
               std::string::npos);
    const std::string page = read_whole_file(here.asked.report / "index.html");
    BOOST_TEST(page.find("doseline-loadtest hold --rate 500") != std::string::npos);
    BOOST_TEST(page.ends_with("</html>\n"));
}

BOOST_AUTO_TEST_CASE(a_baseline_is_compared_with_in_the_text_and_on_the_page) {
    const doseline::test::temporary_directory dir;
    setting here;
    here.asked.report = dir.path() / "before";
    std::ostringstream quiet;
    publish(here, report_example().as_object(), quiet);
    here.asked.baseline = here.asked.report / "summary.json";
    here.asked.report = dir.path() / "now";
    json::object now = report_example().as_object();
    now.at("rate").at("achieved") = 942.5;
    std::ostringstream out;
    publish(here, now, out);
    BOOST_TEST(out.str().find("compared with the baseline") != std::string::npos);
    BOOST_TEST(out.str().find("2.00x") != std::string::npos);
    BOOST_TEST(read_whole_file(here.asked.report / "index.html").find("2.00x baseline") !=
               std::string::npos);
    // Without --report the comparison is still printed.
    here.asked.report.clear();
    std::ostringstream text_only;
    publish(here, now, text_only);
    BOOST_TEST(text_only.str().find("2.00x") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_directory_that_cannot_be_made_is_told) {
    const doseline::test::temporary_directory dir;
    std::ofstream(dir.path() / "file") << "in the way";
    setting here;
    here.asked.report = dir.path() / "file" / "report";
    std::ostringstream out;
    BOOST_CHECK_THROW(publish(here, report_example().as_object(), out), std::exception);
}

BOOST_AUTO_TEST_CASE(the_watch_tells_what_the_server_committed_since_it_began) {
    std::atomic<int> asked{0};
    const tiny_server server([&](std::string_view request) {
        return request.starts_with("GET /metrics ")
                   ? http_answer("200 OK", metrics_after(100 + 10 * asked++))
                   : http_answer("401 Unauthorized", "{}");
    });
    run_watch watch(setting_for(server));
    watch.sample(1);
    watch.sample(2);
    watch.sample(3);
    json::object summary;
    watch.describe_into(summary);
    BOOST_TEST(asked >= 2);
    const json::value told(summary);
    BOOST_TEST(told.at("batches").at("commits").to_number<int>() == 10 * (asked - 1));
    BOOST_TEST(told.at("batches").at("mean").to_number<double>() == 4);
    BOOST_TEST(told.at("told").at("t").as_array().size() == static_cast<std::size_t>(asked - 1));
    BOOST_TEST(told.at("watched").at("connections") == json::value({2, 3}));
    // Its process is not known without an operator token, and no other is taken for it.
    BOOST_TEST(told.at("watched").at("server_cpu") == json::value({nullptr, nullptr}));
    BOOST_TEST(told.at("server").at("cpu").as_object().empty());
    BOOST_TEST(told.at("client").at("memory").at("max").to_number<double>() > 100'000);
}

BOOST_AUTO_TEST_CASE(a_watch_of_a_server_that_is_not_there_is_no_error) {
    setting here;
    {
        const tiny_server gone([](std::string_view) { return std::string(); });
        here = setting_for(gone);
        run_watch watch(here);  // it closes every connection
        json::object summary;
        watch.describe_into(summary);
        BOOST_TEST(summary.contains("watched"));
        BOOST_TEST(!summary.contains("batches"));
    }
    run_watch without_authority(here);
    without_authority.sample(1);
    json::object summary;
    without_authority.describe_into(summary);
    BOOST_TEST(summary.contains("watched"));
}

BOOST_AUTO_TEST_CASE(a_long_watch_takes_bounded_memory_and_keeps_its_begin_and_end) {
    setting here;
    here.asked.authority = "/nonexistent";
    run_watch watch(here);
    constexpr std::uint64_t seconds = 10'000;
    for (std::uint64_t i = 0; i < seconds; ++i) {
        watch.sample(i);
    }
    json::object summary;
    watch.describe_into(summary);
    const json::array& kept = summary.at("watched").at("connections").as_array();
    BOOST_TEST(kept.size() < run_watch::samples_max);
    BOOST_TEST(kept.size() > run_watch::samples_max / 2 - 2);
    const auto at = [&](std::size_t i) { return kept[i].to_number<std::uint64_t>(); };
    const std::uint64_t stride = at(1) - at(0);
    for (std::size_t i = 1; i < kept.size(); ++i) {
        BOOST_REQUIRE(at(i) - at(i - 1) == stride);
    }
    BOOST_TEST(at(0) == stride);  // the first sample is what the second is told against
    BOOST_TEST(at(kept.size() - 1) >= seconds - stride);
}

BOOST_AUTO_TEST_SUITE_END()

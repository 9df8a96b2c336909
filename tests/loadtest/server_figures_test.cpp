#include "loadtest/server_figures.hpp"

#include "loadtest/process_use.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/types.h>
#include <unistd.h>

#include <chrono>
#include <ctime>
#include <fstream>
#include <string>

BOOST_AUTO_TEST_SUITE(server_figures)

using namespace doseline::loadtest;
using figures = struct doseline::loadtest::server_figures;

namespace {

constexpr const char* metrics = R"(# HELP doseline_connections Connections of clinics
# TYPE doseline_connections gauge
doseline_connections 42
doseline_commits_total 7
doseline_commit_events_count 7
doseline_commit_events_sum 95
doseline_commit_events_bucket{le="1"} 2
doseline_commit_events_bucket{le="5"} 3
doseline_commit_events_bucket{le="+Inf"} 7
doseline_refused_total{reason="rate"} 9
)";

}  // namespace

BOOST_AUTO_TEST_CASE(they_are_read_from_the_metrics) {
    const auto f = read_figures(metrics);
    BOOST_REQUIRE(f.has_value());
    BOOST_TEST(f->connections == 42u);
    BOOST_TEST(f->commits == 7u);
    BOOST_TEST(f->records == 95u);
    BOOST_REQUIRE(f->by_size.size() == 3u);
    BOOST_TEST(f->by_size[0].up_to.value() == 1);
    BOOST_TEST(f->by_size[0].commits == 2u);
    BOOST_TEST(f->by_size[1].commits == 1u);  // the server's are sums, these are not
    BOOST_TEST(!f->by_size[2].up_to);
    BOOST_TEST(f->by_size[2].commits == 4u);
}

BOOST_AUTO_TEST_CASE(half_of_the_metrics_are_none) {
    BOOST_TEST(!read_figures(""));
    BOOST_TEST(!read_figures("doseline_connections 42\ndoseline_commits_total 7\n"));
    BOOST_TEST(
        !read_figures("doseline_connections x\ndoseline_commits_total 7\n"
                      "doseline_commit_events_sum 95\n"));
}

BOOST_AUTO_TEST_CASE(counters_are_told_by_their_growth_and_begin_anew_with_the_server) {
    const figures before = *read_figures(metrics);
    figures after = before;
    after.connections = 40;
    after.commits = 10;
    after.records = 125;
    after.by_size[2].commits = 7;
    const figures grown = between(before, after);
    BOOST_TEST(grown.connections == 40u);
    BOOST_TEST(grown.commits == 3u);
    BOOST_TEST(grown.records == 30u);
    BOOST_TEST(grown.by_size[0].commits == 0u);
    BOOST_TEST(grown.by_size[2].commits == 3u);
    const figures restarted = between(after, before);
    BOOST_TEST(restarted.commits == 7u);
    BOOST_TEST(restarted.records == 95u);
    BOOST_TEST(restarted.by_size[2].commits == 4u);
}

BOOST_AUTO_TEST_CASE(a_process_is_looked_at_only_when_it_has_the_name) {
    std::string name;
    std::ifstream("/proc/self/comm") >> name;
    const auto mine = use_of(static_cast<int>(::getpid()), name.substr(0, 4));
    BOOST_REQUIRE(mine.has_value());
    BOOST_TEST(mine->memory > 100'000u);
    BOOST_TEST(!use_of(static_cast<int>(::getpid()), "another"));
    BOOST_TEST(!use_of(0, ""));
    BOOST_TEST(!use_of(-1, ""));
}

BOOST_AUTO_TEST_CASE(processor_time_is_what_the_process_has_spent) {
    std::string name;
    std::ifstream("/proc/self/comm") >> name;
    const auto spent = [&] { return use_of(static_cast<int>(::getpid()), name)->cpu; };
    const auto before = spent();
    timespec now{};
    const auto own = [&] {
        ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
        return std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec};
    };
    const auto begin = own();
    while (own() - begin < std::chrono::milliseconds{200}) {
    }
    const auto used = spent() - before;
    BOOST_TEST((used >= std::chrono::milliseconds{180}));  // the kernel counts in ticks of 10 ms
    BOOST_TEST((used <= std::chrono::milliseconds{260}));
}

BOOST_AUTO_TEST_SUITE_END()

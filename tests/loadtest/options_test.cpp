#include "loadtest/options.hpp"

#include "loadtest/scenario.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

BOOST_AUTO_TEST_SUITE(options)

using namespace std::chrono_literals;
using doseline::loadtest::early_exit;
using doseline::loadtest::parse_options;

namespace {

// A command line that is right, and then what a test adds to it.
std::variant<doseline::loadtest::options, early_exit> parse(std::vector<const char*> more,
                                                            const char* scenario = "hold") {
    std::vector<const char*> arguments{"doseline-loadtest", scenario,       "--target",
                                       "127.0.0.1:1",       "--admin",      "127.0.0.1:2",
                                       "--clinics",         "d/clinics.csv"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return parse_options(arguments);
}

int exit_code(const std::variant<doseline::loadtest::options, early_exit>& parsed) {
    const auto* exit = std::get_if<early_exit>(&parsed);
    return exit == nullptr ? -1 : exit->code;
}

}  // namespace

BOOST_AUTO_TEST_CASE(defaults_are_beside_the_clinics_file) {
    const auto parsed = parse({});
    BOOST_REQUIRE(exit_code(parsed) == -1);
    const auto& o = std::get<doseline::loadtest::options>(parsed);
    BOOST_TEST(o.authority == "d/ca.pem");
    BOOST_TEST(o.operator_token == "d/operator.token");
    BOOST_TEST(!o.connections.has_value());
    BOOST_TEST(!o.allow_remote);
    BOOST_TEST((o.length == 10s));
    BOOST_TEST((o.warmup == 0s));
}

BOOST_AUTO_TEST_CASE(what_is_given_is_taken) {
    const auto parsed =
        parse({"--ca",      "a",   "--operator-token", "o",   "--connections", "5", "--rate", "2.5",
               "--seconds", "0.5", "--warmup",         "1.5", "--report",      "r", "--acks", "k",
               "--seed",    "9",   "--threads",        "3",   "--allow-remote"});
    BOOST_REQUIRE(exit_code(parsed) == -1);
    const auto& o = std::get<doseline::loadtest::options>(parsed);
    BOOST_TEST(o.authority == "a");
    BOOST_TEST(o.operator_token == "o");
    BOOST_TEST(o.connections.value() == 5u);
    BOOST_TEST(o.rate == 2.5);
    BOOST_TEST((o.length == 500ms));
    BOOST_TEST((o.warmup == 1'500ms));
    BOOST_TEST(o.report == "r");
    BOOST_TEST(o.acks == "k");
    BOOST_TEST(o.seed == 9u);
    BOOST_TEST(o.threads == 3u);
    BOOST_TEST(o.allow_remote);
}

BOOST_AUTO_TEST_CASE(where_two_laps_are_compared_the_first_is_as_long_as_the_second) {
    const auto warmup = [](const std::vector<const char*>& more) {
        return std::get<doseline::loadtest::options>(parse(more)).warmup;
    };
    BOOST_TEST((warmup({"--seconds", "3"}) == 0s));
    BOOST_TEST((warmup({"--seconds", "3", "--cut", "5"}) == 3s));
    BOOST_TEST((warmup({"--seconds", "3", "--cut", "5", "--warmup", "1"}) == 1s));
    BOOST_TEST((std::get<doseline::loadtest::options>(parse({}, "slow")).warmup == 30s));
}

BOOST_AUTO_TEST_CASE(bad_usage_ends_with_2_and_a_line) {
    const std::vector<std::vector<const char*>> bad{
        {"--connections", "0"}, {"--rate", "0"},    {"--rate", "-1"},   {"--rate", "x"},
        {"--seconds", "0"},     {"--warmup", "-1"}, {"--threads", "0"}, {"--threads", "65"},
        {"--unknown"},          {"extra"},          {"--seed"}};
    for (const auto& more : bad) {
        BOOST_TEST_CONTEXT(more.front()) {
            const auto parsed = parse(more);
            BOOST_TEST(exit_code(parsed) == 2);
            BOOST_TEST(!std::get<early_exit>(parsed).text.empty());
        }
    }
    BOOST_TEST(exit_code(parse({}, "nonsense")) == 2);
    BOOST_TEST(exit_code(parse({"--speed", "0.5"}, "morning")) == 2);
    BOOST_TEST(exit_code(parse({"--limit-ms", "0"})) == 2);
    BOOST_TEST(exit_code(parse({"--floor-ms", "0"})) == 2);
    BOOST_TEST(exit_code(parse({"--slow", "0"}, "slow")) == 2);
    BOOST_TEST(exit_code(parse({"--storm", "0"}, "reconnect")) == 2);
    BOOST_TEST(exit_code(parse_options(std::vector<const char*>{"doseline-loadtest"})) == 2);
}

BOOST_AUTO_TEST_CASE(every_scenario_of_the_contract_is_there) {
    for (const char* name : {"hold", "rush", "morning", "reconnect", "stockout", "night", "hog",
                             "replay", "overload", "slow"}) {
        BOOST_TEST(exit_code(parse({}, name)) == -1);
    }
    BOOST_TEST((std::get<doseline::loadtest::options>(parse({}, "rush")).length == 60s));
}

BOOST_AUTO_TEST_CASE(help_names_every_scenario) {
    const auto parsed = parse_options(std::vector<const char*>{"doseline-loadtest", "--help"});
    BOOST_REQUIRE(exit_code(parsed) == 0);
    for (const auto& s : doseline::loadtest::scenarios()) {
        BOOST_TEST(std::get<early_exit>(parsed).text.find(s.name) != std::string::npos);
    }
}

BOOST_AUTO_TEST_SUITE_END()

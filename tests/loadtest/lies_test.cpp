#include "loadtest/files.hpp"
#include "loadtest/scenario.hpp"
#include "tests/loadtest/faulty_server.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <boost/test/unit_test.hpp>

#include <fstream>
#include <functional>
#include <set>
#include <string>

BOOST_AUTO_TEST_SUITE(lies)

using namespace doseline::loadtest;
using namespace std::chrono_literals;
using doseline::test::faulty_server;
using doseline::test::lie;
using doseline::test::temporary_directory;

namespace {

// What the report says after a run: the checks that failed.
struct told {
    bool passed = false;
    std::set<std::string> failed;
    boost::json::object summary;
};

told run(std::string_view scenario_name, lie told_one, double limit_ms,
         const std::function<void(options&)>& ask_otherwise = {}) {
    const faulty_server server(told_one);
    const temporary_directory dir;
    std::ofstream(dir.path() / "operator.token") << "token\n";
    setting here;
    here.asked.scenario = scenario_name;
    here.asked.authority = server.listener().authority();
    here.asked.operator_token = dir.path() / "operator.token";
    here.asked.report = dir.path() / "report";
    here.asked.connections = 4;
    here.asked.rate = 200;
    here.asked.length = 1'500ms;
    here.asked.limit_ms = limit_ms;
    here.asked.seed = 7;
    if (ask_otherwise) {
        ask_otherwise(here.asked);
    }
    here.target = here.admin = resolve_endpoint(server.listener().address());
    here.clinics = {{"90000001", "token-a"},
                    {"90000002", "token-b"},
                    {"90000003", "token-c"},
                    {"90000004", "token-d"}};

    told seen;
    seen.passed = find_scenario(scenario_name)->run(here);
    seen.summary =
        boost::json::parse(read_whole_file(here.asked.report / "summary.json")).as_object();
    BOOST_TEST(seen.summary.at("passed").as_bool() == seen.passed);
    for (const boost::json::value& check : seen.summary.at("checks").as_array()) {
        if (!check.at("holds").as_bool()) {
            seen.failed.emplace(check.at("name").as_string());
        }
    }
    return seen;
}

// So far off that only a check of time itself could fail.
constexpr double hardly_a_limit = 8'000;

// 40 registrations before the rest; then 15 before the cut and as many after it.
void ask_for_a_cut(options& asked) {
    asked.connections = 40;
    asked.cut = 30;
    asked.reconnects = 2;
    asked.rate = 20;
    asked.warmup = asked.length;
    asked.floor_ms = 100;
}

// 40 registrations before the rest; then 15 before the storm and about as many in it.
void ask_for_a_storm(options& asked) {
    asked.connections = 40;
    asked.storm = 12;
    asked.rate = 20;
    asked.floor_ms = 100;
}

// 40 registrations before the rest; then 15 without hostile peers and as many beside them.
void ask_for_hostile_peers(options& asked) {
    asked.connections = 40;
    asked.slow = 1;
    asked.rate = 20;
    asked.warmup = asked.length;
    asked.floor_ms = 100;
}

void expect(lie told_one, const std::set<std::string>& failed) {
    const told seen = run("hold", told_one, hardly_a_limit);
    BOOST_TEST(!seen.passed);
    BOOST_TEST(seen.failed == failed, boost::test_tools::per_element());
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_honest_server_passes_and_everything_is_compared) {
    const told seen = run("hold", lie::none, hardly_a_limit);
    BOOST_TEST(seen.passed);
    BOOST_TEST(seen.failed.empty());
    const auto& truth = seen.summary.at("truth").as_object();
    BOOST_TEST(truth.at("acknowledged").to_number<int>() == 154);  // 4 of the setup, 150 after
    BOOST_TEST(truth.at("compared").to_number<int>() == 154);
}

BOOST_AUTO_TEST_CASE(an_honest_server_passes_when_it_is_hung_up_on) {
    const told seen = run("replay", lie::none, hardly_a_limit);
    BOOST_TEST(seen.passed);
    BOOST_TEST(seen.failed.empty());
    const auto& truth = seen.summary.at("truth").as_object();
    BOOST_TEST(truth.at("in_doubt").to_number<int>() > 0);
    BOOST_TEST(truth.at("acknowledged").to_number<int>() == 300);
}

BOOST_AUTO_TEST_CASE(an_honest_server_passes_a_night) {
    const told seen = run("night", lie::none, hardly_a_limit);
    BOOST_TEST(seen.passed);
    BOOST_TEST(seen.failed.empty());
    const auto& rows = seen.summary.at("rows").as_object();
    BOOST_TEST(rows.at("acknowledged").to_number<int>() == 4 * 37);
    BOOST_TEST(rows.at("told_again").to_number<int>() == 4 * 37);
}

BOOST_AUTO_TEST_CASE(a_row_that_is_dropped_has_another_receipt_from_the_second_pc) {
    BOOST_TEST(run("night", lie::forgets, hardly_a_limit)
                   .failed.contains("second answers unlike the first"));
}

BOOST_AUTO_TEST_CASE(a_row_whose_receipt_changes_is_seen_on_the_second_pc) {
    BOOST_TEST(run("night", lie::changes, hardly_a_limit)
                   .failed.contains("second answers unlike the first"));
}

BOOST_AUTO_TEST_CASE(a_row_that_counts_twice_moves_the_figures_of_its_clinic) {
    const told seen = run("night", lie::records_twice, hardly_a_limit);
    BOOST_TEST((seen.failed == std::set<std::string>{
                                   "doubled", "clinics whose own figures moved by their forms"}));
}

BOOST_AUTO_TEST_CASE(an_honest_server_passes_when_stock_runs_out) {
    const told seen = run("stockout", lie::none, hardly_a_limit);
    BOOST_TEST(seen.passed);
    BOOST_TEST(seen.failed.empty());
    const auto& stock = seen.summary.at("stock").as_object();
    BOOST_TEST(stock.at("agreeing_at_the_end").to_number<int>() == 4);
    BOOST_TEST(stock.at("movements").to_number<int>() == 19);  // of 300 requests
    BOOST_TEST(stock.at("shots_with_nothing_on_hand").to_number<int>() > 0);
}

BOOST_AUTO_TEST_CASE(a_shot_that_does_not_lower_what_is_left_is_seen) {
    BOOST_TEST(run("stockout", lie::drifts, hardly_a_limit)
                   .failed.contains("registrations that did not lower what is left by one"));
}

BOOST_AUTO_TEST_CASE(what_is_left_must_go_below_zero) {
    const told seen = run("stockout", lie::never_below_zero, hardly_a_limit);
    BOOST_TEST(seen.failed ==
                   std::set<std::string>{"registrations that did not lower what is left by one"},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_shot_that_is_refused_for_want_of_stock_is_seen) {
    const told seen = run("stockout", lie::refuses_without_stock, hardly_a_limit);
    BOOST_TEST(seen.failed.contains("registrations refused"));
    BOOST_TEST(seen.failed.contains("requests answered as hoped"));
    BOOST_TEST(!seen.failed.contains("registrations that did not lower what is left by one"));
}

BOOST_AUTO_TEST_CASE(an_honest_server_passes_a_storm) {
    const told seen = run("reconnect", lie::none, hardly_a_limit, ask_for_a_storm);
    BOOST_TEST(seen.passed);
    BOOST_TEST(seen.failed.empty());
    const auto& storm = seen.summary.at("storm").as_object();
    BOOST_TEST(storm.at("back").to_number<int>() == 12);
    BOOST_TEST(storm.at("full_handshakes").to_number<int>() == 3);
}

BOOST_AUTO_TEST_CASE(an_honest_server_passes_beside_hostile_peers) {
    const told seen = run("slow", lie::none, hardly_a_limit, ask_for_hostile_peers);
    BOOST_TEST(seen.passed);
    BOOST_TEST(seen.failed.empty());
    BOOST_TEST(seen.summary.at("hostile").at("connections_after").to_number<int>() == 0);
}

BOOST_AUTO_TEST_CASE(a_server_that_is_slow_beside_hostile_peers_is_seen) {
    const told seen = run("slow", lie::tires, hardly_a_limit, ask_for_hostile_peers);
    BOOST_TEST(seen.failed == std::set<std::string>{"the others' 99 % beside them within"},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_server_that_keeps_connections_of_those_who_have_gone_is_seen) {
    const told seen = run("slow", lie::keeps_connections, hardly_a_limit, ask_for_hostile_peers);
    BOOST_TEST(seen.failed == std::set<std::string>{"connections at the server when all have gone"},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_honest_server_passes_reconnects_and_a_cut) {
    const told seen = run("hold", lie::none, hardly_a_limit, ask_for_a_cut);
    BOOST_TEST(seen.passed);
    BOOST_TEST(seen.failed.empty());
    BOOST_TEST(seen.summary.at("returned").to_number<int>() == 6);
    BOOST_TEST(seen.summary.at("cut").at("connections").to_number<int>() == 30);
}

BOOST_AUTO_TEST_CASE(a_server_that_is_slow_after_a_cut_is_seen_by_the_others) {
    const told seen = run("hold", lie::tires, hardly_a_limit, ask_for_a_cut);
    BOOST_TEST(!seen.passed);
    BOOST_TEST(seen.failed == std::set<std::string>{"the others' 99 % after the cut within"},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_server_that_is_slow_in_a_storm_is_seen_by_those_who_work) {
    const told seen = run("reconnect", lie::tires, hardly_a_limit, ask_for_a_storm);
    BOOST_TEST(!seen.passed);
    BOOST_TEST(
        seen.failed == std::set<std::string>{"the working ones' 99 % during the storm within"},
        boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_registration_that_is_acknowledged_and_dropped_is_lost) {
    expect(lie::forgets, {"lost"});
}

BOOST_AUTO_TEST_CASE(a_second_answer_is_one_that_nobody_asked_for) {
    const told seen = run("hold", lie::answers_twice, hardly_a_limit);
    BOOST_TEST(!seen.passed);
    BOOST_TEST(seen.failed.contains("answers malformed or unasked"));
    BOOST_TEST(seen.failed.contains("connections lost"));
    BOOST_TEST(!seen.failed.contains("lost"));  // it was recorded, and that is found out
    BOOST_TEST(!seen.failed.contains("doubled"));
}

BOOST_AUTO_TEST_CASE(a_registration_that_counts_twice_is_doubled) {
    expect(lie::records_twice, {"doubled"});
}

BOOST_AUTO_TEST_CASE(a_receipt_that_changes_is_changed) { expect(lie::changes, {"changed"}); }

BOOST_AUTO_TEST_CASE(a_stock_that_is_one_dose_off_has_drifted) { expect(lie::drifts, {"drifted"}); }

BOOST_AUTO_TEST_CASE(a_drift_that_the_proof_admits_is_drift) {
    expect(lie::admits_drift, {"drifted", "proof"});
}

BOOST_AUTO_TEST_CASE(one_answer_in_a_hundred_that_waits_is_seen) {
    const told seen = run("hold", lie::delays, 150);
    BOOST_TEST(!seen.passed);
    BOOST_TEST(seen.failed == std::set<std::string>{"99.5 % of the answers within"},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_server_that_stands_still_is_seen) {
    expect(lie::stalls, {"longest standstill"});
}

BOOST_AUTO_TEST_SUITE_END()

#include "core/limits.hpp"
#include "tests/system/problems.hpp"

#include <chrono>
#include <thread>

BOOST_AUTO_TEST_SUITE(admission_system)

using namespace doseline;
using namespace doseline::test;

namespace {

// The value of a line of /metrics that begins so; 0 when there is none.
double metric(served_season& s, const std::string& line) {
    const std::string text = s.admin.get("/metrics").body;
    const auto at = text.find("\n" + line + " ");
    return at == std::string::npos ? 0 : std::stod(text.substr(at + line.size() + 2));
}

}  // namespace

// One clinic's software in a loop: told RATE and when to come again, while another is served.
BOOST_AUTO_TEST_CASE(a_clinic_that_asks_in_a_loop_is_told_rate_and_others_are_served) {
    served_season s;
    unsigned served = 0;
    response refused;
    const auto began = std::chrono::steady_clock::now();
    // Even a machine that is slow today asks this many within the burst and its refill.
    for (unsigned n = 0; n < 20'000 && refused.status != 429; ++n) {
        const response r = s.send(s.get_of("/v1/stock", {{"Accept-Language", "en"}}));
        served += r.status == 200 ? 1 : 0;
        BOOST_REQUIRE((r.status == 200 || r.status == 429));
        refused = r;
    }
    const auto took = std::chrono::steady_clock::now() - began;
    if (refused.status != 429) {
        BOOST_TEST_MESSAGE("this machine does not reach "
                           << core::limits::clinic_requests_per_second_max << " requests a second");
        return;
    }
    check_problem(refused, {429, "RATE", "", std::nullopt}, true);
    const double refilled =
        std::chrono::duration<double>(took).count() * core::limits::clinic_requests_per_second_max;
    BOOST_TEST(served >= core::limits::clinic_burst_requests_max);
    BOOST_TEST(served <= core::limits::clinic_burst_requests_max + refilled + 1);
    BOOST_TEST(metric(s, "doseline_refused_total{reason=\"rate\"}") >= 1);

    // Whether the system is up, and how, may be asked as often as one likes.
    BOOST_TEST(s.send(s.get_of("/status")).status == 200u);

    clinic_desk other(s.dir, s.server, s.clinics.back());
    BOOST_TEST(other.get("/v1/stock").status == 200u);
    BOOST_TEST(other.decision(synthetic_person(7)) == "ELIGIBLE");
}

BOOST_AUTO_TEST_CASE(waits_are_counted_by_queue_and_class_and_a_calm_server_refuses_nothing) {
    served_season s;
    BOOST_TEST(s.send(s.check_of(person_body(synthetic_person(1)))).status == 200u);
    BOOST_TEST(s.send(s.get_of("/v1/stock")).status == 200u);
    const auto waits = [&](const std::string& queue, const std::string& work) {
        return metric(
            s, "doseline_queue_wait_seconds_count{queue=\"" + queue + "\",class=\"" + work + "\"}");
    };
    BOOST_TEST(waits("ready", "check") == 1);
    BOOST_TEST(waits("inbox", "check") == 1);
    BOOST_TEST(waits("ready", "stock") == 1);
    BOOST_TEST(waits("inbox", "stock") == 0);  // the committer was not asked
    clinic_desk desk(s.dir, s.server, s.clinics.front());
    const std::string key = new_key();
    for (const unsigned status : {201u, 200u}) {
        BOOST_TEST(desk.register_dose(key, person_body(synthetic_person(1))).status == status);
    }
    BOOST_TEST(desk.get("/v1/registrations").status == 200u);
    BOOST_TEST(waits("reader", "urgent") == 1);
    BOOST_TEST(waits("reader", "list") == 1);
    for (const char* reason : {"shed", "rate", "inbox_late"}) {
        BOOST_TEST(metric(s, "doseline_refused_total{reason=\"" + std::string(reason) + "\"}") ==
                   0);
    }
}

// By the page and by a clinic's software; each request once, whatever its rows.
BOOST_AUTO_TEST_CASE(what_the_mode_refuses_is_counted) {
    served_season s;
    clinic_desk desk(s.dir, s.server, s.clinics.front());
    const auto counted = [&](const char* by) {
        return metric(s, std::string("doseline_refused_total{reason=\"") + by + "\"}");
    };
    s.set_mode("register-only");
    BOOST_TEST(desk.check(synthetic_person(1)).status == 503u);
    BOOST_TEST(desk.register_dose(new_key(), person_body(synthetic_person(1))).status == 201u);
    BOOST_TEST(counted("register_only") == 1);
    BOOST_TEST(counted("read_only") == 0);
    s.set_mode("read-only");
    BOOST_TEST(desk.check(synthetic_person(1)).status == 503u);
    BOOST_TEST(desk.register_dose(new_key(), person_body(synthetic_person(2))).status == 503u);
    boost::json::array rows;
    for (unsigned n = 3; n < 6; ++n) {
        boost::json::object row = boost::json::parse(person_body(synthetic_person(n))).as_object();
        row["key"] = new_key();
        rows.push_back(std::move(row));
    }
    BOOST_TEST(desk.post("/v1/registrations/batch",
                         boost::json::serialize(boost::json::object{{"rows", std::move(rows)}}))
                   .status == 200u);
    BOOST_TEST(desk.get("/page/list").status == 503u);
    BOOST_TEST(desk.get("/v1/stock").status == 200u);
    BOOST_TEST(counted("register_only") == 1);
    BOOST_TEST(counted("read_only") == 4);
}

// By the mode or for load, of an operator or of a rule: it stands in the same place.
BOOST_AUTO_TEST_CASE(what_is_refused_is_told_to_all_who_ask) {
    served_season s;
    const auto refusing = [&] {
        const auto told = texts_of(parsed(s.line.send({"GET", "/status", {}, ""})), "refusing");
        BOOST_TEST(texts_of(parsed(s.admin.get("/admin/v1/status")), "refusing") == told,
                   boost::test_tools::per_element());
        return told;
    };
    using classes = std::vector<std::string>;
    BOOST_TEST(refusing() == classes{}, boost::test_tools::per_element());
    s.set_mode("register-only");
    BOOST_TEST(refusing() == classes{"check"}, boost::test_tools::per_element());
    s.set_mode("read-only");
    BOOST_TEST((refusing() == classes{"registration", "check"}));
    s.set_mode("normal");
    BOOST_TEST(refusing() == classes{}, boost::test_tools::per_element());
    const std::string log = s.server.log();
    for (const char* const mode : {"register-only", "read-only", "normal"}) {
        BOOST_TEST(log.find("an operator set " + std::string(mode)) != std::string::npos);
    }
}

// Every desk of a hospital may send through one connection: what is refused by the mode must not
// make what is served behind it wait.
BOOST_AUTO_TEST_CASE(in_register_only_registrations_go_on_beside_refused_checks) {
    served_season s;
    s.set_mode("register-only");
    const auto began = std::chrono::steady_clock::now();
    for (unsigned n = 0; n < 20; ++n) {
        const std::string person = synthetic_person(n);
        check_problem(s.send(s.check_of(person_body(person))), {503, "WAIT", "", true}, false);
        BOOST_TEST(s.send(s.registration_of(person_body(person))).status == 201u);
        check_problem(s.send(s.check_of(person_body(person))), {503, "WAIT", "", true}, false);
        check_problem(s.send(s.check_of(person_body(person))), {503, "WAIT", "", true}, false);
    }
    BOOST_TEST((std::chrono::steady_clock::now() - began < std::chrono::seconds{10}));
    BOOST_TEST(metric(s, "doseline_refused_total{reason=\"shed\"}") == 0);
}

BOOST_AUTO_TEST_CASE(the_log_says_when_a_rule_makes_it_read_only_and_when_that_ends) {
    served_season s(test_binary());
    const auto log_has = [&](const char* words) {
        const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds{20};
        while (s.server.log().find(words) == std::string::npos) {
            if (std::chrono::steady_clock::now() > patience) {
                return false;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds{10});  // of a process of its own
        }
        return true;
    };
    BOOST_REQUIRE_EQUAL(s.admin.post("/admin/v1/test/stall", R"({"milliseconds":4000})").status,
                        200u);
    BOOST_TEST(log_has("read-only: the disk does not answer"));
    BOOST_TEST(log_has("the disk answers again"));
}

BOOST_AUTO_TEST_SUITE_END()

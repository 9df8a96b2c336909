// The proof: no drift after work from many sides, and every kind of drift is named.
#include "tests/system/season.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <future>
#include <memory>
#include <sstream>
#include <thread>

namespace doseline::test {

BOOST_AUTO_TEST_SUITE(proof)

namespace {

constexpr unsigned clinic_count = 8;

// The value of a metric that has no labels.
double metric(operator_desk& desk, const std::string& name) {
    std::istringstream lines(desk.get("/metrics").body);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with(name + ' ')) {
            return std::stod(line.substr(name.size() + 1));
        }
    }
    throw std::runtime_error("no metric " + name);
}

// Registers those persons one after another; the sequence numbers of those recorded. Every fifth is
// sent twice with its key, every seventh is somebody's second shot, some of a lot nobody knows.
std::vector<std::int64_t> register_many(clinic_desk desk, unsigned first_person, unsigned persons) {
    std::vector<std::int64_t> recorded;
    for (unsigned n = 0; n < persons; ++n) {
        const unsigned person = n % 7 == 6 ? n : first_person + n;
        boost::json::object more;
        if (n % 11 == 10) {
            more["lot"] = "LOT-" + std::to_string(n % 3);
        }
        const std::string key = new_key();
        const std::string body = person_body(synthetic_person(person), more);
        const response r = desk.register_dose(key, body);
        if (r.status != 201 || (n % 5 == 0 && desk.register_dose(key, body).status != 200)) {
            throw std::runtime_error("not registered: " + r.body);
        }
        recorded.push_back(number_of(parsed(r), "seq"));
        desk.check(synthetic_person(first_person + n + 1));
    }
    return recorded;
}

// The alarms in the log: one for each change of what differs.
std::vector<std::string> alarms(season& s) {
    std::vector<std::string> all;
    std::istringstream lines(s.server().log());
    for (std::string line; std::getline(lines, line);) {
        if (line.find(R"("event":"drift")") != std::string::npos) {
            all.push_back(line);
        }
    }
    return all;
}

// A finding begins with the first word of the kind of poison.
void poison_is_named(const std::string& kind) {
    const std::string what = kind.substr(0, kind.find('_')) + ": ";
    season s(2, 20, test_binary());
    clinic_desk desk = s.desk(0);
    for (unsigned n = 0; n < 3; ++n) {
        BOOST_REQUIRE(desk.register_dose(new_key(), person_body(synthetic_person(n))).status ==
                      201);
    }
    operator_desk operators = s.operators();
    BOOST_TEST(number_of(operators.fresh_proof(), "drift") == 0);
    BOOST_TEST(metric(operators, "doseline_drift") == 0);
    BOOST_TEST(alarms(s).size() == 0u);

    BOOST_REQUIRE(operators.post("/admin/v1/test/poison", R"({"what":")" + kind + R"("})").status ==
                  200);
    for (unsigned round = 0; round < 2; ++round) {  // it does not go away by itself
        const boost::json::object proof = operators.fresh_proof();
        BOOST_TEST(number_of(proof, "drift") > 0);
        const auto findings = texts_of(proof, "findings");
        BOOST_REQUIRE(!findings.empty());
        for (const std::string& finding : findings) {
            BOOST_TEST(finding.starts_with(what), finding);
        }
        BOOST_TEST(metric(operators, "doseline_drift") > 0);
        // The log has it, and no second time while the clinic works on.
        BOOST_TEST_REQUIRE(alarms(s).size() == 1u);
        BOOST_TEST(alarms(s).front().find("; " + what) != std::string::npos, alarms(s).front());
        BOOST_REQUIRE(
            desk.register_dose(new_key(), person_body(synthetic_person(10 + round))).status == 201);
    }
    // The last finished round tells it too, to who does not wait for a new one.
    BOOST_TEST(number_of(parsed(operators.get("/admin/v1/proof")), "drift") > 0);
    // It is the server that is wrong, not its ledger.
    BOOST_TEST(s.server().terminate() == 0);
    BOOST_TEST(doseline({"verify", s.dir().string()}).exit_code == 0);
    s.serve();
    BOOST_TEST(number_of(s.operators().fresh_proof(), "drift") == 0);
}

}  // namespace

BOOST_AUTO_TEST_CASE(work_from_many_connections_leaves_no_drift) {
    season s(clinic_count, 100);
    std::vector<std::future<std::vector<std::int64_t>>> work;
    for (unsigned n = 0; n < clinic_count; ++n) {
        work.push_back(std::async(std::launch::async, register_many, s.desk(n), 1'000 * (n + 1),
                                  150u));  // more than there is vaccine
    }
    operator_desk operators = s.operators();
    std::int64_t last_seq = 0;
    const auto at_work = [](const auto& w) {
        return w.wait_for(std::chrono::seconds(0)) != std::future_status::ready;
    };
    unsigned rounds = 0;
    while (std::ranges::any_of(work, at_work) || rounds < 2) {
        const boost::json::object proof = operators.fresh_proof();
        BOOST_TEST(number_of(proof, "drift") == 0, proof);
        BOOST_TEST(number_of(proof, "seq") >= last_seq);
        last_seq = number_of(proof, "seq");
        ++rounds;
    }
    std::int64_t newest = 0;
    for (auto& w : work) {
        newest = std::max(newest, w.get().back());
    }
    const boost::json::object proof = operators.fresh_proof();
    BOOST_TEST(number_of(proof, "drift") == 0, proof);
    BOOST_TEST(number_of(proof, "seq") == newest);
    BOOST_TEST(number_of(proof, "events") >= std::int64_t{clinic_count} * 150);
    BOOST_TEST(!proof.at("checked").as_object().empty());
    BOOST_TEST(!text_of(proof, "as_of").empty());
    BOOST_TEST(metric(operators, "doseline_drift") == 0);
}

// What a total says at its sequence number is what was acknowledged up to that number, whoever
// was at work meanwhile.
BOOST_AUTO_TEST_CASE(totals_are_exact_at_their_number_while_work_goes_on) {
    season s(clinic_count, 100);
    std::vector<std::future<std::vector<std::int64_t>>> work;
    std::atomic<unsigned> working = clinic_count;
    for (unsigned n = 0; n < clinic_count; ++n) {
        work.push_back(std::async(std::launch::async, [&, n, desk = s.desk(n)]() mutable {
            auto recorded = register_many(std::move(desk), 1'000 * (n + 1), 100);
            --working;
            return recorded;
        }));
    }
    struct sample {
        std::int64_t seq;
        std::int64_t doses;
        std::int64_t in_hours;
        std::int64_t remaining;
    };
    std::vector<sample> samples;
    clinic_desk onlooker = s.desk(0);
    while (working > 0) {
        const auto answer = onlooker.get_json("/v1/totals?scope=nation");
        std::int64_t in_hours = 0;
        for (const auto& hour : answer.at("by_hour").as_array()) {
            in_hours += hour.to_number<std::int64_t>();
        }
        samples.push_back({number_of(answer, "seq"), number_of(answer, "doses"), in_hours,
                           number_of(answer, "remaining")});
    }
    std::vector<std::int64_t> recorded;
    for (auto& w : work) {
        const auto some = w.get();
        recorded.insert(recorded.end(), some.begin(), some.end());
    }
    std::ranges::sort(recorded);
    BOOST_TEST((std::ranges::adjacent_find(recorded) == recorded.end()), "one number for two");
    BOOST_TEST(samples.size() > 10u);
    for (const sample& at : samples) {
        const auto doses = std::ranges::upper_bound(recorded, at.seq) - recorded.begin();
        BOOST_TEST(at.doses == doses);
        BOOST_TEST(at.in_hours == doses);
        BOOST_TEST(at.remaining == std::int64_t{clinic_count} * 100 - doses);
    }
}

BOOST_AUTO_TEST_CASE(a_lost_dose_of_stock_is_named) { poison_is_named("account"); }
BOOST_AUTO_TEST_CASE(stock_that_is_shown_otherwise_is_named) { poison_is_named("account_shown"); }
BOOST_AUTO_TEST_CASE(a_clinics_dose_counted_twice_is_named) { poison_is_named("tally"); }
BOOST_AUTO_TEST_CASE(a_clinics_dose_of_another_hour_is_named) { poison_is_named("tally_hour"); }
BOOST_AUTO_TEST_CASE(a_clinics_doses_shown_otherwise_are_named) { poison_is_named("tally_shown"); }
BOOST_AUTO_TEST_CASE(a_forgotten_event_of_a_clinic_is_named) { poison_is_named("clinic"); }
BOOST_AUTO_TEST_CASE(a_forgotten_dose_of_a_person_is_named) { poison_is_named("person"); }
BOOST_AUTO_TEST_CASE(a_person_too_many_is_named) { poison_is_named("person_more"); }
BOOST_AUTO_TEST_CASE(a_lost_dose_of_a_region_is_named) { poison_is_named("region"); }
BOOST_AUTO_TEST_CASE(a_dose_of_a_lot_in_another_place_is_named) { poison_is_named("lot"); }
BOOST_AUTO_TEST_CASE(a_dose_counted_twice_is_named) { poison_is_named("shard"); }
BOOST_AUTO_TEST_CASE(a_dose_counted_twice_in_its_hour_is_named) { poison_is_named("shard_hour"); }
BOOST_AUTO_TEST_CASE(a_dose_counted_for_no_programme_is_named) { poison_is_named("shard_sum"); }

// A registry that has forgotten the person's dose pays for the next one, too.
BOOST_AUTO_TEST_CASE(a_dose_paid_twice_is_named) {
    season s(1, 20, test_binary());
    clinic_desk desk = s.desk(0);
    operator_desk operators = s.operators();
    const auto give = [&] {
        return text_of(parsed(desk.register_dose(new_key(), person_body(synthetic_person(0)))),
                       "claim");
    };
    BOOST_REQUIRE(give() == "AUTO_OK");
    BOOST_REQUIRE(operators.post("/admin/v1/test/poison", R"({"what":"person"})").status == 200);
    BOOST_REQUIRE(number_of(operators.fresh_proof(), "drift") == 1);  // it has been done
    BOOST_REQUIRE(give() == "AUTO_OK");
    const auto findings = texts_of(operators.fresh_proof(), "findings");
    BOOST_TEST(std::ranges::count(findings, "person: payable doses too many: 1") == 1);
}

// Every round finds what is wrong with a clinic and a person that change all the time.
BOOST_AUTO_TEST_CASE(who_never_rests_is_compared_in_each_round) {
    season s(4, 20, test_binary());
    operator_desk operators = s.operators();
    const std::string body = person_body(synthetic_person(0));
    BOOST_REQUIRE(s.desk(0).register_dose(new_key(), body).status == 201);
    for (const char* what : {"account", "person"}) {
        BOOST_REQUIRE(
            operators.post("/admin/v1/test/poison", R"({"what":")" + std::string(what) + R"("})")
                .status == 200);
    }
    std::atomic<bool> enough = false;
    std::vector<std::future<void>> work;
    for (unsigned n = 0; n < 4; ++n) {
        work.push_back(std::async(std::launch::async, [&, desk = s.desk(n % 2)]() mutable {
            while (!enough) {
                if (desk.register_dose(new_key(), body).status != 201) {
                    throw std::runtime_error("not registered");
                }
            }
        }));
    }
    // Also when a round fails: the futures wait for their threads.
    const std::shared_ptr<void> in_any_case(nullptr, [&](void*) { enough = true; });
    for (unsigned round = 0; round < 20; ++round) {
        const auto findings = texts_of(operators.fresh_proof(), "findings");
        const auto named = [&](std::string_view what) {
            return std::ranges::any_of(findings,
                                       [&](const auto& f) { return f.starts_with(what); });
        };
        BOOST_TEST(named("account: clinic " + s.clinics()[0].code));
        BOOST_TEST(named("person: whose last event"));
    }
    enough = true;
    for (auto& w : work) {
        w.get();
    }
}

BOOST_AUTO_TEST_CASE(the_proof_is_for_operators_and_the_damage_for_no_product) {
    season s(1, 10);
    BOOST_TEST(s.operators().post("/admin/v1/test/poison", R"({"what":"shard"})").status == 404);
    https_client anyone(s.ca(), s.server().admin_port());
    BOOST_TEST(anyone.request("GET", "/admin/v1/proof").status == 401);
    const std::string clinic = "Bearer " + s.clinics()[0].token;
    BOOST_TEST(anyone.request("GET", "/admin/v1/proof", {{"Authorization", clinic}}).status == 401);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test

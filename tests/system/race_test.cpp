// 64 clinics want the same person at the same moment: over TLS, through the real program.
#include "tests/system/season.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace doseline::test {

BOOST_AUTO_TEST_SUITE(race)

namespace {

constexpr unsigned clinics = 64;

// DOSELINE_RACES=1000 for a long run.
unsigned races() {
    const char* const given = std::getenv("DOSELINE_RACES");
    return given == nullptr ? 30 : static_cast<unsigned>(std::stoul(given));
}

struct fixture {
    season s{clinics, races() + 1};
    std::vector<clinic_desk> desks;

    fixture() {
        for (unsigned n = 0; n < clinics; ++n) {
            desks.push_back(s.desk(n));
        }
    }
    // All requests are in the kernel's hands before the first answer is read; who begins changes.
    std::vector<response> at_once(unsigned race,
                                  const std::function<std::string(clinic_desk&)>& request) {
        std::vector<response> answers(clinics);
        for (unsigned n = 0; n < clinics; ++n) {
            clinic_desk& desk = desks[(n + race) % clinics];
            desk.line().send(request(desk));
        }
        for (unsigned n = 0; n < clinics; ++n) {
            answers[n] = desks[n].line().receive();
        }
        return answers;
    }
    static std::map<std::string, unsigned> counted(const std::vector<response>& answers,
                                                   std::string_view field) {
        std::map<std::string, unsigned> all;
        for (const response& r : answers) {
            BOOST_REQUIRE_MESSAGE(r.status == 200 || r.status == 201, r.head << r.body);
            ++all[text_of(parsed(r), field)];
        }
        return all;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(one_is_told_yes_and_one_is_paid, fixture) {
    using counts = std::map<std::string, unsigned>;
    for (unsigned race = 0; race < races(); ++race) {
        BOOST_TEST_CONTEXT("race " << race) {
            const std::string body = person_body(synthetic_person(race + 1));
            const auto checked = at_once(
                race, [&](clinic_desk& desk) { return desk.request_bytes("/v1/checks", body); });
            BOOST_REQUIRE((counted(checked, "decision") ==
                           counts{{"ELIGIBLE", 1}, {"IN_PROGRESS_ELSEWHERE", clinics - 1}}));
            const auto given = at_once(
                race, [&](clinic_desk& desk) { return desk.registration_bytes(new_key(), body); });
            BOOST_REQUIRE(
                (counted(given, "claim") == counts{{"AUTO_OK", 1}, {"NOT_PAYABLE", clinics - 1}}));
            for (const response& r : given) {
                const boost::json::object receipt = parsed(r);
                const bool paid = text_of(receipt, "claim") == "AUTO_OK";
                BOOST_REQUIRE(texts_of(receipt, "flags") ==
                              std::vector<std::string>(paid ? 0 : 1, "ALREADY_VACCINATED"));
            }
        }
    }
    const auto totals = desks[0].get_json("/v1/totals?scope=nation");
    BOOST_TEST(number_of(totals, "doses") == std::int64_t{races()} * clinics);
    const auto proof = s.operators().fresh_proof();
    BOOST_TEST(number_of(proof, "drift") == 0, proof);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test

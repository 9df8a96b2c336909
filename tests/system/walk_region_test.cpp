// A health centre looks after the clinics of its region, through the real program.
#include "tests/system/problem.hpp"
#include "tests/system/served_region.hpp"

namespace doseline::test {

BOOST_AUTO_TEST_SUITE(walk_region)

namespace json = boost::json;

BOOST_FIXTURE_TEST_CASE(it_sees_what_they_registered_and_have_on_hand, served_region) {
    const std::string made = shot(1);
    BOOST_TEST(on_hand(*centre, query, "DEMO-A") == 49);
    BOOST_TEST(text_of(centre->get_json("/v1/stock" + query), "clinic") == clinic_code);
    BOOST_TEST(text_of(centre->get_json("/v1/stock"), "clinic") == centre_code);
    BOOST_TEST(text_of(centre->get_json("/v1/stock/movements" + query), "clinic") == clinic_code);
    const auto list = centre->get_json("/v1/registrations" + query);
    const auto& rows = list.at("registrations").as_array();
    BOOST_REQUIRE(rows.size() == 1u);
    BOOST_TEST(text_of(rows[0].as_object(), "clinic") == clinic_code);
    BOOST_TEST("/v1/registrations/" + text_of(rows[0].as_object(), "id") == made);
    const auto today = korean_day(std::chrono::system_clock::now());
    BOOST_TEST(centre->get_json("/v1/registrations" + query + "&date=" + today)
                   .at("registrations")
                   .as_array()
                   .size() == 1u);
    const auto seen = centre->get_json(made);
    BOOST_TEST(text_of(seen, "lot") == "DEMO-A");
    BOOST_TEST(text_of(seen, "national_id") == synthetic_person(1).substr(0, 6) + "-9******");
    // Its own list is its own.
    BOOST_TEST(centre->get_json("/v1/registrations").at("registrations").as_array().empty());
}

BOOST_FIXTURE_TEST_CASE(it_corrects_and_voids_for_them_with_a_reason, served_region) {
    const std::string made = shot(1);
    const json::object lot{{"lot", "DEMO-B"}};
    const response why = change(*centre, made, "/corrections", "\"1\"", lot);
    is_problem(why, 422, "BAD_FIELD");
    BOOST_TEST(text_of(parsed(why), "field") == "reason");
    const response r = change(*centre, made, "/corrections", "\"1\"",
                              {{"lot", "DEMO-B"}, {"reason", "FOUND_LATER"}});
    BOOST_REQUIRE_MESSAGE(r.status == 200, r.head << r.body);
    BOOST_TEST(number_of(parsed(r), "remaining") == 99);
    BOOST_TEST(on_hand(*clinic, "", "DEMO-A") == 50);
    BOOST_TEST(on_hand(*clinic, "", "DEMO-B") == 49);

    const auto seen = clinic->get_json(made);
    const auto& corrected = seen.at("versions").as_array()[1].as_object();
    BOOST_TEST(text_of(corrected, "by_clinic") == centre_code);
    is_problem(change(*clinic, made, "/void", "\"1\"", {{"reason", "OTHER"}}), 412,
               "VERSION_CONFLICT");

    BOOST_TEST(change(*centre, made, "/void", "\"2\"", {{"reason", "NOT_GIVEN"}}).status == 200u);
    BOOST_TEST(on_hand(*clinic, "", "DEMO-B") == 50);
    const auto voided = clinic->get_json(made);
    BOOST_TEST(text_of(voided, "state") == "VOIDED");
    BOOST_TEST(text_of(voided.at("versions").as_array()[2].as_object(), "by_clinic") ==
               centre_code);
    const auto nation = clinic->get_json("/v1/totals?scope=region");
    BOOST_TEST(number_of(nation, "doses") == 0);
    BOOST_TEST(number_of(s.operators().fresh_proof(), "drift") == 0);
}

BOOST_FIXTURE_TEST_CASE(nobody_else_finds_what_is_theirs, served_region) {
    const std::string made = shot(1);
    const json::object lot{{"lot", "DEMO-B"}, {"reason", "OTHER"}};
    for (clinic_desk* desk : {other.get(), far_centre.get()}) {
        is_problem(desk->get(made), 404, "NOT_FOUND");
        is_problem(desk->get("/v1/registrations" + query), 404, "NOT_FOUND");
        is_problem(desk->get("/v1/stock" + query), 404, "NOT_FOUND");
        is_problem(desk->get("/v1/stock/movements" + query), 404, "NOT_FOUND");
        is_problem(change(*desk, made, "/corrections", "*", lot), 404, "NOT_FOUND");
        is_problem(change(*desk, made, "/void", "*", {{"reason", "OTHER"}}), 404, "NOT_FOUND");
    }
    // A clinic names itself, and not its health centre.
    BOOST_TEST(clinic->get("/v1/stock" + query).status == 200u);
    is_problem(clinic->get("/v1/stock?clinic=" + std::string(centre_code)), 404, "NOT_FOUND");
    is_problem(centre->get("/v1/stock?clinic=99999999"), 404, "NOT_FOUND");
    is_problem(centre->get("/v1/stock?clinic=1"), 422, "BAD_FIELD");
    is_problem(centre->get("/v1/stock?clinics=77000002"), 422, "UNKNOWN_FIELD");
    BOOST_TEST(clinic->get(made).field("etag") == "\"1\"");
}

// The audit names who looked and acted, and the registration whose it was.
BOOST_FIXTURE_TEST_CASE(its_looks_and_changes_are_audited_under_its_own_name, served_region) {
    const std::string made = shot(1);
    centre->get(made);
    change(*centre, made, "/corrections", "\"1\"", {{"lot", "DEMO-B"}, {"reason", "OTHER"}});
    change(*centre, made, "/void", "\"2\"", {{"reason", "OTHER"}});
    const response r = s.audit({{"clinic", centre_code}});
    BOOST_REQUIRE_MESSAGE(r.status == 200, r.head << r.body);
    for (const char* done : {"VIEWED", "CORRECTED", "VOIDED"}) {
        BOOST_TEST(r.body.find(done) != std::string::npos, r.body);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test

// A clinic's list, through the real program.
#include "tests/system/season.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace doseline::test {

BOOST_AUTO_TEST_SUITE(walk_list)

namespace {

namespace json = boost::json;

struct fixture {
    season s{3, 300};
    clinic_desk desk = s.desk(0);

    std::string shot(unsigned person, json::object more = {}) {
        const response r =
            desk.register_dose(new_key(), person_body(synthetic_person(person), std::move(more)));
        BOOST_REQUIRE_MESSAGE(r.status == 201, r.head << r.body);
        return text_of(parsed(r), "id");
    }
    json::object list(const std::string& query = "") {
        const response r = desk.get("/v1/registrations" + query);
        BOOST_REQUIRE_MESSAGE(r.status == 200, r.head << r.body);
        return parsed(r);
    }
    static std::vector<std::string> ids(const json::object& page) {
        std::vector<std::string> all;
        for (const json::value& row : page.at("registrations").as_array()) {
            all.push_back(text_of(row.as_object(), "id"));
        }
        return all;
    }
    static json::object row(const json::object& page, std::size_t n) {
        return page.at("registrations").as_array().at(n).as_object();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_clinic_sees_its_own_newest_first, fixture) {
    BOOST_TEST(ids(list()).empty());
    const std::string first = shot(1, {{"name", "김가상"}});
    s.desk(1).register_dose(new_key(), person_body(synthetic_person(2)));
    const std::string second = shot(3);
    const json::object page = list();
    const std::vector<std::string> wanted{second, first};
    BOOST_TEST(ids(page) == wanted, boost::test_tools::per_element());
    BOOST_TEST(!page.contains("next"));
    // Each row is what the registration by itself is.
    json::object alone = desk.get_json("/v1/registrations/" + first);
    alone.erase("versions");
    BOOST_TEST(row(page, 1) == alone);
    BOOST_TEST(text_of(row(page, 1), "name") == "김가상");
    BOOST_TEST(text_of(row(page, 1), "national_id") ==
               synthetic_person(1).substr(0, 6) + "-9******");
}

BOOST_FIXTURE_TEST_CASE(pages_are_not_moved_by_what_comes_meanwhile, fixture) {
    std::vector<std::string> made;
    for (unsigned n = 1; n <= 51; ++n) {
        made.insert(made.begin(), shot(n));
    }
    const json::object newest = list();
    shot(60);
    std::vector<std::string> seen = ids(newest);
    const json::object older = list("?cursor=" + text_of(newest, "next"));
    for (const std::string& id : ids(older)) {
        seen.push_back(id);
    }
    BOOST_TEST(seen == made, boost::test_tools::per_element());
    BOOST_TEST(!older.contains("next"));
}

BOOST_FIXTURE_TEST_CASE(a_void_shows_on_every_page_at_once, fixture) {
    const std::string voided = shot(1);
    const std::string other = shot(2);
    const response r = desk.post("/v1/registrations/" + voided + "/void",
                                 R"({"reason":"NOT_GIVEN"})", {{"If-Match", "\"1\""}});
    BOOST_REQUIRE(r.status == 200u);
    for (const json::object& page : {list(), list("?cursor=" + other)}) {
        const std::size_t n = ids(page).size() - 1;
        BOOST_TEST(text_of(row(page, n), "state") == "VOIDED");
        BOOST_TEST(number_of(row(page, n), "version") == 2);
        BOOST_TEST(text_of(row(page, n), "claim") == "NOT_PAYABLE");
    }
}

BOOST_FIXTURE_TEST_CASE(a_day_is_that_of_the_shot, fixture) {
    using namespace std::chrono;
    const auto now = system_clock::now();
    const auto yesterday = now - hours(24);
    const std::string today = shot(1);
    const std::string late = shot(2, {{"occurred_at", korean_time(yesterday)}});
    const auto of_day = [&](system_clock::time_point day) {
        return ids(list("?date=" + korean_day(day)));
    };
    BOOST_TEST(of_day(now) == std::vector<std::string>{today}, boost::test_tools::per_element());
    BOOST_TEST(of_day(yesterday) == std::vector<std::string>{late},
               boost::test_tools::per_element());
    BOOST_TEST(of_day(now - hours(48)).empty());
}

// A reader of JSON takes 5E-1 for one half; a person who reads the text does not.
BOOST_FIXTURE_TEST_CASE(a_volume_is_a_decimal, fixture) {
    const std::string half = shot(1);
    const std::string quarter = shot(2, {{"dose_ml", 0.25}});
    const std::string both = desk.get("/v1/registrations").body;
    BOOST_TEST(both.find(R"("dose_ml":0.5,)") != std::string::npos, both);
    BOOST_TEST(both.find(R"("dose_ml":0.25,)") != std::string::npos, both);
    BOOST_TEST(desk.get("/v1/registrations/" + half).body.find(R"("dose_ml":0.5,)") !=
               std::string::npos);
    BOOST_REQUIRE(desk.post("/v1/registrations/" + quarter + "/corrections", R"({"dose_ml":1})",
                            {{"If-Match", "\"1\""}})
                      .status == 200u);
    const std::string corrected = desk.get("/v1/registrations/" + quarter).body;
    BOOST_TEST(corrected.find(R"("dose_ml":1,)") != std::string::npos, corrected);
    BOOST_TEST(corrected.find(R"("was":{"dose_ml":0.25})") != std::string::npos, corrected);
}

BOOST_FIXTURE_TEST_CASE(a_day_may_be_any_from_the_first_to_the_last, fixture) {
    shot(1);
    for (const char* const day : {"1800-01-01", "9999-12-31"}) {
        BOOST_TEST(ids(list(std::string("?date=") + day)).empty());
    }
    for (const char* const target : {"/v1/registrations", "/v1/stock/movements", "/v1/day"}) {
        for (const char* const day : {"1799-12-31", "0001-01-01", "10000-01-01"}) {
            const response r = desk.get(std::string(target) + "?date=" + day);
            BOOST_TEST(r.status == 422u, target << ' ' << day << r.body);
            BOOST_TEST(text_of(parsed(r), "code") == "BAD_FIELD");
            BOOST_TEST(text_of(parsed(r), "field") == "date");
        }
    }
    const response slip = desk.register_dose(
        new_key(),
        person_body(synthetic_person(2), {{"occurred_at", "0217-10-04T09:00:00+09:00"}}));
    BOOST_TEST(slip.status == 422u, slip.body);
    BOOST_TEST(text_of(parsed(slip), "field") == "occurred_at");
}

BOOST_FIXTURE_TEST_CASE(a_question_that_cannot_be_understood_is_refused, fixture) {
    const std::string id = shot(1);
    const std::string wrong_digit = id.substr(0, id.size() - 1) + (id.back() == '0' ? '1' : '0');
    for (const std::string& query :
         {std::string("?date=2016-13-01"), std::string("?date=today"), "?cursor=" + wrong_digit,
          std::string("?cursor=-1"), std::string("?page=2"), std::string("?date=2016-10-04&x=")}) {
        const response r = desk.get("/v1/registrations" + query);
        BOOST_TEST(r.status == 422u, query << r.body);
    }
    BOOST_TEST(
        https_client(s.ca(), s.server().clinic_port()).request("GET", "/v1/registrations").status ==
        401u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test

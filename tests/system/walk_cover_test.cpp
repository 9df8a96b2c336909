// Where vaccine is short and where there is some to spare, as a health centre and an operator see
// it, through the real program.
#include "tests/system/served_region.hpp"

namespace doseline::test {

BOOST_AUTO_TEST_SUITE(walk_cover)

namespace json = boost::json;

namespace {

struct covered_region : served_region {
    json::object cover(std::string_view asked = "") {
        return centre->get_json("/v1/stock/cover" + std::string(asked));
    }
    json::object region_of_nation(std::string_view region) {
        const auto body = parsed(s.operators().get("/admin/v1/stock"));
        for (const auto& row : body.at("regions").as_array()) {
            if (text_of(row.as_object(), "region") == region) {
                return row.as_object();
            }
        }
        return {};
    }
    json::object move(clinic_desk& desk, const json::object& what) {
        const response r = desk.post("/v1/stock/movements", json::serialize(what),
                                     {{"Idempotency-Key", new_key()}});
        BOOST_REQUIRE_MESSAGE(r.status == 201, r.head << r.body);
        return parsed(r);
    }
};

const json::object& row_of(const json::object& body, std::string_view list, std::size_t n) {
    return body.at(list).as_array().at(n).as_object();
}

std::size_t rows_in(const json::object& body, std::string_view list) {
    return body.at(list).as_array().size();
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(doses_go_from_who_can_spare_them_to_who_runs_short, covered_region) {
    for (unsigned n = 0; n < 3; ++n) {
        shot(n);
        const response r = other->register_dose(new_key(), person_body(synthetic_person(10 + n)));
        BOOST_REQUIRE_MESSAGE(r.status == 201, r.head << r.body);
    }
    // The other clinic has nothing by the book, so what it gave stands in suspense.
    const auto before = cover();
    BOOST_TEST(text_of(before, "region") == "11010");
    BOOST_TEST(number_of(before, "days") == 7);
    BOOST_TEST(number_of(before, "clinics") == 3);  // with the centre itself
    BOOST_TEST(number_of(before, "empty") == 2);
    BOOST_TEST(number_of(before, "usable") == 97);
    BOOST_TEST(number_of(before, "given") == 6);
    BOOST_TEST(number_of(before, "surplus") == 97 - 21);
    BOOST_TEST(number_of(before, "shortage") == 21);
    BOOST_REQUIRE(rows_in(before, "short") == 1u);
    BOOST_TEST(text_of(row_of(before, "short", 0), "clinic") == other_clinic_code);
    BOOST_TEST(text_of(row_of(before, "short", 0), "name") == "Other");
    BOOST_TEST(number_of(row_of(before, "short", 0), "need") == 21);
    BOOST_REQUIRE(rows_in(before, "to_spare") == 1u);
    BOOST_TEST(text_of(row_of(before, "to_spare", 0), "clinic") == clinic_code);
    BOOST_TEST(number_of(row_of(before, "to_spare", 0), "surplus") == 76);
    BOOST_TEST(!before.contains("next"));

    move(*clinic,
         {{"type", "transfer"}, {"lot", "DEMO-A"}, {"quantity", 30}, {"to", other_clinic_code}});
    const auto on_its_way = cover();
    BOOST_TEST(number_of(on_its_way, "usable") == 67);
    BOOST_TEST(number_of(on_its_way, "in_transit") == 30);
    BOOST_TEST(number_of(on_its_way, "shortage") == 0);
    BOOST_TEST(number_of(on_its_way, "surplus") == 97 - 30 - 21);
    BOOST_TEST(rows_in(on_its_way, "short") == 0u);

    move(*other, {{"type", "confirm"}, {"lot", "DEMO-A"}, {"quantity", 30}});
    const auto after = cover();
    BOOST_TEST(number_of(after, "usable") == 67 + 27);  // three of its shots stand in suspense
    BOOST_TEST(number_of(after, "in_transit") == 0);
    BOOST_TEST(number_of(after, "empty") == 1);
    BOOST_TEST(number_of(after, "seq") > number_of(before, "seq"));
    BOOST_TEST(number_of(s.operators().fresh_proof(), "drift") == 0);
}

BOOST_FIXTURE_TEST_CASE(the_days_that_it_is_to_last_are_asked_for, covered_region) {
    shot(1);
    BOOST_TEST(number_of(row_of(cover("?days=1"), "to_spare", 0), "need") == 1);
    BOOST_TEST(number_of(row_of(cover("?days=60"), "to_spare", 0), "need") == 60);
    for (const char* days : {"0", "61", "1.5", "week"}) {
        const response r = centre->get("/v1/stock/cover?days=" + std::string(days));
        BOOST_TEST(r.status == 422u);
        BOOST_TEST(text_of(parsed(r), "field") == "days");
    }
    const response r = centre->get("/v1/stock/cover?day=7");
    BOOST_TEST(r.status == 422u);
    BOOST_TEST(text_of(parsed(r), "code") == "UNKNOWN_FIELD");
}

BOOST_FIXTURE_TEST_CASE(it_is_for_health_centres_and_of_their_own_region, covered_region) {
    BOOST_TEST(clinic->get("/v1/stock/cover").status == 404u);
    const auto far = far_centre->get_json("/v1/stock/cover");
    BOOST_TEST(text_of(far, "region") == "11020");
    BOOST_TEST(number_of(far, "clinics") == 1);
    const response r = centre->get("/v1/stock/cover?cursor=" + std::string(far_centre_code));
    BOOST_TEST(r.status == 422u);
    BOOST_TEST(text_of(parsed(r), "field") == "cursor");
}

BOOST_FIXTURE_TEST_CASE(a_large_region_is_told_a_thousand_clinics_at_a_time, covered_region) {
    std::string rows = "code,name,region,kind\n";
    for (unsigned n = 0; n < 999; ++n) {  // with the centre and its two clinics: two too many
        rows += std::to_string(80'000'000 + n) + ",Quiet,11010,clinic\n";
    }
    s.server().terminate();
    import("clinics", rows);
    serve();
    const auto first = cover();
    BOOST_TEST(number_of(first, "clinics") == 1'000);
    BOOST_TEST(number_of(first, "usable") == 0);
    const auto rest = cover("?cursor=" + text_of(first, "next"));
    BOOST_TEST(number_of(rest, "clinics") == 2);
    BOOST_TEST(number_of(rest, "usable") == 100);
    BOOST_TEST(!rest.contains("next"));
    // The nation's figures are whole.
    BOOST_TEST(number_of(region_of_nation("11010"), "clinics") == 1'002);
}

BOOST_FIXTURE_TEST_CASE(an_operator_sees_regions_and_no_clinic, covered_region) {
    shot(1);
    const auto mine = region_of_nation("11010");
    const auto all = cover();
    for (const char* figure :
         {"clinics", "empty", "usable", "in_transit", "given", "surplus", "shortage"}) {
        BOOST_TEST(number_of(mine, figure) == number_of(all, figure), figure);
    }
    BOOST_TEST(number_of(region_of_nation("11020"), "empty") == 1);
    const response r = s.operators().get("/admin/v1/stock?days=61");
    BOOST_TEST(r.status == 422u);
    const response whole = s.operators().get("/admin/v1/stock?days=60");
    BOOST_TEST(whole.status == 200u);
    BOOST_TEST(whole.body.find(clinic_code) == std::string::npos);
    https_client stranger(s.ca(), s.server().admin_port());
    BOOST_TEST(stranger.request("GET", "/admin/v1/stock").status == 401u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test

// What a clinic sees of its vaccine, and what everybody sees of the sums.
#include "tests/system/season.hpp"

#include <boost/test/unit_test.hpp>

#include <map>

namespace doseline::test {

BOOST_AUTO_TEST_SUITE(walk_stock)

namespace {

using texts = std::vector<std::string>;

struct receipt {
    std::int64_t seq = 0;
    std::int64_t remaining = 0;
    texts flags;
    std::string claim;
};

receipt shot(clinic_desk& desk, unsigned person, boost::json::object more = {}) {
    const response r =
        desk.register_dose(new_key(), person_body(synthetic_person(person), std::move(more)));
    BOOST_REQUIRE_MESSAGE(r.status == 201, r.head << r.body);
    const auto answer = parsed(r);
    return {number_of(answer, "seq"), number_of(answer, "remaining"), texts_of(answer, "flags"),
            text_of(answer, "claim")};
}

struct account {
    std::int64_t on_hand = 0;
    std::int64_t suspense = 0;
    bool expires = false;

    friend bool operator==(const account&, const account&) = default;
};

struct stock {
    std::int64_t seq = 0;
    std::map<std::string, account> by_lot;

    std::int64_t remaining() const {
        std::int64_t sum = 0;
        for (const auto& [lot, a] : by_lot) {
            sum += a.on_hand + a.suspense;
        }
        return sum;
    }
};

stock stock_of(clinic_desk& desk) {
    const auto answer = desk.get_json("/v1/stock");
    stock read{number_of(answer, "seq"), {}};
    for (const auto& value : answer.at("accounts").as_array()) {
        const auto& a = value.as_object();
        account& into = read.by_lot[text_of(a, "lot")];
        into.on_hand += number_of(a, "on_hand");
        into.suspense += number_of(a, "suspense");
        into.expires = !a.at("expires").is_null();
        BOOST_TEST(number_of(a, "in_transit") == 0);
    }
    return read;
}

struct totals {
    std::int64_t seq = 0;
    std::int64_t doses = 0;
    std::int64_t remaining = 0;
    std::int64_t in_hours = 0;
};

totals totals_of(clinic_desk& desk, const std::string& scope) {
    const auto answer = desk.get_json("/v1/totals?scope=" + scope);
    totals read{number_of(answer, "seq"), number_of(answer, "doses"),
                number_of(answer, "remaining"), 0};
    BOOST_TEST(answer.at("by_hour").as_array().size() == 24);
    for (const auto& hour : answer.at("by_hour").as_array()) {
        read.in_hours += hour.to_number<std::int64_t>();
    }
    return read;
}

constexpr unsigned clinics = 6;
constexpr unsigned doses = 5;

struct fixture {
    season s{clinics, doses};
    clinic_desk first = s.desk(0);
    clinic_desk second = s.desk(1);
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(without_a_lot_the_first_that_expires_is_taken, fixture) {
    const stock before = stock_of(first);
    BOOST_REQUIRE(before.by_lot.contains("DEMO-A"));
    BOOST_TEST(before.by_lot.at("DEMO-A").on_hand == 3);
    BOOST_TEST(before.by_lot.at("DEMO-B").on_hand == 2);
    for (unsigned n = 0; n < 4; ++n) {
        const receipt r = shot(first, n);
        BOOST_TEST(r.flags.empty());
        BOOST_TEST(r.remaining == 4 - n);
        const stock now = stock_of(first);
        BOOST_TEST(now.by_lot.at("DEMO-A").on_hand == (n < 3 ? 2 - static_cast<int>(n) : 0));
        BOOST_TEST(now.by_lot.at("DEMO-B").on_hand == (n < 3 ? 2 : 1));
        BOOST_TEST(now.seq == r.seq);
    }
}

BOOST_FIXTURE_TEST_CASE(a_named_lot_is_taken, fixture) {
    BOOST_TEST(shot(first, 1, {{"lot", "DEMO-B"}}).flags.empty());
    BOOST_TEST(stock_of(first).by_lot.at("DEMO-A").on_hand == 3);
    BOOST_TEST(stock_of(first).by_lot.at("DEMO-B").on_hand == 1);
}

BOOST_FIXTURE_TEST_CASE(an_unknown_lot_goes_to_suspense, fixture) {
    for (unsigned n = 0; n < 2; ++n) {
        const receipt r = shot(first, n, {{"lot", "NOBODY-KNOWS"}});
        BOOST_TEST(r.flags == texts{"LOT_UNKNOWN"}, boost::test_tools::per_element());
        BOOST_TEST(r.remaining == 4 - n);
        const stock now = stock_of(first);
        BOOST_TEST(now.by_lot.at("NOBODY-KNOWS").suspense == -1 - static_cast<int>(n));
        BOOST_TEST(now.by_lot.at("NOBODY-KNOWS").on_hand == 0);
        BOOST_TEST(!now.by_lot.at("NOBODY-KNOWS").expires);
        BOOST_TEST(now.by_lot.at("DEMO-A").on_hand == 3);
        BOOST_TEST(now.remaining() == r.remaining);
    }
}

BOOST_FIXTURE_TEST_CASE(a_lot_with_none_on_hand_goes_to_suspense, fixture) {
    shot(first, 0, {{"lot", "DEMO-B"}});
    shot(first, 1, {{"lot", "DEMO-B"}});
    const receipt r = shot(first, 2, {{"lot", "DEMO-B"}});
    BOOST_TEST(r.flags == texts{"STOCK_NEGATIVE"}, boost::test_tools::per_element());
    BOOST_TEST(r.remaining == 2);
    const stock now = stock_of(first);
    BOOST_TEST(now.by_lot.at("DEMO-B").on_hand == 0);
    BOOST_TEST(now.by_lot.at("DEMO-B").suspense == -1);
    BOOST_TEST(now.by_lot.at("DEMO-A").on_hand == 3);
}

BOOST_FIXTURE_TEST_CASE(without_any_vaccine_a_shot_is_still_recorded, fixture) {
    for (unsigned n = 0; n < doses; ++n) {
        BOOST_TEST(shot(first, n).flags.empty());
    }
    for (int n = 0; n < 3; ++n) {
        const receipt r = shot(first, doses + static_cast<unsigned>(n));
        BOOST_TEST(r.flags == texts{"STOCK_NEGATIVE"}, boost::test_tools::per_element());
        BOOST_TEST(r.remaining == -1 - n);
        BOOST_TEST(stock_of(first).remaining() == r.remaining);
    }
}

BOOST_FIXTURE_TEST_CASE(totals_of_every_scope_are_exact, fixture) {
    std::vector<std::int64_t> given(clinics, 0);
    std::vector<clinic_desk> desks;
    for (unsigned n = 0; n < clinics; ++n) {
        desks.push_back(s.desk(n));
    }
    std::int64_t sum = 0;
    for (unsigned n = 0; n < 40; ++n) {
        const unsigned clinic = n * n % clinics;
        const receipt last = n % 5 == 0
                                 ? shot(desks[clinic], n, {{"lot", "X-" + std::to_string(n % 3)}})
                                 : shot(desks[clinic], n - n % 2);  // every other person twice
        ++given[clinic];
        ++sum;
        const totals nation = totals_of(desks[clinic], "nation");
        BOOST_TEST(nation.seq == last.seq);
        BOOST_TEST(nation.doses == sum);
        BOOST_TEST(nation.in_hours == sum);
        BOOST_TEST(nation.remaining == clinics * std::int64_t{doses} - sum);
    }
    for (unsigned n = 0; n < clinics; ++n) {
        const totals own = totals_of(desks[n], "clinic");
        BOOST_TEST(own.doses == given[n]);
        BOOST_TEST(own.in_hours == given[n]);
        BOOST_TEST(own.remaining == doses - given[n]);
        BOOST_TEST(own.remaining == stock_of(desks[n]).remaining());

        std::int64_t in_region = 0;
        std::int64_t clinics_there = 0;
        for (unsigned other = 0; other < clinics; ++other) {
            const bool same = s.clinics()[other].region == s.clinics()[n].region;
            in_region += same ? given[other] : 0;
            clinics_there += same ? 1 : 0;
        }
        const totals region = totals_of(desks[n], "region");
        BOOST_TEST(region.doses == in_region);
        BOOST_TEST(region.in_hours == in_region);
        BOOST_TEST(region.remaining == clinics_there * doses - in_region);
    }
    BOOST_TEST(first.get("/v1/totals?scope=world").status == 422);
}

BOOST_FIXTURE_TEST_CASE(a_refused_or_replayed_call_counts_nothing, fixture) {
    const std::string key = new_key();
    const std::string body = person_body(synthetic_person(1));
    for (unsigned n = 0; n < 3; ++n) {
        first.register_dose(key, body);
        first.register_dose(key, person_body(synthetic_person(2)));
        first.register_dose(new_key(), person_body("1"));
    }
    BOOST_TEST(totals_of(first, "nation").doses == 1);
    BOOST_TEST(stock_of(first).remaining() == doses - 1);
}

BOOST_FIXTURE_TEST_CASE(the_status_never_tells_of_less_than_none, fixture) {
    season small(1, 1);
    clinic_desk desk = small.desk(0);
    for (unsigned n = 1; n <= 3; ++n) {
        const response r = desk.register_dose(new_key(), person_body(synthetic_person(n)));
        BOOST_TEST(number_of(parsed(r), "remaining") == 1 - static_cast<int>(n));
    }
    const auto status = desk.get_json("/status");
    BOOST_TEST(number_of(status.at("vaccine").as_array().at(0).as_object(), "remaining") == 0);
}

BOOST_FIXTURE_TEST_CASE(the_status_is_for_everybody, fixture) {
    const receipt last = shot(first, 1);
    https_client anyone(s.ca(), s.server().clinic_port());
    const response r = anyone.request("GET", "/status");
    BOOST_REQUIRE(r.status == 200);
    const auto answer = parsed(r);
    BOOST_TEST(answer.at("up").as_bool());
    BOOST_TEST(text_of(answer, "mode") == "normal");
    BOOST_TEST(number_of(answer, "waiting") == 0);
    bool found = false;
    for (const auto& value : answer.at("vaccine").as_array()) {
        const auto& of_programme = value.as_object();
        BOOST_TEST(of_programme.contains("as_of"));
        if (text_of(of_programme, "programme") == "demo") {
            found = true;
            BOOST_TEST(number_of(of_programme, "remaining") == clinics * doses - 1);
        }
    }
    BOOST_TEST(found, r.body);
    BOOST_TEST(number_of(answer, "seq") == last.seq);
    BOOST_TEST(number_of(answer, "unsent") == 0);
    // Stock and totals are not.
    for (const char* target : {"/v1/stock", "/v1/totals?scope=nation"}) {
        BOOST_TEST(anyone.request("GET", target).status == 401, target);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test

// Vaccine that an operator ships to a clinic while the registry serves, through the real program.
#include "tests/system/stock_season.hpp"

#include <thread>

namespace doseline::test {

BOOST_AUTO_TEST_SUITE(walk_shipment)

namespace {

namespace json = boost::json;

struct fixture : stock_season {
    response put(const std::string& uuid, const std::string& body,
                 const std::string& token = "the operator's") {
        https_client line(s.ca(), s.server().admin_port());
        return line.request(
            "PUT", "/admin/v1/shipments/" + uuid,
            {{"Authorization",
              "Bearer " + (token == "the operator's" ? operator_token(s.dir()) : token)},
             {"Content-Type", "application/json"}},
            body);
    }
    response put(const std::string& uuid, const json::object& body) {
        return put(uuid, json::serialize(body));
    }
    // Thirty doses of NEW-1 for the second clinic.
    json::object thirty(json::object more = {}) const {
        json::object body{{"clinic", s.clinics()[1].code},
                          {"lot", "NEW-1"},
                          {"quantity", 30},
                          {"funding", "local"}};
        for (const auto& field : more) {
            body[field.key()] = field.value();
        }
        return body;
    }
    std::int64_t seq() { return number_of(parsed(s.operators().get("/admin/v1/status")), "seq"); }
    // In words, and nothing has happened.
    void is_refused(const std::string& body, unsigned status, const std::string& code,
                    const std::string& words, const std::string& uuid = new_key()) {
        BOOST_TEST_CONTEXT(uuid << " " << body) {
            const std::int64_t before = seq();
            const response r = put(uuid, body);
            BOOST_TEST(r.status == status);
            BOOST_TEST(text_of(parsed(r), "code") == code);
            BOOST_TEST(r.body.find(words) != std::string::npos, r.body);
            BOOST_TEST(seq() == before);
        }
    }
    void is_refused(const json::object& body, unsigned status, const std::string& code,
                    const std::string& words) {
        is_refused(json::serialize(body), status, code, words);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_shipment_is_on_its_way_until_its_clinic_confirms_it, fixture) {
    const response r = put(new_key(), thirty());
    BOOST_REQUIRE_MESSAGE(r.status == 201, r.head << r.body);
    BOOST_TEST(!r.has("replayed"));
    const json::object told = parsed(r);
    BOOST_TEST(number_of(told, "seq") == seq());
    BOOST_TEST(text_of(told, "clinic") == s.clinics()[1].code);
    BOOST_TEST(text_of(told, "lot") == "NEW-1");
    BOOST_TEST(text_of(told, "product") == "P1");
    BOOST_TEST(text_of(told, "funding") == "local");
    BOOST_TEST(number_of(told, "quantity") == 30);
    BOOST_TEST(!text_of(told, "shipped_at").empty());
    BOOST_TEST(stock(*second, "NEW-1") == (account{0, 30, 0}));
    no_drift();
    move(*second, body("confirm", "NEW-1", 30));
    BOOST_TEST(stock(*second, "NEW-1") == (account{30, 0, 0}));
    no_drift();
    s.server().terminate();
    BOOST_TEST(doseline({"verify", s.dir().string()}).exit_code == 0);
}

BOOST_FIXTURE_TEST_CASE(a_shipment_sent_again_is_booked_once_after_a_restart_too, fixture) {
    const std::string uuid = new_key();
    const response once = put(uuid, thirty());
    BOOST_REQUIRE_MESSAGE(once.status == 201, once.head << once.body);
    const std::int64_t before = seq();
    for (const bool restarted : {false, true}) {
        BOOST_TEST_CONTEXT("restarted " << restarted) {
            if (restarted) {
                serve_again();
            }
            const response again = put(uuid, thirty());
            BOOST_TEST(again.status == 200u);
            BOOST_TEST(again.field("replayed") == "true");
            BOOST_TEST(again.body == once.body);
            for (const json::object& other :
                 {json::object{{"quantity", 31}}, json::object{{"funding", "national"}},
                  json::object{{"lot", "DEMO-A"}}, json::object{{"product", "P1"}},
                  json::object{{"clinic", s.clinics()[0].code}},
                  json::object{{"clinic", "00000001"}}}) {
                const response r = put(uuid, thirty(other));
                BOOST_TEST(r.status == 422u, r.body);
                BOOST_TEST(text_of(parsed(r), "code") == "KEY_REUSED");
            }
            BOOST_TEST(seq() == before);
            BOOST_TEST(stock(*second, "NEW-1") == (account{0, 30, 0}));
        }
    }
    no_drift();
}

// A clinic's keys are its own: what it does under a UUID keeps no operator from it, nor the
// reverse.
BOOST_FIXTURE_TEST_CASE(an_operators_uuid_is_no_clinics_key, fixture) {
    const std::string uuid = new_key();
    BOOST_TEST(second->register_dose(uuid, person_body(synthetic_person(1))).status == 201u);
    BOOST_TEST(put(uuid, thirty()).status == 201u);
    const std::string other = new_key();
    BOOST_TEST(put(other, thirty()).status == 201u);
    BOOST_TEST(send(*second, other, body("confirm", "NEW-1", 60)).status == 201u);
    no_drift();
}

BOOST_FIXTURE_TEST_CASE(twins_at_the_same_moment_are_one_shipment, fixture) {
    for (unsigned n = 0; n < 10; ++n) {
        const std::string uuid = new_key();
        unsigned other = 0;
        std::thread twin([&] { other = put(uuid, thirty()).status; });
        const unsigned mine = put(uuid, thirty()).status;
        twin.join();
        BOOST_TEST(mine + other == 401u);  // 201 and 200
    }
    BOOST_TEST(stock(*second, "NEW-1") == (account{0, 300, 0}));
    no_drift();
}

BOOST_FIXTURE_TEST_CASE(what_cannot_be_shipped_is_told_in_words_and_books_nothing, fixture) {
    is_refused(thirty({{"clinic", "00000001"}}), 404, "NOT_FOUND", "clinic is not known");
    is_refused(thirty({{"lot", "NONE"}}), 404, "NOT_FOUND", "lot is not known");
    is_refused(thirty({{"product", "OTHER"}}), 404, "NOT_FOUND", "lot is not known");
    is_refused(thirty({{"clinic", "1"}}), 422, "BAD_FIELD", "clinic must have 8 digits");
    is_refused(thirty({{"funding", "private"}}), 422, "BAD_FIELD", "national or local");
    for (const json::value& quantity : {json::value(0), json::value(-1), json::value(1.5),
                                        json::value(1'000'001), json::value(1e300)}) {
        is_refused(thirty({{"quantity", quantity}}), 422, "BAD_FIELD",
                   "quantity must be a whole number from 1 to 1000000");
    }
    is_refused(thirty({{"quantity", "30"}}), 422, "BAD_FIELD", "quantity");
    // What has arrived is the clinic's to say.
    is_refused(thirty({{"received", true}}), 422, "UNKNOWN_FIELD", "received");
    is_refused("{", 400, "BAD_JSON", "");
    is_refused(json::serialize(thirty()), 422, "BAD_FIELD", "UUID", "spring-1");
    for (unsigned n = 0; n < 10; ++n) {
        BOOST_TEST(put(new_key(), thirty({{"quantity", 1'000'000}})).status == 201u);
    }
    is_refused(thirty({{"quantity", 1}}), 409, "LIMIT_REACHED",
               "quantity is more than the clinic's account can take");
    no_drift();
}

BOOST_FIXTURE_TEST_CASE(operators_alone_ship, fixture) {
    BOOST_TEST(put(new_key(), json::serialize(thirty()), s.clinics()[1].token).status == 401u);
    BOOST_TEST(put(new_key(), json::serialize(thirty()), "").status == 401u);
    BOOST_TEST(stock(*second, "NEW-1") == (account{0, 0, 0}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test

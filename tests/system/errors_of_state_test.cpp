#include "tests/system/bad_lots.hpp"
#include "tests/system/problems.hpp"

#include <boost/test/unit_test.hpp>

#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>

BOOST_AUTO_TEST_SUITE(errors_of_state)

// The refusals that depend on what went before or on how the system is: each leaves the key as
// good as new.
using namespace doseline::test;

namespace {

const std::string open_now = synthetic_person(1, 1850);
const std::string opens_later = synthetic_person(2, 1875);
const std::string never = synthetic_person(3, 1895);

std::string in_minutes(int minutes) {
    const auto at = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now() +
                                                         std::chrono::minutes(minutes));
    std::tm utc{};
    ::gmtime_r(&at, &utc);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S+00:00", &utc);
    return text;
}

// What a check is told when the registry itself cannot be asked.
void check_unasked(served_season& s, const std::string& code) {
    struct row {
        std::string person;
        std::string decision;
        bool vaccinate;
    };
    for (const row& r : {row{open_now, "ELIGIBLE", true}, row{opens_later, "NOT_YET", false},
                         row{never, "NOT_ELIGIBLE_AGE", false}}) {
        BOOST_TEST_CONTEXT(code << ", a check of " << r.person) {
            const boost::json::object body = check_refused(
                s.line, s.check_of(person_body(r.person)), {503, code, "", r.vaccinate});
            if (code == "READ_ONLY") {
                BOOST_TEST(text_of(body, "decision") == r.decision);
            }
            BOOST_TEST(!body.contains("last_dose"));
            BOOST_TEST(!body.contains("hold_until"));
        }
    }
}

std::string mode_of(served_season& s) {
    return text_of(parsed(s.line.send({"GET", "/status", {}, ""})), "mode");
}

// And waits for nothing that made the mode what it is.
void check_published_goes_on(served_season& s, const std::string& mode) {
    for (const char* const target :
         {"/v1/stock", "/v1/totals?scope=nation", "/v1/totals?scope=clinic", "/status"}) {
        BOOST_TEST_CONTEXT(target) {
            BOOST_TEST(s.send(s.get_of(target)).status == 200u);
            BOOST_TEST(mode_of(s) == mode);
        }
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(future_date) {
    served_season s;
    const auto body = [](const std::string& at) {
        return person_body(open_now, {{"occurred_at", at}});
    };
    check_refused(s.line, s.registration_of(body(in_minutes(6))),
                  {422, "FUTURE_DATE", "occurred_at", true});
    check_refused(s.line, s.registration_of(body("2999-12-31T00:00:00+09:00")),
                  {422, "FUTURE_DATE", "occurred_at", true});
    BOOST_TEST(s.send(s.registration_of(body(in_minutes(4)))).status == 201u);
}

BOOST_AUTO_TEST_CASE(key_reused) {
    served_season s;
    const std::string key = new_key();
    const shown_request first = s.registration_of(person_body(open_now), key);
    const response made = s.send(first);
    BOOST_REQUIRE_EQUAL(made.status, 201u);
    for (const std::string& other :
         {person_body(synthetic_person(9)), person_body(open_now, {{"lot", "ANOTHER"}}),
          person_body(open_now, {{"name", "B"}})}) {
        BOOST_TEST_CONTEXT(other) {
            check_refused(s.line, s.registration_of(other, key), {422, "KEY_REUSED", "", true});
        }
    }
    // The first one is what the key still stands for.
    const response again = s.send(first);
    BOOST_TEST(again.status == 200u);
    BOOST_TEST(again.field("replayed") == "true");
    BOOST_TEST(again.body == made.body);
    // Another clinic's keys are its own.
    shown_request elsewhere = first;
    elsewhere.fields.front().second = "Bearer " + s.clinics[1].token;
    BOOST_TEST(s.send(elsewhere).status == 201u);
}

BOOST_AUTO_TEST_CASE(version_conflict) {
    served_season s;
    const response made = s.send(s.registration_of(person_body(open_now)));
    BOOST_REQUIRE_EQUAL(made.status, 201u);
    const std::string target = made.field("location");
    for (const char* const tag : {"\"9\"", "\"0\"", "W/\"9\"", "9"}) {
        BOOST_TEST_CONTEXT(tag) {
            check_refused(s.line, s.get_of(target, {{"If-Match", tag}}),
                          {412, "VERSION_CONFLICT", "", {}});
        }
    }
    for (const std::string& tag : {made.field("etag"), std::string("*")}) {
        BOOST_TEST_CONTEXT(tag) {
            BOOST_TEST(s.send(s.get_of(target, {{"If-Match", tag}})).status == 200u);
        }
    }
}

BOOST_AUTO_TEST_CASE(lots_to_confirm) {
    served_season s(doseline_binary(), import_bad_lots);
    unsigned n = 100;
    for (const auto& [lot, code] : {std::pair{"OLD-1", "LOT_EXPIRED"}, {"BAD-1", "LOT_RECALLED"}}) {
        BOOST_TEST_CONTEXT(code) {
            const std::string person = synthetic_person(++n);
            const std::string key = new_key();
            const auto with = [&](const boost::json::array& confirm) {
                boost::json::object more{{"lot", lot}};
                if (!confirm.empty()) {
                    more["confirm"] = confirm;
                }
                return s.registration_of(person_body(person, more), key);
            };
            const boost::json::object asked =
                check_refused(s.line, with({}), {409, code, "lot", {}});
            BOOST_TEST(texts_of(asked, "confirm") == std::vector<std::string>{code},
                       boost::test_tools::per_element());
            // Confirming the other thing is no answer.
            const char* const wrong =
                std::string_view(code) == "LOT_EXPIRED" ? "LOT_RECALLED" : "LOT_EXPIRED";
            check_refused(s.line, with({wrong}), {409, code, "lot", {}});

            const response recorded = s.send(with({code}));
            BOOST_TEST(recorded.status == 201u);
            BOOST_TEST(text_of(parsed(recorded), "claim") == "REVIEW");

            // A row that nobody can be asked about any more.
            const shown_request offline = s.registration_of(
                person_body(synthetic_person(++n), {{"lot", lot}, {"offline", true}}));
            const response late = s.send(offline);
            BOOST_TEST(late.status == 201u);
            BOOST_TEST(text_of(parsed(late), "claim") == "REVIEW");
        }
    }
}

BOOST_AUTO_TEST_CASE(rate) {
    served_season s;
    const shown_request wrong{"POST",
                              "/v1/session",
                              {{"Content-Type", "application/json"}},
                              R"({"code":"00000-00000-00000-00000-00000"})"};
    // Ten wrong ones in a minute are told so.
    for (int n = 0; n < 5; ++n) {
        check_refused(s.line, wrong, {401, "AUTH_REQUIRED", "code", {}});
    }
    check_refused(s.line, wrong, {429, "RATE", "code", {}});
    // It is the guesser's cap alone: a clinic that has its token goes on.
    BOOST_TEST(s.send(s.check_of(person_body(open_now))).status == 200u);
}

BOOST_AUTO_TEST_CASE(wait) {
    served_season s;
    s.set_mode("register-only");
    BOOST_TEST(mode_of(s) == "register-only");
    check_unasked(s, "WAIT");
    // Shots are what this mode is for.
    BOOST_TEST(s.send(s.registration_of(person_body(open_now))).status == 201u);
    check_published_goes_on(s, "register-only");
    s.set_mode("normal");
    BOOST_TEST(s.send(s.check_of(person_body(opens_later))).status == 200u);
}

BOOST_AUTO_TEST_CASE(read_only) {
    served_season s;
    // A history that a check must not show now.
    BOOST_REQUIRE_EQUAL(s.send(s.registration_of(person_body(open_now))).status, 201u);
    const std::string key = new_key();
    const std::string person = synthetic_person(20);
    s.set_mode("read-only");
    check_unasked(s, "READ_ONLY");
    check_refused(s.line, s.registration_of(person_body(person), key),
                  {503, "READ_ONLY", "", true});
    check_refused(s.line, s.registration_of(person_body(never)), {503, "READ_ONLY", "", false});
    check_published_goes_on(s, "read-only");
    s.set_mode("normal");
    BOOST_TEST(s.send(s.registration_of(person_body(person), key)).status == 201u);
    BOOST_TEST(text_of(parsed(s.send(s.check_of(person_body(open_now)))), "decision") ==
               "ALREADY_VACCINATED");
}

// The disk does not answer for a while.
BOOST_AUTO_TEST_CASE(read_only_by_a_stalled_commit) {
    served_season s(test_binary());
    BOOST_REQUIRE_EQUAL(s.send(s.registration_of(person_body(open_now))).status, 201u);
    const std::string key = new_key();
    const shown_request registration = s.registration_of(person_body(synthetic_person(30)), key);

    const std::filesystem::path answers = s.scratch.path() / "answers";
    const std::string stall = R"({"milliseconds":60000,"until":")" + answers.string() + "\"}";
    BOOST_REQUIRE_EQUAL(s.admin.post("/admin/v1/test/stall", stall).status, 200u);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (mode_of(s) != "read-only") {
        BOOST_REQUIRE(std::chrono::steady_clock::now() < deadline);
    }
    check_unasked(s, "READ_ONLY");
    check_refused(s.line, registration, {503, "READ_ONLY", "", true});
    check_published_goes_on(s, "read-only");

    std::ofstream{answers};
    while (mode_of(s) != "normal") {
        BOOST_REQUIRE(std::chrono::steady_clock::now() < deadline);
    }
    BOOST_TEST(s.send(registration).status == 201u);
}

BOOST_AUTO_TEST_CASE(a_refusal_does_not_consume_the_key) {
    served_season s(doseline_binary(), import_bad_lots);
    const std::string key = new_key();
    const std::string person = synthetic_person(40);
    const auto status_of = [&](const std::string& body) {
        return s.send(s.registration_of(body, key)).status;
    };
    BOOST_TEST(status_of("{") == 400u);
    BOOST_TEST(status_of(R"({"national_id":"5002309000001"})") == 422u);
    BOOST_TEST(status_of(person_body(person, {{"dose_ml", 5}})) == 422u);
    BOOST_TEST(status_of(person_body(person, {{"colour", "red"}})) == 422u);
    BOOST_TEST(status_of(person_body(person, {{"exception", "NONE"}})) == 422u);
    BOOST_TEST(status_of(person_body(person, {{"occurred_at", in_minutes(60)}})) == 422u);
    BOOST_TEST(status_of(person_body(person, {{"lot", "OLD-1"}})) == 409u);
    BOOST_TEST(status_of(person_body(person, {{"lot", "BAD-1"}})) == 409u);
    s.set_mode("read-only");
    BOOST_TEST(status_of(person_body(person)) == 503u);
    s.set_mode("normal");
    shown_request nobody = s.registration_of(person_body(person), key);
    nobody.fields.front().second = "Bearer garbage";
    BOOST_TEST(s.send(nobody).status == 401u);

    BOOST_TEST(status_of(person_body(person)) == 201u);
    BOOST_TEST(status_of(person_body(person)) == 200u);
}

// A browser that was given http:// reads this.
BOOST_AUTO_TEST_CASE(plain_http) {
    served_season s;
    const int socket = connect_to(s.server.clinic_port());
    const std::string_view asked = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    BOOST_REQUIRE(::write(socket, asked.data(), asked.size()) > 0);
    std::string answer;
    char buffer[4096];
    ssize_t n = 0;
    while ((n = ::read(socket, buffer, sizeof buffer)) > 0) {
        answer.append(buffer, static_cast<std::size_t>(n));
    }
    ::close(socket);
    BOOST_TEST(n == 0, "closed, not reset");
    BOOST_TEST(answer.starts_with("HTTP/1.1 400 "), answer);
}

BOOST_AUTO_TEST_SUITE_END()

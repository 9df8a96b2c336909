#include "tests/system/problems.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <string>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(errors)

// The refusals that a request brings upon itself, a row each, in both languages, over TLS. What the
// state of the registry brings about is in errors_of_state_test.cpp.
using namespace doseline::test;

namespace {

const std::string person = synthetic_person(1);  // of the open phase

std::string with(const std::string& more) {
    return R"({"national_id":")" + person + R"(",)" + more + "}";
}

struct body_row {
    std::string what;
    std::string body;
    std::string field;
};

// Each as a check and as a registration.
void check_bodies(served_season& s, const std::vector<body_row>& rows, unsigned status,
                  const std::string& code, bool vaccinate) {
    for (const body_row& row : rows) {
        BOOST_TEST_CONTEXT(row.what) {
            const expected_problem expected{status, code, row.field, vaccinate};
            BOOST_TEST_CONTEXT("as a check") {
                check_refused(s.line, s.check_of(row.body), expected);
            }
            BOOST_TEST_CONTEXT("as a registration") {
                check_refused(s.line, s.registration_of(row.body), expected);
            }
        }
    }
}

std::string nested(std::size_t depth) {
    return with(R"("product":)" + std::string(depth, '[') + std::string(depth, ']'));
}

}  // namespace

BOOST_AUTO_TEST_CASE(bad_json) {
    served_season s;
    check_bodies(
        s,
        {
            {"no body", "", ""},
            {"an array", "[]", ""},
            {"a text", R"("national_id")", ""},
            {"null", "null", ""},
            {"never closed", R"({"national_id":"5001019000001")", ""},
            {"bytes behind its end", with(R"("offline":false)") + "x", ""},
            {"two objects", with(R"("offline":false)") + "{}", ""},
            {"a comma too many", R"({"national_id":"5001019000001",})", ""},
            {"a comment", R"({"national_id":"5001019000001"/* */})", ""},
            {"single quotes", "{'national_id':'5001019000001'}", ""},
            {"a field twice", with(R"("national_id":"5001019000002")"), ""},
            {"a field twice, the same", with(R"("national_id":")" + person + '"'), ""},
            {"a field twice, once escaped", with(R"("national\u005fid":"5001019000002")"), ""},
            {"an object's field twice", with(R"("product":{"a":1,"a":2})"), ""},
            {"nested ten thousand deep", nested(10'000), ""},
            {"NaN", with(R"("dose_ml":NaN)"), ""},
            {"infinity", with(R"("dose_ml":Infinity)"), ""},
            {"a leading zero", with(R"("dose_ml":00.5)"), ""},
            {"an overlong slash", with("\"name\":\"\xc0\xaf\""), ""},
            {"a lone continuation byte", with("\"name\":\"\x80\""), ""},
            {"a surrogate in UTF-8", with("\"name\":\"\xed\xa0\x80\""), ""},
            {"past U+10FFFF", with("\"name\":\"\xf4\x90\x80\x80\""), ""},
            {"cut within a character", with("\"name\":\"\xea\xb0\""), ""},
            {"a lone high surrogate", with(R"("name":"\ud800")"), ""},
            {"a lone low surrogate", with(R"("name":"\udc00")"), ""},
            {"a surrogate and no other", with(R"("name":"\ud800\u0041")"), ""},
            {"a raw control character", with("\"name\":\"a\x01\""), ""},
            {"a byte order mark", "\xef\xbb\xbf" + with(R"("offline":false)"), ""},
        },
        400, "BAD_JSON", false);
}

BOOST_AUTO_TEST_CASE(id_invalid) {
    served_season s;
    std::vector<body_row> rows;
    for (const auto& [what, id] : std::vector<std::pair<std::string, std::string>>{
             {"nothing", ""},
             {"12 digits", "500101900001"},
             {"14 digits", "50010190000011"},
             {"a letter", "500101900000a"},
             {"two hyphens", "500101--9000001"},
             {"a hyphen elsewhere", "5001019-000001"},
             {"a space", "500101 9000001"},
             {"the 30th of February", "5002309000001"},
             {"a month 13", "5013019000001"},
             {"a day 0", "5001009000001"},
             {"other digits than ASCII", "５００１０１９００００１"}}) {
        rows.push_back({what, R"({"national_id":")" + id + R"("})", "national_id"});
    }
    check_bodies(s, rows, 422, "ID_INVALID", false);
}

BOOST_AUTO_TEST_CASE(bad_field_of_both) {
    served_season s;
    check_bodies(s,
                 {{"no person", "{}", "national_id"},
                  {"a number", R"({"national_id":5001019000001})", "national_id"},
                  {"null", R"({"national_id":null})", "national_id"},
                  {"an object", R"({"national_id":{}})", "national_id"}},
                 422, "BAD_FIELD", false);
    check_bodies(s, {{"a programme that is none", with(R"("programme":"none")"), "programme"}}, 422,
                 "BAD_FIELD", true);
    check_bodies(s,
                 {{"an exception that is none", with(R"("exception":"NONE")"), "exception"},
                  {"an exception too long", with(R"("exception":")" + std::string(33, 'A') + '"'),
                   "exception"}},
                 422, "BAD_FIELD", true);
}

BOOST_AUTO_TEST_CASE(bad_field_of_a_registration) {
    served_season s;
    const std::vector<std::pair<std::string, std::string>> rows{
        {"name", R"("name":")" + std::string(41, 'x') + '"'},
        {"name", R"("name":"a\nb")"},
        {"name", R"("name":7)"},
        {"evidence", R"("evidence":")" + std::string(201, 'x') + '"'},
        {"occurred_at", R"("occurred_at":"2016-10-04T09:00:00")"},
        {"occurred_at", R"("occurred_at":"2016-02-30T09:00:00+09:00")"},
        {"occurred_at", R"("occurred_at":"2016-10-04")"},
        {"occurred_at", R"("occurred_at":"")"},
        {"occurred_at", R"("occurred_at":1475539200)"},
        {"product", R"("product":")" + std::string(21, 'P') + '"'},
        {"product", R"("product":"P 1")"},
        {"lot", R"("lot":")" + std::string(21, 'L') + '"'},
        {"lot", R"("lot":"L/1")"},
        {"lot", R"("lot":"")"},
        {"site", R"("site":"XX")"},
        {"site", R"("site":"")"},
        {"route", R"("route":"IV")"},
        {"funding", R"("funding":"free")"},
        {"dose_ml", R"("dose_ml":0)"},
        {"dose_ml", R"("dose_ml":-0.5)"},
        {"dose_ml", R"("dose_ml":1.01)"},
        {"dose_ml", R"("dose_ml":0.333)"},
        {"dose_ml", R"("dose_ml":0.5000001)"},
        {"dose_ml", R"("dose_ml":1e308)"},
        {"dose_ml", R"("dose_ml":"0.5")"},
        {"confirm", R"("confirm":"LOT_EXPIRED")"},
        {"confirm", R"("confirm":["EVERYTHING"])"},
        {"confirm", R"("confirm":[1])"},
        {"offline", R"("offline":"true")"},
    };
    for (const auto& [field, text] : rows) {
        BOOST_TEST_CONTEXT(text) {
            check_refused(s.line, s.registration_of(with(text)), {422, "BAD_FIELD", field, true});
        }
    }
}

BOOST_AUTO_TEST_CASE(unknown_field) {
    served_season s;
    check_bodies(s,
                 {{"a misspelt one", with(R"("programm":"demo")"), "programm"},
                  {"another case", with(R"("Programme":"demo")"), "Programme"},
                  {"an empty name", with(R"("":1)"), ""}},
                 422, "UNKNOWN_FIELD", true);
    check_refused(s.line, s.check_of(with(R"("lot":"DEMO-1")")),
                  {422, "UNKNOWN_FIELD", "lot", true});
}

BOOST_AUTO_TEST_CASE(the_key_of_a_registration) {
    served_season s;
    const std::string body = person_body(person);
    shown_request none = s.registration_of(body);
    none.fields.pop_back();
    check_refused(s.line, none, {400, "KEY_MISSING", "Idempotency-Key", true});
    for (const std::string key :
         {"1", "00000000-0000-4000-8000-00000000000", "00000000-0000-4000-8000-0000000000000",
          "00000000-0000-4000-8000-00000000000g", "00000000x0000-4000-8000-000000000000",
          "00000000000040008000000000000000", "{00000000-0000-4000-8000-000000000000}",
          "\"00000000-0000-4000-8000-000000000000", "00000000-0000-4000-8000-000000000000\""}) {
        BOOST_TEST_CONTEXT(key) {
            check_refused(s.line, s.registration_of(body, key),
                          {400, "KEY_INVALID", "Idempotency-Key", true});
        }
    }
}

BOOST_AUTO_TEST_CASE(auth_required) {
    served_season s;
    served_season other;
    std::string changed = s.clinics[0].token;
    changed[20] = changed[20] == 'A' ? 'B' : 'A';
    const std::vector<std::pair<std::string, https_client::fields>> askers{
        {"nobody", {}},
        {"an empty token", {{"Authorization", "Bearer "}}},
        {"another scheme", {{"Authorization", "Basic " + s.clinics[0].token}}},
        {"garbage", {{"Authorization", "Bearer garbage"}}},
        {"one letter changed", {{"Authorization", "Bearer " + changed}}},
        {"one letter more", {{"Authorization", "Bearer " + s.clinics[0].token + 'A'}}},
        {"another registry's clinic", {{"Authorization", "Bearer " + other.clinics[0].token}}},
        {"the operator", {{"Authorization", "Bearer " + operator_token(s.dir)}}},
        {"a cookie of garbage", {{"Cookie", "__Host-doseline=garbage"}}},
    };
    const std::string body = person_body(person);
    for (const auto& [who, fields] : askers) {
        BOOST_TEST_CONTEXT(who) {
            for (const char* const target : {"/v1/checks", "/v1/registrations"}) {
                shown_request r{"POST", target, fields, body};
                r.fields.emplace_back("Content-Type", "application/json");
                r.fields.emplace_back("Idempotency-Key", new_key());
                BOOST_TEST_CONTEXT(target) {
                    check_refused(s.line, r, {401, "AUTH_REQUIRED", "", false});
                }
            }
            for (const char* const target : {"/v1/stock", "/v1/totals", "/v1/registrations/x"}) {
                BOOST_TEST_CONTEXT(target) {
                    check_refused(s.line, {"GET", target, fields, ""},
                                  {401, "AUTH_REQUIRED", "", {}});
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(auth_required_of_operators) {
    served_season s;
    caller line(s.dir / "ca.pem", s.server.admin_port());
    for (const std::string& token : {std::string("garbage"), s.clinics[0].token}) {
        const https_client::fields fields{{"Authorization", "Bearer " + token},
                                          {"Content-Type", "application/json"}};
        const expected_problem refused{401, "AUTH_REQUIRED", "", {}};
        check_refused(line, {"GET", "/admin/v1/status", fields, ""}, refused);
        check_refused(line, {"GET", "/admin/v1/proof", fields, ""}, refused);
        check_refused(line, {"GET", "/", fields, ""}, refused);
        check_refused(line, {"POST", "/admin/v1/mode", fields, R"({"mode":"read-only"})"}, refused);
    }
    BOOST_TEST(text_of(parsed(s.admin.get("/admin/v1/status")), "mode") == "normal");
}

BOOST_AUTO_TEST_CASE(the_keyboard) {
    served_season s;
    for (const std::string user : {"no spaces", "under_score", "12345678901234567"}) {
        shown_request r = s.registration_of(person_body(person));
        r.fields.emplace_back("Doseline-User", user);
        BOOST_TEST_CONTEXT(user) {
            const response got = s.send(r);
            BOOST_TEST(got.status == 422u);
            BOOST_TEST(text_of(parsed(got), "code") == "BAD_FIELD");
            BOOST_TEST(text_of(parsed(got), "field") == "Doseline-User");
        }
    }
}

BOOST_AUTO_TEST_CASE(not_found) {
    served_season s;
    const expected_problem expected{404, "NOT_FOUND", "", {}};
    check_refused(s.line, s.get_of("/v1/nothing"), expected);
    check_refused(s.line, s.get_of("/v1/checks/"), expected);
    check_refused(s.line, s.get_of("/V1/stock"), expected);
    for (const char* const id : {"x", "0", "-1", "18446744073709551616", "%00"}) {
        BOOST_TEST_CONTEXT(id) {
            check_refused(s.line, s.get_of(std::string("/v1/registrations/") + id), expected);
        }
    }

    const response made = s.send(s.registration_of(person_body(person)));
    BOOST_REQUIRE_EQUAL(made.status, 201u);
    const shown_request own = s.get_of(made.field("location"));
    BOOST_TEST(s.send(own).status == 200u);
    shown_request foreign{"GET", own.target, s.json_of(s.clinics[1]), ""};
    const boost::json::object told = check_refused(s.line, foreign, expected);
    // It is told nothing more than of an id that nobody has.
    foreign.target = "/v1/registrations/x";
    BOOST_TEST(told == check_refused(s.line, foreign, expected));
}

BOOST_AUTO_TEST_CASE(method_not_allowed) {
    served_season s;
    const auto refuse = [&](const char* method, const char* target, const std::string& allowed) {
        shown_request r = s.get_of(target);
        r.method = method;
        r.fields.emplace_back("Content-Length", "0");
        BOOST_TEST_CONTEXT(method << ' ' << target) {
            check_refused(s.line, r, {405, "METHOD_NOT_ALLOWED", "", {}});
            const std::string allow = s.send(r).field("allow");
            BOOST_TEST((", " + allow + ',').find(", " + allowed + ',') != std::string::npos,
                       "Allow: " << allow);
        }
    };
    refuse("GET", "/v1/checks", "POST");
    refuse("GET", "/v1/session", "POST");
    refuse("PUT", "/v1/checks", "POST");
    refuse("DELETE", "/v1/registrations", "POST");
    refuse("PUT", "/v1/stock", "GET");
    refuse("PUT", "/v1/stock/movements", "GET");
    refuse("PUT", "/v1/totals", "GET");
    refuse("DELETE", "/", "GET");
    refuse("PUT", "/status", "GET");
}

BOOST_AUTO_TEST_CASE(body_too_large) {
    served_season s;
    constexpr std::size_t most = 64 * 1024;
    for (const char* const target : {"/v1/checks", "/v1/registrations", "/v1/session"}) {
        // The head alone: the refusal must not wait for a body that nobody will read.
        std::string head = std::string("POST ") + target + " HTTP/1.1\r\nHost: localhost\r\n";
        for (const auto& [name, value] : s.json_of(s.clinics[0])) {
            head += name + ": " + value + "\r\n";
        }
        for (const bool english : {false, true}) {
            https_client line(s.dir / "ca.pem", s.server.clinic_port());
            line.send(head + (english ? "Accept-Language: en\r\n" : "") +
                      "Content-Length: " + std::to_string(most + 1) + "\r\n\r\n");
            BOOST_TEST_CONTEXT(target) {
                check_problem(line.receive(), {413, "BODY_TOO_LARGE", "", {}}, english);
            }
        }
    }
    // At the limit it is read.
    const std::string body = person_body(person);
    const response read = s.send(s.check_of(body + std::string(most - body.size(), ' ')));
    BOOST_TEST(read.status == 200u);
}

BOOST_AUTO_TEST_CASE(unsupported_type) {
    served_season s;
    const std::string token = "Bearer " + s.clinics[0].token;
    for (const char* const target : {"/v1/checks", "/v1/registrations"}) {
        for (const std::string type : {"", "text/plain", "application/x-www-form-urlencoded",
                                       "application/jsonp", "text/plain; application/json"}) {
            shown_request r{"POST", target, {{"Authorization", token}}, person_body(person)};
            if (!type.empty()) {
                r.fields.emplace_back("Content-Type", type);
            }
            BOOST_TEST_CONTEXT(target << " as " << type) {
                check_refused(s.line, r, {415, "UNSUPPORTED_TYPE", "", false});
            }
        }
    }
    for (const char* const type : {"application/json; charset=utf-8", "Application/JSON"}) {
        BOOST_TEST(s.send({"POST",
                           "/v1/checks",
                           {{"Authorization", token}, {"Content-Type", type}},
                           person_body(person)})
                       .status == 200u);
    }
}

BOOST_AUTO_TEST_SUITE_END()

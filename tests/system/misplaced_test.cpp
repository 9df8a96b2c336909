// Typed into the wrong place, a number or a name is neither kept nor repeated.
#include "tests/system/searched_season.hpp"

namespace doseline::test {

BOOST_AUTO_TEST_SUITE(misplaced_personal_data)

namespace {

namespace json = boost::json;

struct fixture : searched_season {
    void refused(const std::string& what, const response& r) const {
        BOOST_TEST(r.status >= 400u, what << ": " << r.head << r.body);
        has_nobody("the answer to " + what, r.head + r.body);
    }
    void field_refused(const std::string& field, const json::value& value) {
        json::object more{{field, value}};
        refused(field, desk.register_dose(new_key(), person_body(misplaced.digits, more)));
    }
    void number_and_name_refused(const std::string& field) {
        for (const std::string& text :
             {misplaced.digits, misplaced.hyphenated(), misplaced.name + " x"}) {
            field_refused(field, json::string(text));
        }
    }
    response with_field(const char* method, const char* target, const std::string& name,
                        const std::string& value, const std::string& body = "") {
        https_client::fields fields{{"Authorization", "Bearer " + s.clinics()[0].token},
                                    {"Content-Type", "application/json"}};
        fields.emplace_back("Idempotency-Key", new_key());
        std::erase_if(fields, [&](const auto& f) { return f.first == name; });
        fields.emplace_back(name, value);
        https_client line(s.ca(), s.server().clinic_port());
        return line.request(method, target, fields, body);
    }
    void nothing_is_left() {
        operator_desk operators = s.operators();
        has_nobody("/metrics", operators.get("/metrics").body);
        has_nobody("the status", operators.get("/admin/v1/status").body);
        BOOST_TEST(s.server().terminate() == 0);
        nobody_in_files();
        has_nobody("the log", s.server().log());
        has_nobody("the standard output", s.server().rest_of_output());
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(in_a_body_it_is_refused_and_not_repeated, fixture) {
    for (const char* field : {"programme", "exception", "occurred_at", "product", "lot", "site",
                              "route", "funding", "dose_ml", "confirm", "offline"}) {
        number_and_name_refused(field);
    }
    field_refused("confirm", json::array{misplaced.digits});
    field_refused("dose_ml", std::stoll(misplaced.digits));
    field_refused("name", json::string(misplaced.name + '\n' + misplaced.digits));
    field_refused("evidence", json::string(misplaced.evidence + ' ' + std::string(200, 'x')));
    for (const std::string& text : {misplaced.digits, misplaced.hyphenated(),
                                    "id " + misplaced.digits, registered[2].name.substr(0, 24)}) {
        field_refused(text, 1);
        refused("a check", desk.check(registered[0].digits, {{text, 1}}));
    }
    for (const std::string& body :
         {R"({"national_id":)" + misplaced.digits + '}', R"({"national_id":")" + misplaced.digits,
          R"({"national_id":")" + misplaced.digits + R"(0"})", misplaced.digits,
          R"({"national_id":")" + misplaced.name + R"("})",
          R"({"rows":[{"key":")" + misplaced.digits + R"("}]})"}) {
        refused(body, desk.post("/v1/checks", body));
        refused(body, desk.register_dose(new_key(), body));
        refused(body, desk.post("/v1/session", body));
        refused(body, desk.post("/v1/stock/movements", body, {{"Idempotency-Key", new_key()}}));
    }
    refused("a code", desk.post("/v1/session", R"({"code":")" + misplaced.digits + R"("})"));
    for (const char* field : {"type", "lot", "product", "to", "to_lot", "reason", "quantity"}) {
        json::object move{
            {"type", "waste"}, {"lot", "DEMO-A"}, {"quantity", 1}, {"reason", "LOST"}};
        move[field] = misplaced.digits;
        refused(field, desk.post("/v1/stock/movements", json::serialize(move),
                                 {{"Idempotency-Key", new_key()}}));
    }
    for (const char* field : {"lot", "product", "funding", "site", "route", "occurred_at", "reason",
                              "name", "national_id", "330111-0662607"}) {
        json::object otherwise{{"lot", "DEMO-B"}};
        otherwise[field] = misplaced.digits;
        refused(field, desk.post("/v1/registrations/255/corrections", json::serialize(otherwise),
                                 {{"If-Match", "*"}}));
    }
    for (const char* field : {"key", "lot", "330111-0662607"}) {
        json::object row{{"national_id", registered[0].digits}, {"key", new_key()}};
        row[field] = misplaced.digits;
        const response r = desk.post("/v1/registrations/batch",
                                     json::serialize(json::object{{"rows", json::array{row}}}));
        BOOST_TEST(r.body.find("\"problem\"") != std::string::npos, field << r.body);
        has_nobody("a row's answer", r.body);
    }
    for (const char* field : {"clinic", "person", "from", "330111-0662607"}) {
        refused(field, s.audit({{field, misplaced.digits}}));
    }
    refused("an auditor's number", s.audit({{"national_id", misplaced.digits + '0'}}));
    refused("a mode",
            s.operators().post("/admin/v1/mode", R"({"mode":")" + misplaced.digits + R"("})"));
    nothing_is_left();
}

BOOST_FIXTURE_TEST_CASE(in_a_head_it_is_refused_and_not_repeated, fixture) {
    const std::string body = person_body(registered[0].digits);
    for (const std::string& text : {misplaced.digits, misplaced.hyphenated()}) {
        for (const char* field :
             {"Idempotency-Key", "Doseline-User", "Authorization", "Content-Type"}) {
            refused(field, with_field("POST", "/v1/registrations", field, text, body));
        }
        for (const char* field :
             {"Cookie", "Accept-Language", "Forwarded", "User-Agent", "Range"}) {
            has_nobody(field, with_field("GET", "/v1/stock", field, text).body);
            has_nobody(field, with_field("GET", "/", field, text).body);
        }
        has_nobody("a field's name", with_field("GET", "/v1/stock", text, "x").body);
        for (const std::string& target :
             {"/v1/registrations?national_id=" + text, "/v1/registrations?date=" + text,
              "/v1/registrations?cursor=" + text, "/v1/registrations?clinic=" + text,
              "/v1/stock?clinic=" + text, "/v1/stock/movements?cursor=" + text,
              "/v1/registrations/" + text, "/v1/totals?scope=" + text, "/v1/people/" + text,
              '/' + text}) {
            refused(target, desk.get(target));
            refused(target, s.operators().get(target));
        }
        for (const std::string& target : {"/?" + text, "/page/list?" + text, "/status?" + text}) {
            has_nobody(target, desk.get(target).body);
        }
        for (const std::string& head :
             {"GET /v1/stock HTTP/1.1\r\nHost: localhost\r\n" + text + "\r\n\r\n",
              "GET /v1/stock HTTP/" + text + "\r\nHost: localhost\r\n\r\n",
              text + " /v1/stock HTTP/1.1\r\nHost: localhost\r\n\r\n",
              "GET " + text + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
              "GET / HTTP/1.1\r\nHost: " + text + ".localhost\r\nContent-Length: x\r\n\r\n"}) {
            https_client line(s.ca(), s.server().clinic_port());
            line.send(head);
            refused(head, line.receive());
        }
    }
    nothing_is_left();
}

// The page alone gives back what was typed, to the one who typed it, in the field it was typed in.
BOOST_FIXTURE_TEST_CASE(on_the_page_it_is_not_kept, fixture) {
    const std::string wrong = misplaced.digits + 'x';
    const response again = submit({"/page/check", {{"national_id", wrong}}, {}});
    BOOST_TEST(again.status == 422u);
    BOOST_TEST(form_of(again.body, "/page/check").fields.at("national_id") == wrong);
    BOOST_TEST(found_in(again.body, forms) != "");

    const html_form check{"/page/check", {{"national_id", on_the_page.digits}}, {}};
    const html_form form = form_of(submit(check).body, "/page/register");
    std::vector<searched_form> theirs = forms;
    std::erase_if(theirs, [](const searched_form& f) {  // the number goes on to the next form
        return f.what.find(on_the_page.digits.substr(6)) != std::string::npos;
    });
    for (const std::string& text : {misplaced.digits, misplaced.hyphenated(), misplaced.name + " x",
                                    registered[2].name.substr(0, 24)}) {
        for (const char* field : {"lot", "exception", "key"}) {
            html_form bad = form;
            bad.fields[field] = text;
            const response r = submit(bad);
            BOOST_TEST(r.status == 422u, field << ": " << text << r.body);
            BOOST_TEST(found_in(r.body, theirs) == "");
        }
    }
    refused("a code", submit({"/page/login", {{"code", misplaced.digits}}, {}}));
    refused("a reason",
            submit({"/page/void", {{"pick", misplaced.digits}, {"reason", misplaced.name}}, {}}));
    refused("a corrected lot",
            submit({"/page/correct", {{"pick", misplaced.digits}, {"lot", misplaced.digits}}, {}}));
    nothing_is_left();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test

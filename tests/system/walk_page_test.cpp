// The page without JavaScript: forms as a browser would send them, the token in a cookie.
#include "tests/system/html_form.hpp"
#include "tests/system/season.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace doseline::test {

BOOST_AUTO_TEST_SUITE(walk_page)

namespace {

struct browser {
    https_client line;
    std::string origin;
    std::string token;

    https_client::fields fields() const {
        return {{"Cookie", "theme=dark; __Host-doseline=" + token}, {"Accept-Language", "en"}};
    }
    response open(std::string_view target) { return line.request("GET", target, fields()); }
    response submit(const html_form& form) {
        https_client::fields all = fields();
        all.emplace_back("Content-Type", "application/x-www-form-urlencoded");
        all.emplace_back("Origin", origin);
        return line.request("POST", form.action, all, form.encoded());
    }
};

struct fixture {
    season s{2, 10};
    browser pc{https_client(s.ca(), s.server().clinic_port()), "https://localhost",
               s.clinics()[0].token};

    std::int64_t given(std::size_t clinic) {
        return number_of(s.desk(clinic).get_json("/v1/totals?scope=clinic"), "doses");
    }
    html_form check_form(std::string_view person) {
        html_form form = form_of(pc.open("/").body, "/page/check");
        BOOST_REQUIRE(form.fields.contains("national_id"));
        form.fields["national_id"] = person;
        return form;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(two_forms_take_a_person_from_check_to_receipt, fixture) {
    const response answer = pc.submit(check_form(synthetic_person(1)));
    BOOST_REQUIRE_MESSAGE(answer.status == 200, answer.body);
    BOOST_TEST(answer.field("content-type") == "text/html; charset=utf-8");
    BOOST_TEST(given(0) == 0);
    BOOST_TEST(s.desk(1).decision(synthetic_person(1)) == "IN_PROGRESS_ELSEWHERE");

    const html_form form = form_of(answer.body, "/page/register");
    const response registered = pc.submit(form);
    BOOST_REQUIRE_MESSAGE(registered.status == 201, registered.body);
    BOOST_TEST(registered.body.find("AUTO_OK") != std::string::npos);
    BOOST_TEST(given(0) == 1);
    BOOST_TEST(s.desk(1).decision(synthetic_person(1)) == "ALREADY_VACCINATED");

    // Sent again, as a reload of the page does.
    BOOST_TEST(pc.submit(form).status == 200);
    BOOST_TEST(given(0) == 1);
}

BOOST_FIXTURE_TEST_CASE(a_person_may_be_registered_though_the_answer_was_no, fixture) {
    const response answer = pc.submit(check_form(synthetic_person(1, 1875)));
    BOOST_REQUIRE(answer.status == 200);
    const response registered = pc.submit(form_of(answer.body, "/page/register"));
    BOOST_REQUIRE_MESSAGE(registered.status == 201, registered.body);
    BOOST_TEST(registered.body.find("NOT_YET") != std::string::npos);
    BOOST_TEST(registered.body.find("REVIEW") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(an_exception_is_chosen_from_those_offered, fixture) {
    const response answer = pc.submit(check_form(synthetic_person(1, 1885)));
    html_form form = form_of(answer.body, "/page/register");
    const std::string wanted = "UNDERLYING_DISEASE";
    BOOST_REQUIRE_MESSAGE(std::ranges::count(form.options, wanted) == 1, answer.body);
    BOOST_REQUIRE(form.fields.contains("exception"));
    form.fields["exception"] = wanted;
    form.fields["evidence"] = "소견서 & 확인";
    const response registered = pc.submit(form);
    BOOST_REQUIRE_MESSAGE(registered.status == 201, registered.body);
    BOOST_TEST(registered.body.find("REVIEW") != std::string::npos);
    BOOST_TEST(registered.body.find("NOT_ELIGIBLE") == std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(no_error_clears_the_field, fixture) {
    const response answer = pc.submit(check_form("5013019\"><b>"));
    BOOST_TEST(answer.status == 422);
    BOOST_TEST(answer.body.find("<b>\"") == std::string::npos);
    const html_form again = form_of(answer.body, "/page/check");
    BOOST_TEST(again.fields.at("national_id").starts_with("5013019"), answer.body);
    BOOST_TEST(given(0) == 0);
}

BOOST_FIXTURE_TEST_CASE(a_form_of_another_site_registers_nothing, fixture) {
    const response answer = pc.submit(check_form(synthetic_person(1)));
    const html_form form = form_of(answer.body, "/page/register");
    for (const char* origin : {"https://elsewhere.example", "http://localhost", "null"}) {
        browser other{https_client(s.ca(), s.server().clinic_port()), origin, pc.token};
        const unsigned status = other.submit(form).status;
        BOOST_TEST(status >= 400, origin << ": " << status);
    }
    BOOST_TEST(given(0) == 0);
}

BOOST_FIXTURE_TEST_CASE(the_page_speaks_both_languages_and_knows_its_clinic, fixture) {
    const response korean = pc.open("/?lang=ko");
    const response english = pc.open("/?lang=en");
    BOOST_TEST(korean.body.find("<html lang=\"ko\"") != std::string::npos);
    BOOST_TEST(english.body.find("<html lang=\"en\"") != std::string::npos);
    BOOST_TEST(english.body.find("10") != std::string::npos);  // of its vaccine
}

BOOST_FIXTURE_TEST_CASE(who_has_no_token_may_look_and_do_nothing, fixture) {
    https_client anyone(s.ca(), s.server().clinic_port());
    BOOST_TEST(anyone.request("GET", "/").status == 200);
    BOOST_TEST(anyone
                   .request("POST", "/page/check",
                            {{"Content-Type", "application/x-www-form-urlencoded"}},
                            "national_id=" + synthetic_person(1))
                   .status == 401);
    browser forged{https_client(s.ca(), s.server().clinic_port()), pc.origin, pc.token};
    forged.token.back() = forged.token.back() == 'A' ? 'B' : 'A';
    forged.token[20] = forged.token[20] == 'A' ? 'B' : 'A';
    const html_form form{"/page/check", {{"national_id", synthetic_person(1)}}, {}};
    BOOST_TEST(forged.submit(form).status == 401);
}

BOOST_FIXTURE_TEST_CASE(the_cookie_and_the_header_are_one_identity, fixture) {
    https_client::fields fields = pc.fields();
    fields.emplace_back("Content-Type", "application/json");
    fields.emplace_back("Idempotency-Key", new_key());
    const std::string body = person_body(synthetic_person(1));
    BOOST_TEST(pc.line.request("POST", "/v1/registrations", fields, body).status == 201);
    clinic_desk desk = s.desk(0);
    const response again = desk.register_dose(fields.back().second, body);
    BOOST_TEST(again.status == 200);
    BOOST_TEST(again.field("replayed") == "true");
}

BOOST_FIXTURE_TEST_CASE(what_was_registered_by_mistake_is_taken_back_at_once, fixture) {
    const response answer = pc.submit(check_form(synthetic_person(1)));
    const response registered = pc.submit(form_of(answer.body, "/page/register"));
    html_form undo = form_of(registered.body, "/page/void");
    BOOST_REQUIRE(std::ranges::count(undo.options, std::string("NOT_GIVEN")) == 1);
    undo.fields["reason"] = "NOT_GIVEN";
    const response back = pc.submit(undo);
    BOOST_TEST(back.status == 200u, back.body);
    BOOST_TEST(back.body.find("Vaccine left: 10") != std::string::npos);
    BOOST_TEST(s.desk(1).decision(synthetic_person(1)) == "ELIGIBLE");
    BOOST_TEST(pc.submit(undo).status == 200u);  // a reload of the page
    undo.fields["reason"] = "OTHER";
    BOOST_TEST(pc.submit(undo).status == 412u);
}

BOOST_FIXTURE_TEST_CASE(the_list_of_today_shows_and_takes_back, fixture) {
    BOOST_TEST(pc.open("/page/list").body.find("Nothing was registered") != std::string::npos);
    for (unsigned n = 1; n <= 2; ++n) {
        s.desk(0).register_dose(new_key(),
                                person_body(synthetic_person(n), {{"name", "<김&가상>"}}));
    }
    s.desk(1).register_dose(new_key(), person_body(synthetic_person(3)));
    const response list = pc.open("/page/list");
    BOOST_REQUIRE(list.status == 200u);
    BOOST_TEST(list.body.find("&lt;김&amp;가상&gt;") != std::string::npos);
    BOOST_TEST(list.body.find(synthetic_person(1)) == std::string::npos);
    html_form form = form_of(list.body, "/page/correct");
    form.action = "/page/void";  // as its button says
    BOOST_TEST(list.body.find("formaction=\"/page/void\"") != std::string::npos);
    form.fields["reason"] = "WRONG_PERSON";  // of the row that the form chose: the last
    BOOST_REQUIRE(!form.fields["pick"].empty());
    BOOST_TEST(pc.submit(form).status == 200u);
    BOOST_TEST(pc.open("/page/list").body.find("taken back") != std::string::npos);
    BOOST_TEST(number_of(s.desk(0).get_json("/v1/totals?scope=clinic"), "remaining") == 9);
}

BOOST_FIXTURE_TEST_CASE(the_list_of_today_puts_a_lot_right, fixture) {
    const response made =
        s.desk(0).register_dose(new_key(), person_body(synthetic_person(1), {{"lot", "DEMO-A"}}));
    const std::string where = made.field("location");
    html_form form = form_of(pc.open("/page/list").body, "/page/correct");
    form.fields.erase("confirm");                // a box that is not ticked
    form.fields["reason"] = "NOT_GIVEN";         // stands beside it and means nothing here
    BOOST_TEST(pc.submit(form).status == 422u);  // Enter, and no lot
    form.fields["lot"] = "DEMO-B";
    const response done = pc.submit(form);
    BOOST_TEST(done.status == 200u, done.body);
    BOOST_TEST(done.body.find("Corrected") != std::string::npos);
    BOOST_TEST(done.body.find("Vaccine left: 9") != std::string::npos);
    BOOST_TEST(text_of(s.desk(0).get_json(where), "lot") == "DEMO-B");
    BOOST_TEST(pc.submit(form).status == 200u);  // a reload of the page
    BOOST_TEST(s.desk(0).get(where).field("etag") == "\"2\"");

    form = form_of(pc.open("/page/list").body, "/page/correct");
    form.fields["lot"] = "DEMO-EXPIRED";
    form.fields.erase("confirm");
    BOOST_TEST(pc.submit(form).status == 409u);
    form.fields["confirm"] = "yes";
    BOOST_TEST(pc.submit(form).body.find("LOT_EXPIRED") != std::string::npos);
    const std::string token = pc.token;
    pc.token = s.clinics()[1].token;
    BOOST_TEST(pc.submit(form).status == 404u);
    pc.token = token;
    pc.origin = "https://elsewhere.example";
    BOOST_TEST(pc.submit(form).status == 401u);
}

BOOST_FIXTURE_TEST_CASE(the_day_is_ended_with_one_number, fixture) {
    const response first = pc.open("/page/day");
    BOOST_REQUIRE(first.status == 200u);
    BOOST_TEST(pc.open("/").body.find("/page/day") != std::string::npos);
    html_form form = form_of(first.body, "/page/day");
    BOOST_TEST(form.fields.at("unsent") == "");  // nobody says by mistake that nothing is left
    BOOST_REQUIRE(form.options.size() == 8u);
    form.fields["date"] = form.options.front();
    BOOST_TEST(pc.submit(form).status == 422u);
    form.fields["unsent"] = "3";
    const response said = pc.submit(form);
    BOOST_TEST(said.status == 200u, said.body);
    BOOST_TEST(said.body.find("3 to be entered later") != std::string::npos);
    BOOST_TEST(said.body.find("in the refrigerator: <b>7</b>") != std::string::npos);
    BOOST_TEST(text_of(s.desk(0).get_json("/v1/day"), "state") == "CLOSING");
    BOOST_TEST(pc.submit(form).status == 200u);  // a reload of the page
    form.fields["unsent"] = "0";
    BOOST_TEST(pc.submit(form).body.find("the day is ended") != std::string::npos);
    BOOST_TEST(text_of(s.desk(0).get_json("/v1/day"), "state") == "CLOSED");
    BOOST_TEST(text_of(s.desk(1).get_json("/v1/day"), "state") == "NONE");

    form.fields["date"] = form.options.back();
    BOOST_TEST(pc.submit(form).status == 200u);
    for (const char* const rows : {"", "-1", "1.5", "x", "10001", "70000"}) {
        form.fields["unsent"] = rows;
        BOOST_TEST(pc.submit(form).status == 422u, rows);
    }
    form.fields["unsent"] = "10000";
    BOOST_TEST(pc.submit(form).status == 200u);
    for (const char* const date : {"2999-01-01", "2016-10-04", "today"}) {
        form.fields["date"] = date;
        const response refused = pc.submit(form);
        BOOST_TEST(refused.status == 422u, date);
        BOOST_TEST(refused.body.find("action=\"/page/day\"") != std::string::npos, date);
    }
    form.fields["date"] = form.options.front();
    pc.origin = "https://elsewhere.example";
    BOOST_TEST(pc.submit(form).status == 401u);
    pc.origin = "https://localhost";
    pc.token = "";
    BOOST_TEST(pc.submit(form).status == 401u);
    BOOST_TEST(pc.open("/page/day").status == 401u);
    BOOST_TEST(text_of(s.desk(0).get_json("/v1/day"), "state") == "CLOSED");
}

BOOST_FIXTURE_TEST_CASE(nobody_lists_or_takes_back_without_a_token_or_from_elsewhere, fixture) {
    s.desk(0).register_dose(new_key(), person_body(synthetic_person(1)));
    html_form form = form_of(pc.open("/page/list").body, "/page/correct");
    form.action = "/page/void";
    form.fields["reason"] = "OTHER";
    const std::string token = pc.token;
    pc.token = "";
    BOOST_TEST(pc.open("/page/list").status == 401u);
    BOOST_TEST(pc.submit(form).status == 401u);
    pc.token = s.clinics()[1].token;
    BOOST_TEST(pc.submit(form).status == 404u);
    pc.token = token;
    pc.origin = "https://elsewhere.example";
    BOOST_TEST(pc.submit(form).status == 401u);
    pc.origin = "https://localhost";
    for (const char* const pick : {"", "1", ".", "x.1", "7.0", "7.99999"}) {
        html_form wrong = form;
        wrong.fields["pick"] = pick;
        BOOST_TEST(pc.submit(wrong).status >= 400u, pick);
    }
    BOOST_TEST(given(0) == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test

// A clinic's day through the real program: what CONTRACT says of checks and registrations.
#include "tests/system/problem.hpp"
#include "tests/system/season.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace doseline::test {

BOOST_AUTO_TEST_SUITE(walk)

namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::system_clock;
using texts = std::vector<std::string>;

constexpr unsigned eligible_year = 1850;
constexpr unsigned later_year = 1875;
constexpr unsigned exception_year = 1885;
constexpr unsigned outside_year = 1895;
constexpr std::string_view exception = "UNDERLYING_DISEASE";

std::string upper(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
}

// Registered, and as an ordinary answer looks; the answer.
boost::json::object registered(const response& r, const texts& flags, std::string_view claim) {
    BOOST_REQUIRE_MESSAGE(r.status == 201, r.head << r.body);
    const boost::json::object answer = parsed(r);
    BOOST_TEST(texts_of(answer, "flags") == flags, boost::test_tools::per_element());
    BOOST_TEST(text_of(answer, "claim") == claim);
    BOOST_TEST(r.field("location") == "/v1/registrations/" + text_of(answer, "id"));
    BOOST_TEST(r.field("etag") == "\"1\"");
    BOOST_TEST(!r.has("replayed"));
    BOOST_TEST(!text_of(answer, "receipt").empty());
    BOOST_TEST(number_of(answer, "seq") > 0);
    return answer;
}

boost::json::object shot(clinic_desk& desk, std::string_view person, boost::json::object more,
                         const texts& flags, std::string_view claim) {
    return registered(desk.register_dose(new_key(), person_body(person, std::move(more))), flags,
                      claim);
}

struct fixture {
    season s;
    clinic_desk first = s.desk(0);
    clinic_desk second = s.desk(1);
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(births_of_the_first_phase_are_eligible_in_every_spelling, fixture) {
    for (const std::string& id : texts{"0001019000001", "500101-9000001", "5001010000001",
                                       "501231-0000001", "6912319000001"}) {
        BOOST_TEST_CONTEXT(id) {
            const auto answer = parsed(first.check(id));
            BOOST_TEST(text_of(answer, "decision") == "ELIGIBLE");
            BOOST_TEST(answer.at("vaccinate").as_bool());
            BOOST_TEST(number_of(answer, "remaining") == 100);
            BOOST_TEST(answer.contains("hold_until"));
            BOOST_TEST(!text_of(answer, "reason").empty());
        }
    }
}

BOOST_FIXTURE_TEST_CASE(births_of_a_later_phase_are_not_yet_eligible, fixture) {
    const std::string person = synthetic_person(1, later_year);
    const auto made = parsed(first.check(person));
    BOOST_TEST(text_of(made, "decision") == "NOT_YET");
    BOOST_TEST(!made.at("vaccinate").as_bool());
    BOOST_TEST(!made.contains("hold_until"));
    // The season may have been made on the day before.
    const auto now = system_clock::now();
    const texts days{korean_day(now + hours(6 * 24)), korean_day(now + hours(7 * 24))};
    BOOST_TEST(std::ranges::count(days, text_of(made, "opens")) == 1, text_of(made, "opens"));
}

BOOST_FIXTURE_TEST_CASE(an_exception_opens_what_age_alone_does_not, fixture) {
    const std::string person = synthetic_person(1, exception_year);
    BOOST_TEST(first.decision(person) == "NOT_ELIGIBLE_AGE");
    const auto made = parsed(first.check(person, {{"exception", exception}}));
    BOOST_TEST(text_of(made, "decision") == "ELIGIBLE_EXCEPTION");
    BOOST_TEST(made.at("vaccinate").as_bool());
    BOOST_TEST(made.contains("hold_until"));
}

BOOST_FIXTURE_TEST_CASE(births_of_no_phase_are_not_eligible_whatever_exception_is_named, fixture) {
    const std::string person = synthetic_person(1, outside_year);
    const auto made = parsed(first.check(person));
    BOOST_TEST(text_of(made, "decision") == "NOT_ELIGIBLE_AGE");
    BOOST_TEST(!made.at("vaccinate").as_bool());
    BOOST_TEST(!made.contains("hold_until"));
    BOOST_TEST(first.decision(person, {{"exception", exception}}) == "NOT_ELIGIBLE_AGE");
}

BOOST_FIXTURE_TEST_CASE(a_programme_of_health_centres_is_closed_at_a_clinic, fixture) {
    const auto made = parsed(first.check(synthetic_person(1), {{"programme", "demo-local"}}));
    BOOST_TEST(text_of(made, "decision") == "CLOSED_HERE");
    BOOST_TEST(!made.at("vaccinate").as_bool());
}

BOOST_FIXTURE_TEST_CASE(a_check_holds_the_person_against_other_clinics, fixture) {
    const std::string person = synthetic_person(1);
    const auto held = parsed(first.check(person));
    BOOST_TEST(text_of(held, "decision") == "ELIGIBLE");
    const auto now = system_clock::now();
    const std::string until = text_of(held, "hold_until");
    BOOST_TEST((until > korean_time(now + minutes(29))), until);
    BOOST_TEST((until < korean_time(now + minutes(31))), until);
    const auto made = parsed(second.check(person));
    BOOST_TEST(text_of(made, "decision") == "IN_PROGRESS_ELSEWHERE");
    BOOST_TEST(text_of(made, "vaccinate") == "ask");
    BOOST_TEST(first.decision(person) == "ELIGIBLE");  // its own hold, renewed
}

BOOST_FIXTURE_TEST_CASE(a_shot_ends_the_hold_of_any_clinic, fixture) {
    const std::string person = synthetic_person(1);
    BOOST_TEST(first.decision(person) == "ELIGIBLE");
    const auto answer = shot(second, person, {}, {}, "AUTO_OK");
    for (clinic_desk* desk : {&first, &second}) {
        const auto made = parsed(desk->check(person));
        BOOST_TEST(text_of(made, "decision") == "ALREADY_VACCINATED");
        BOOST_TEST(!made.at("vaccinate").as_bool());
        BOOST_TEST(!made.contains("hold_until"));
        const auto& last = made.at("last_dose").as_object();
        const auto recorded =
            second.get_json("/v1/registrations/" + text_of(answer, "id")).at("recorded_at");
        BOOST_TEST(text_of(last, "date") == std::string(recorded.as_string()).substr(0, 10));
        BOOST_TEST(text_of(last, "region") == s.clinics()[1].region);
    }
}

BOOST_FIXTURE_TEST_CASE(a_registration_is_there_for_its_clinic_alone, fixture) {
    const auto answer = registered(
        first.register_dose(new_key(), person_body(synthetic_person(1), {{"name", "김누리"}}),
                            {{"Doseline-User", "NURSE-7"}}),
        {}, "AUTO_OK");
    BOOST_TEST(number_of(answer, "remaining") == 99);
    BOOST_TEST(number_of(parsed(first.check(synthetic_person(2))), "remaining") == 99);

    const std::string where = "/v1/registrations/" + text_of(answer, "id");
    const response read = first.get(where);
    BOOST_REQUIRE(read.status == 200);
    BOOST_TEST(read.field("etag") == "\"1\"");
    BOOST_TEST(text_of(parsed(read), "id") == text_of(answer, "id"));
    BOOST_TEST(parsed(read).at("versions").as_array().size() == 1);
    BOOST_TEST(read.body.find("\"NURSE-7\"") != std::string::npos, read.body);
    BOOST_TEST(read.body.find(synthetic_person(1)) == std::string::npos, read.body);
    is_problem(second.get(where), 404, "NOT_FOUND");
}

BOOST_FIXTURE_TEST_CASE(the_same_key_gives_the_same_answer_however_it_is_written, fixture) {
    const std::string key = new_key();
    const std::string body = person_body(synthetic_person(1), {{"name", "김누리"}});
    const response original = first.register_dose(key, body);
    registered(original, {}, "AUTO_OK");
    shot(first, synthetic_person(2), {}, {}, "AUTO_OK");  // lowers what a replay must not show
    for (const std::string& written :
         texts{key, '"' + key + '"', upper(key), '"' + upper(key) + '"'}) {
        BOOST_TEST_CONTEXT(written) {
            const response again = first.register_dose(written, body);
            BOOST_TEST(again.status == 200);
            BOOST_TEST(again.field("replayed") == "true");
            BOOST_TEST(again.field("location") == original.field("location"));
            BOOST_TEST(again.body == original.body);
        }
    }
    BOOST_TEST(number_of(parsed(first.check(synthetic_person(3))), "remaining") == 98);
}

BOOST_FIXTURE_TEST_CASE(a_key_is_good_for_one_content_and_one_clinic, fixture) {
    const std::string key = new_key();
    const std::string body = person_body(synthetic_person(1));
    registered(first.register_dose(key, body), {}, "AUTO_OK");
    is_problem(first.register_dose(key, person_body(synthetic_person(2))), 422, "KEY_REUSED");
    is_problem(first.register_dose(key, person_body(synthetic_person(1), {{"name", "이"}})), 422,
               "KEY_REUSED");
    registered(second.register_dose(key, person_body(synthetic_person(2))), {}, "AUTO_OK");
}

BOOST_FIXTURE_TEST_CASE(a_refusal_does_not_consume_the_key, fixture) {
    const std::string key = new_key();
    const auto future = korean_time(system_clock::now() + minutes(10));
    is_problem(
        first.register_dose(key, person_body(synthetic_person(1), {{"occurred_at", future}})), 422,
        "FUTURE_DATE");
    is_problem(first.register_dose(key, "{"), 400, "BAD_JSON");
    is_problem(first.register_dose(key, person_body("5013019000001")), 422, "ID_INVALID");
    is_problem(first.register_dose(key, person_body(synthetic_person(1), {{"x", 1}})), 422,
               "UNKNOWN_FIELD");
    registered(first.register_dose(key, person_body(synthetic_person(1))), {}, "AUTO_OK");
}

BOOST_FIXTURE_TEST_CASE(a_missing_or_malformed_key_is_named, fixture) {
    const std::string body = person_body(synthetic_person(1));
    is_problem(first.post("/v1/registrations", body), 400, "KEY_MISSING");
    for (const std::string& key : texts{"1", new_key() + "0", '"' + new_key(), "x" + new_key()}) {
        is_problem(first.register_dose(key, body), 400, "KEY_INVALID");
    }
}

BOOST_FIXTURE_TEST_CASE(a_second_shot_is_recorded_and_not_payable, fixture) {
    const std::string person = synthetic_person(1);
    shot(first, person, {}, {}, "AUTO_OK");
    const auto twice = shot(second, person, {}, {"ALREADY_VACCINATED"}, "NOT_PAYABLE");
    BOOST_TEST(number_of(twice, "remaining") == 99);
    shot(first, person, {}, {"ALREADY_VACCINATED"}, "NOT_PAYABLE");
}

BOOST_FIXTURE_TEST_CASE(phases_exceptions_and_days_tell_in_flags_and_claim, fixture) {
    shot(first, synthetic_person(1, later_year), {}, {"NOT_YET"}, "REVIEW");
    shot(first, synthetic_person(2, exception_year),
         {{"exception", exception}, {"evidence", "소견서"}}, {}, "REVIEW");
    const std::string yesterday = korean_time(system_clock::now() - hours(24));
    shot(first, synthetic_person(3), {{"occurred_at", yesterday}}, {"LATE"}, "AUTO_OK");
    BOOST_TEST(number_of(parsed(first.check(synthetic_person(4))), "remaining") == 97);
}

BOOST_FIXTURE_TEST_CASE(a_lot_past_its_date_or_recalled_wants_a_confirmation, fixture) {
    for (const auto& [lot, code] :
         {std::pair{"DEMO-EXPIRED", "LOT_EXPIRED"}, std::pair{"DEMO-RECALLED", "LOT_RECALLED"}}) {
        BOOST_TEST_CONTEXT(lot) {
            const std::string key = new_key();
            const std::string person = synthetic_person(lot[5] == 'E' ? 1 : 2);
            const response asked = first.register_dose(key, person_body(person, {{"lot", lot}}));
            is_problem(asked, 409, code);
            BOOST_TEST(texts_of(parsed(asked), "confirm") == texts{code},
                       boost::test_tools::per_element());
            const response sent = first.register_dose(
                key, person_body(person, {{"lot", lot}, {"confirm", boost::json::array{code}}}));
            BOOST_TEST(sent.status == 201, sent.body);
        }
    }
}

BOOST_FIXTURE_TEST_CASE(a_twin_on_another_connection_waits_and_gets_the_same_answer, fixture) {
    clinic_desk twin = s.desk(0);
    for (unsigned round = 0; round < 50; ++round) {
        const std::string bytes =
            first.registration_bytes(new_key(), person_body(synthetic_person(round)));
        first.line().send(bytes);
        twin.line().send(bytes);
        const response one = first.line().receive();
        const response other = twin.line().receive();
        BOOST_TEST(std::min(one.status, other.status) == 200u);
        BOOST_TEST(std::max(one.status, other.status) == 201u);
        BOOST_TEST(one.has("replayed") != other.has("replayed"));
        BOOST_TEST(one.body == other.body);
    }
    BOOST_TEST(number_of(parsed(first.check(synthetic_person(50))), "remaining") == 50);
}

BOOST_FIXTURE_TEST_CASE(every_answer_is_the_same_after_a_stop_and_a_start, fixture) {
    struct sent {
        std::string key;
        std::string body;
        std::string answer;
    };
    std::vector<sent> all;
    for (unsigned n = 0; n < 10; ++n) {
        sent one{new_key(), person_body(synthetic_person(n / 2), {{"name", "김누리"}}), {}};
        one.answer = first.register_dose(one.key, one.body).body;
        all.push_back(std::move(one));
    }
    BOOST_TEST(second.decision(synthetic_person(20)) == "ELIGIBLE");
    const auto stock = first.get_json("/v1/stock");
    const auto totals = first.get_json("/v1/totals?scope=nation");

    BOOST_TEST(s.server().terminate() == 0);
    s.serve();
    clinic_desk desk = s.desk(0);
    for (const sent& one : all) {
        const response again = desk.register_dose(one.key, one.body);
        BOOST_TEST(again.status == 200);
        BOOST_TEST(again.field("replayed") == "true");
        BOOST_TEST(again.body == one.answer);
    }
    is_problem(desk.register_dose(all[0].key, person_body(synthetic_person(9))), 422, "KEY_REUSED");
    BOOST_TEST(desk.decision(synthetic_person(0)) == "ALREADY_VACCINATED");
    BOOST_TEST(desk.decision(synthetic_person(20)) == "IN_PROGRESS_ELSEWHERE");
    BOOST_TEST(desk.get_json("/v1/stock").at("accounts") == stock.at("accounts"));
    const auto after = desk.get_json("/v1/totals?scope=nation");
    for (const char* field : {"seq", "doses", "by_hour", "remaining"}) {
        BOOST_TEST(after.at(field) == totals.at(field), field);
    }
    BOOST_TEST(number_of(s.operators().fresh_proof(), "drift") == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test

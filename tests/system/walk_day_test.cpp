// The end of a clinic's day, and what its health centre sees of it, through the real program.
#include "tests/system/problem.hpp"
#include "tests/system/served_region.hpp"

namespace doseline::test {

BOOST_AUTO_TEST_SUITE(walk_day)

namespace json = boost::json;

namespace {

std::string day_ago(int days) {
    return korean_day(std::chrono::system_clock::now() - std::chrono::hours{24 * days});
}

struct reported_region : served_region {
    static response report(clinic_desk& desk, json::object body, https_client::fields more = {}) {
        return desk.post("/v1/day", json::serialize(body), std::move(more));
    }
    static json::object reported(clinic_desk& desk, json::object body) {
        const response r = report(desk, std::move(body));
        BOOST_REQUIRE_MESSAGE(r.status == 201, r.head << r.body);
        return parsed(r);
    }
    void late_shot(unsigned person, const std::string& occurred_at) {
        const response r = clinic->register_dose(
            new_key(), person_body(synthetic_person(person),
                                   {{"lot", "DEMO-A"}, {"occurred_at", occurred_at}}));
        BOOST_REQUIRE_MESSAGE(r.status == 201, r.head << r.body);
    }
    // Code and state of each on the list.
    std::string listed(const std::string& asked = "") {
        std::string all;
        const auto body = centre->get_json("/v1/days" + asked);
        for (const auto& row : body.at("days").as_array()) {
            all +=
                text_of(row.as_object(), "clinic") + " " + text_of(row.as_object(), "state") + ";";
        }
        return all;
    }
    // Of that region, with nothing to tell of them.
    void open_clinics(unsigned from, unsigned count) {
        std::string rows = "code,name,region,kind\n";
        for (unsigned n = from; n < from + count; ++n) {
            rows += std::to_string(80'000'000 + n) + ",Quiet,11010,clinic\n";
        }
        s.server().terminate();
        import("clinics", rows);
        serve();
    }
};

std::int64_t stock_of(const json::object& day, std::string_view name) {
    return number_of(day.at("stock").as_object(), name);
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_clinic_ends_its_day_with_rows_to_send_and_sends_them, reported_region) {
    auto day = clinic->get_json("/v1/day");
    BOOST_TEST(text_of(day, "clinic") == clinic_code);
    BOOST_TEST(text_of(day, "date") == day_ago(0));
    BOOST_TEST(text_of(day, "state") == "OPEN");  // it took deliveries in
    BOOST_TEST(number_of(day, "registered") == 0);
    BOOST_TEST(!day.contains("unsent"));
    BOOST_TEST(!day.contains("reported_at"));
    BOOST_TEST(stock_of(day, "expected") == 100);
    shot(1);

    const response said = report(*clinic, {{"unsent", 2}});
    BOOST_REQUIRE_MESSAGE(said.status == 201, said.head << said.body);
    BOOST_TEST(said.field("replayed") == "");
    day = parsed(said);
    BOOST_TEST(text_of(day, "state") == "CLOSING");
    BOOST_TEST(number_of(day, "unsent") == 2);
    BOOST_TEST(number_of(day, "registered") == 1);
    BOOST_TEST(number_of(day, "registered_since") == 0);
    BOOST_TEST(text_of(day, "reported_at").starts_with(day_ago(0) + "T"));
    BOOST_TEST(stock_of(day, "remaining") == 99);
    BOOST_TEST(stock_of(day, "unsent") == 2);
    BOOST_TEST(stock_of(day, "expected") == 97);
    const auto& accounts = day.at("stock").at("accounts").as_array();
    BOOST_TEST(accounts == clinic->get_json("/v1/stock").at("accounts").as_array());

    const response again = report(*clinic, {{"unsent", 2}, {"date", day_ago(0)}});
    BOOST_TEST(again.status == 200u);
    BOOST_TEST(again.field("replayed") == "true");
    BOOST_TEST(again.body == said.body);

    shot(2);
    day = clinic->get_json("/v1/day");
    BOOST_TEST(text_of(day, "state") == "CLOSING");
    BOOST_TEST(number_of(day, "unsent") == 1);
    BOOST_TEST(stock_of(day, "expected") == 97);  // one more in the book, one less to come
    shot(3);
    day = clinic->get_json("/v1/day");
    BOOST_TEST(text_of(day, "state") == "CLOSED");
    BOOST_TEST(stock_of(day, "expected") == 97);
    shot(4);  // nobody counted on it
    day = clinic->get_json("/v1/day");
    BOOST_TEST(text_of(day, "state") == "CLOSED");
    BOOST_TEST(number_of(day, "registered") == 4);
    BOOST_TEST(number_of(day, "registered_since") == 3);
    BOOST_TEST(stock_of(day, "expected") == 96);
}

BOOST_FIXTURE_TEST_CASE(a_later_report_replaces_an_earlier_one, reported_region) {
    BOOST_TEST(text_of(reported(*clinic, {{"unsent", 0}}), "state") == "CLOSED");
    BOOST_TEST(text_of(reported(*clinic, {{"unsent", 3}}), "state") == "CLOSING");
    BOOST_TEST(text_of(reported(*clinic, {{"unsent", 0}}), "state") == "CLOSED");
    BOOST_TEST(report(*clinic, {{"unsent", 0}}).status == 200u);
}

BOOST_FIXTURE_TEST_CASE(late_rows_are_of_the_day_that_they_name_and_reopen_nothing,
                        reported_region) {
    const std::string yesterday = day_ago(1);
    const std::string at_noon = yesterday + "T12:00:00+09:00";
    BOOST_TEST(text_of(clinic->get_json("/v1/day?date=" + yesterday), "state") == "NONE");
    late_shot(1, at_noon);
    BOOST_TEST(text_of(clinic->get_json("/v1/day?date=" + yesterday), "state") == "OPEN");
    BOOST_TEST(text_of(reported(*clinic, {{"unsent", 0}, {"date", yesterday}}), "state") ==
               "CLOSED");
    late_shot(2, at_noon);
    const auto day = clinic->get_json("/v1/day?date=" + yesterday);
    BOOST_TEST(text_of(day, "state") == "CLOSED");
    BOOST_TEST(number_of(day, "registered") == 2);
    BOOST_TEST(number_of(day, "registered_since") == 1);
    BOOST_TEST(number_of(clinic->get_json("/v1/day"), "registered") == 0);
    // What is missing of any day is missing in the refrigerator today.
    reported(*clinic, {{"unsent", 5}, {"date", yesterday}});
    reported(*clinic, {{"unsent", 2}});
    const auto now = clinic->get_json("/v1/day");
    BOOST_TEST(number_of(now, "unsent") == 2);
    BOOST_TEST(stock_of(now, "unsent") == 7);
    BOOST_TEST(number_of(clinic->get_json("/status"), "unsent") == 7);
    BOOST_TEST(stock_of(now, "expected") == 98 - 7);
}

BOOST_FIXTURE_TEST_CASE(the_public_is_told_how_good_the_number_is, reported_region) {
    const auto confidence = [&] {
        const auto status = clinic->get_json("/status");
        return text_of(status.at("vaccine").as_array().at(0).as_object(), "confidence");
    };
    const std::string yesterday = day_ago(1);
    BOOST_TEST(confidence() == "HIGH");  // nothing was given before today
    late_shot(1, yesterday + "T12:00:00+09:00");
    BOOST_TEST(confidence() == "LOW");  // of the one day that is over nobody said that it is whole
    reported(*clinic, {{"unsent", 0}, {"date", yesterday}});
    BOOST_TEST(confidence() == "HIGH");
    reported(*other, {{"unsent", 200}, {"date", yesterday}});  // the nation's book has 300 doses
    BOOST_TEST(confidence() == "LOW");
    reported(*other, {{"unsent", 0}, {"date", yesterday}});
    BOOST_TEST(confidence() == "HIGH");
    s.server().terminate();
    serve();
    BOOST_TEST(confidence() == "HIGH");
}

BOOST_FIXTURE_TEST_CASE(days_are_as_they_were_after_a_restart, reported_region) {
    shot(1);
    const response said = report(*clinic, {{"unsent", 4}});
    shot(2);
    report(*other, {{"unsent", 0}, {"date", day_ago(3)}});
    const auto before = clinic->get("/v1/day").body;
    const auto others = other->get("/v1/day?date=" + day_ago(3)).body;
    const auto list = centre->get("/v1/days").body;
    BOOST_TEST(number_of(s.operators().fresh_proof(), "drift") == 0);
    s.server().terminate();
    const run_result checked = doseline({"verify", s.dir().string()});
    BOOST_TEST(checked.exit_code == 0, checked.err);
    serve();
    BOOST_TEST(clinic->get("/v1/day").body == before);
    BOOST_TEST(other->get("/v1/day?date=" + day_ago(3)).body == others);
    BOOST_TEST(centre->get("/v1/days").body == list);
    const response again = report(*clinic, {{"unsent", 3}});  // as it is by now
    BOOST_TEST(again.status == 200u);
    BOOST_TEST(again.body == before);
    BOOST_TEST(number_of(s.operators().fresh_proof(), "drift") == 0);
}

BOOST_FIXTURE_TEST_CASE(what_cannot_be_said_of_a_day_is_refused, reported_region) {
    const auto refused = [&](json::object body, std::string_view code, std::string_view field) {
        const response r = report(*clinic, std::move(body));
        is_problem(r, 422, code);
        BOOST_TEST(text_of(parsed(r), "field") == field);
    };
    refused({{"unsent", 10'001}}, "BAD_FIELD", "unsent");
    refused({{"unsent", -1}}, "BAD_FIELD", "unsent");
    refused({{"unsent", 1.5}}, "BAD_FIELD", "unsent");
    refused({{"unsent", "1"}}, "BAD_FIELD", "unsent");
    refused({}, "BAD_FIELD", "unsent");
    refused({{"unsent", 0}, {"date", "2016-13-01"}}, "BAD_FIELD", "date");
    refused({{"unsent", 0}, {"date", day_ago(-1)}}, "FUTURE_DATE", "date");
    refused({{"unsent", 0}, {"date", day_ago(8)}}, "BAD_FIELD", "date");
    refused({{"unsent", 0}, {"clinic", clinic_code}}, "UNKNOWN_FIELD", "clinic");
    is_problem(clinic->post("/v1/day", "[]"), 400, "BAD_JSON");
    BOOST_TEST(text_of(clinic->get_json("/v1/day"), "state") == "OPEN");
    BOOST_TEST(report(*clinic, {{"unsent", 10'000}, {"date", day_ago(7)}}).status == 201u);

    is_problem(clinic->get("/v1/day?date=" + day_ago(-1)), 422, "FUTURE_DATE");
    is_problem(clinic->get("/v1/day?date=" + day_ago(8)), 422, "BAD_FIELD");
    is_problem(clinic->get("/v1/day?date=today"), 422, "BAD_FIELD");
    is_problem(clinic->get("/v1/day?dates="), 422, "UNKNOWN_FIELD");
    BOOST_TEST(clinic->get("/v1/day?date=" + day_ago(7)).status == 200u);
}

BOOST_FIXTURE_TEST_CASE(a_health_centre_sees_who_has_not_ended_the_day, reported_region) {
    BOOST_TEST(listed() == "77000002 OPEN;");  // the other has done nothing yet
    BOOST_TEST(listed("?state=NONE") == "77000003 NONE;");
    reported(*clinic, {{"unsent", 4}});
    reported(*other, {{"unsent", 6}});
    BOOST_TEST(listed() == "77000003 CLOSING;77000002 CLOSING;");
    auto list = centre->get_json("/v1/days?date=" + day_ago(0));
    BOOST_TEST(text_of(list, "region") == "11010");
    BOOST_TEST(text_of(list, "date") == day_ago(0));
    BOOST_TEST(number_of(list, "unsent") == 10);
    https_client watcher(s.ca(), s.server().admin_port());
    const auto metrics = [&] { return watcher.request("GET", "/metrics").body; };
    BOOST_TEST(metrics().find("\ndoseline_unsent_rows{region=\"11010\"} 10\n") !=
               std::string::npos);
    BOOST_TEST(!list.contains("next"));
    const auto& row = list.at("days").as_array()[1].as_object();
    BOOST_TEST(text_of(row, "name") == "Clinic");
    BOOST_TEST(number_of(row, "unsent") == 4);
    BOOST_TEST(number_of(row, "registered") == 0);
    BOOST_TEST(row.contains("reported_at"));
    shot(1);
    BOOST_TEST(number_of(centre->get_json("/v1/days"), "unsent") == 9);
    reported(*other, {{"unsent", 0}});
    BOOST_TEST(listed() == "77000002 CLOSING;");
    BOOST_TEST(listed("?state=CLOSED") == "77000003 CLOSED;");
    BOOST_TEST(number_of(centre->get_json("/v1/days"), "unsent") == 3);
    reported(*clinic, {{"unsent", 2}, {"date", day_ago(7)}});
    BOOST_TEST(metrics().find("\ndoseline_unsent_rows{region=\"11010\"} 5\n") != std::string::npos);
    BOOST_TEST(listed("?date=" + day_ago(1)) == "");
    // One clinic's day, as that sees it.
    BOOST_TEST(centre->get("/v1/day" + query).body == clinic->get("/v1/day").body);
}

BOOST_FIXTURE_TEST_CASE(nobody_else_finds_a_clinics_day, reported_region) {
    reported(*clinic, {{"unsent", 4}});
    for (clinic_desk* desk : {other.get(), far_centre.get()}) {
        is_problem(desk->get("/v1/day" + query), 404, "NOT_FOUND");
    }
    is_problem(clinic->get("/v1/day?clinic=" + std::string(centre_code)), 404, "NOT_FOUND");
    is_problem(clinic->get("/v1/days"), 404, "NOT_FOUND");
    const auto far = far_centre->get_json("/v1/days?state=CLOSING");
    BOOST_TEST(far.at("days").as_array().empty());
    BOOST_TEST(number_of(far, "unsent") == 0);
    is_problem(centre->get("/v1/days?state=closed"), 422, "BAD_FIELD");
    is_problem(centre->get("/v1/days?date=" + day_ago(8)), 422, "BAD_FIELD");
    is_problem(centre->get("/v1/days?date=" + day_ago(-1)), 422, "FUTURE_DATE");
    is_problem(centre->get("/v1/days?clinic=77000002"), 422, "UNKNOWN_FIELD");
    for (const char* cursor : {"1", "99999999", "77000004"}) {  // the last: another region's
        is_problem(centre->get("/v1/days?cursor=" + std::string(cursor)), 422, "BAD_FIELD");
    }
    https_client anyone(s.ca(), s.server().clinic_port());
    BOOST_TEST(anyone.request("GET", "/v1/day").status == 401u);
    BOOST_TEST(anyone.request("GET", "/v1/days").status == 401u);
}

BOOST_FIXTURE_TEST_CASE(a_page_of_the_region_has_fifty_clinics_and_leads_on, reported_region) {
    open_clinics(0, 49);
    BOOST_TEST(listed("?state=NONE").size() == 50u * 14);  // 49, and the other clinic; no centre
    const auto seen = [&] {
        unsigned all = 0;
        std::string cursor;
        for (unsigned pages = 1;; ++pages) {
            const auto page = centre->get_json("/v1/days?state=NONE" + cursor);
            all += static_cast<unsigned>(page.at("days").as_array().size());
            if (!page.contains("next")) {
                return std::pair(all, pages);
            }
            cursor = "&cursor=" + text_of(page, "next");
        }
    };
    open_clinics(49, 53);
    BOOST_TEST(seen().first == 103u);
    BOOST_TEST(seen().second == 3u);
    // A page looks at a thousand clinics, the centre among them, and no further.
    open_clinics(102, 1'000 - 3 - 102);
    BOOST_TEST(listed("?state=CLOSED") == "");
    BOOST_TEST(!centre->get_json("/v1/days?state=CLOSED").contains("next"));
    open_clinics(997, 1);
    const auto page = centre->get_json("/v1/days?state=CLOSED");
    BOOST_TEST(page.at("days").as_array().empty());
    BOOST_REQUIRE(page.contains("next"));
    const auto rest = centre->get_json("/v1/days?state=CLOSED&cursor=" + text_of(page, "next"));
    BOOST_TEST(!rest.contains("next"));
    BOOST_TEST(seen().first == 999u);
}

BOOST_FIXTURE_TEST_CASE(while_nothing_can_be_stored_days_are_seen_and_not_reported,
                        reported_region) {
    reported(*clinic, {{"unsent", 4}});
    s.operators().post("/admin/v1/mode", R"({"mode":"read-only"})");
    is_problem(report(*clinic, {{"unsent", 0}}), 503, "READ_ONLY");
    BOOST_TEST(number_of(clinic->get_json("/v1/day"), "unsent") == 4);
    BOOST_TEST(number_of(centre->get_json("/v1/days"), "unsent") == 4);
    s.operators().post("/admin/v1/mode", R"({"mode":"normal"})");
    BOOST_TEST(report(*clinic, {{"unsent", 0}}).status == 201u);
}

BOOST_FIXTURE_TEST_CASE(a_report_is_audited_and_stands_on_no_list_of_movements, reported_region) {
    const auto before = clinic->get_json("/v1/stock/movements").at("movements").as_array().size();
    const response said = report(*clinic, {{"unsent", 4}}, {{"Doseline-User", "KIM-1"}});
    BOOST_REQUIRE_MESSAGE(said.status == 201, said.head << said.body);
    shot(1);
    BOOST_TEST(clinic->get_json("/v1/stock/movements").at("movements").as_array().size() == before);
    BOOST_TEST(clinic->get_json("/v1/registrations").at("registrations").as_array().size() == 1u);
    const response r = s.audit({{"clinic", clinic_code}});
    BOOST_TEST(r.body.find("REPORTED") != std::string::npos, r.body);
    BOOST_TEST(r.body.find("KIM-1") != std::string::npos, r.body);
    // What is made of the ledger elsewhere takes a report for what it is.
    const auto file = s.dir().parent_path() / "backup";
    BOOST_TEST(doseline({"backup", s.dir().string(), file.string()}).exit_code == 0);
    const run_result rows = doseline({"export", s.dir().string(), "--format", "csv"});
    BOOST_TEST(rows.exit_code == 0, rows.err);
    BOOST_TEST(std::ranges::count(rows.out, '\n') == 2);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test

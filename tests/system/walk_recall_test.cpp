// An operator recalls a lot: what clinics are told from then on.
#include "tests/system/consoles.hpp"
#include "tests/system/problems.hpp"
#include "tests/system/season.hpp"

#include <boost/test/unit_test.hpp>

namespace doseline::test {

BOOST_AUTO_TEST_SUITE(walk_recall)

namespace {

struct fixture {
    run_result import_lots(const std::string& rows) {
        const auto file = s.dir().parent_path() / "lots";
        write_file(file, "lot,product,programme,expires,recalled\n" + rows);
        return doseline({"import", s.dir().string(), "lots", file.string()});
    }
    // As it stands in the stock list: lot, product, programme, expires.
    std::string row_of(clinic_desk& desk, const std::string& lot) {
        const auto answer = desk.get_json("/v1/stock");
        for (const auto& value : answer.at("accounts").as_array()) {
            const auto& a = value.as_object();
            if (text_of(a, "lot") == lot) {
                return lot + ',' + text_of(a, "product") + ",demo," + text_of(a, "expires");
            }
        }
        return {};
    }
    bool is_recalled(clinic_desk& desk, const std::string& lot) {
        const auto answer = desk.get_json("/v1/stock");
        for (const auto& value : answer.at("accounts").as_array()) {
            const auto& a = value.as_object();
            if (text_of(a, "lot") == lot && a.contains("recalled")) {
                return a.at("recalled").as_bool();
            }
        }
        return false;
    }
    static response shot(clinic_desk& desk, unsigned person, boost::json::object more) {
        return desk.register_dose(new_key(),
                                  person_body(synthetic_person(person), std::move(more)));
    }

    season s{2, 100};
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_lot_is_recalled_and_the_recall_is_lifted, fixture) {
    std::string row;
    {
        clinic_desk desk = s.desk(0);
        row = row_of(desk, "DEMO-A");
        BOOST_TEST(shot(desk, 1, {{"lot", "DEMO-A"}}).status == 201u);
        BOOST_TEST(!is_recalled(desk, "DEMO-A"));
    }
    check_failed(import_lots(row + ",true\n"), 1, "in use by process");
    s.server().terminate();
    const run_result recalled = import_lots(row + ",true\n");
    BOOST_TEST(recalled.exit_code == 0, recalled.err);
    s.serve();
    {
        clinic_desk desk = s.desk(0);
        BOOST_TEST(is_recalled(desk, "DEMO-A"));
        BOOST_TEST(!is_recalled(desk, "DEMO-B"));
        const auto problem = check_problem(shot(desk, 2, {{"lot", "DEMO-A"}}),
                                           {409, "LOT_RECALLED", "lot", std::nullopt}, false);
        BOOST_TEST(texts_of(problem, "confirm") == std::vector<std::string>{"LOT_RECALLED"},
                   boost::test_tools::per_element());
        const response given =
            shot(desk, 2, {{"lot", "DEMO-A"}, {"confirm", boost::json::array{"LOT_RECALLED"}}});
        BOOST_TEST(given.status == 201u);
        BOOST_TEST(texts_of(parsed(given), "flags") == std::vector<std::string>{"LOT_RECALLED"},
                   boost::test_tools::per_element());
        BOOST_TEST(text_of(parsed(given), "claim") == "REVIEW");
        // Who names no lot is not given it while there is another.
        const response other = shot(desk, 3, {});
        BOOST_TEST(other.status == 201u);
        BOOST_TEST(texts_of(parsed(other), "flags").empty());
        const response back =
            desk.post("/v1/stock/movements",
                      R"({"type":"waste","lot":"DEMO-A","quantity":48,"reason":"RECALL"})",
                      {{"Idempotency-Key", new_key()}});
        BOOST_TEST(back.status == 201u, back.body);
        BOOST_TEST(number_of(s.operators().fresh_proof(), "drift") == 0);
    }
    s.server().terminate();
    check_failed(import_lots(row + ",true\n"), 1, ":2:1: lot is registered already");
    BOOST_TEST(import_lots(row + ",false\n").exit_code == 0);
    s.serve();
    clinic_desk desk = s.desk(0);
    BOOST_TEST(!is_recalled(desk, "DEMO-A"));
    clinic_desk second = s.desk(1);
    BOOST_TEST(shot(second, 4, {{"lot", "DEMO-A"}}).status == 201u);
}

BOOST_FIXTURE_TEST_CASE(what_else_differs_is_no_recall, fixture) {
    s.server().terminate();
    check_failed(import_lots("DEMO-A,DEMO-QIV,demo,2998-01-01,true\n"), 1, ":2:22: expires");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test

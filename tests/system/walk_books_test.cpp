#include "tests/system/consoles.hpp"
#include "tests/system/season.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(walk_books)

// A season ends, its book is closed, the next one is opened with what is left; and years later the
// old one is destroyed.
using namespace doseline::test;
namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

struct two_books : season {
    two_books() : season(3, 100) {}

    run_result books(const char* what, std::vector<std::string> more = {}) const {
        more.insert(more.begin(), {"season", what, dir().string()});
        return doseline::test::doseline(more);
    }
    // The server is stopped, the book turned, and the next one served.
    void turn() {
        BOOST_TEST_REQUIRE(server().terminate() == 0);
        const run_result closed = books("close");
        BOOST_TEST_REQUIRE(closed.exit_code == 0, closed.err);
        const run_result open = books("open");
        BOOST_TEST_REQUIRE(open.exit_code == 0, open.err);
        serve();
    }
    json::object given(clinic_desk& at, const std::string& key, unsigned n) {
        const response r =
            at.register_dose(key, person_body(synthetic_person(n), {{"name", "Hong"}}));
        BOOST_TEST_REQUIRE((r.status == 200u || r.status == 201u), r.head << r.body);
        return parsed(r);
    }
    response change(clinic_desk& at, const std::string& id, const char* how, json::object what) {
        return at.post("/v1/registrations/" + id + how, json::serialize(what),
                       {{"If-Match", "\"1\""}});
    }
    std::string exported(const char* book) const {
        const run_result r =
            doseline::test::doseline({"export", dir().string(), "--format", "csv", "--book", book,
                                      "--personal", "--reason", "test"});
        BOOST_TEST(r.exit_code == 0, r.err);
        return r.out;
    }
    fs::path key(const char* number) const {
        return dir() / "keys" / (std::string("data-") + number + ".key");
    }
};

// What a clinic has, without the numbers of events.
json::value stock_of(clinic_desk& at) { return at.get_json("/v1/stock").at("accounts"); }

std::string with_hyphen(unsigned n) {
    return synthetic_person(n).substr(0, 6) + '-' + synthetic_person(n).substr(6);
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(the_next_book_begins_with_what_the_last_one_left, two_books) {
    const std::string key_of_first = new_key();
    json::object first;
    json::value stock;
    std::string voided;
    {
        auto at = desk(0);
        first = given(at, key_of_first, 1);
        voided = text_of(given(at, new_key(), 2), "id");
        BOOST_TEST(change(at, voided, "/void", {{"reason", "WRONG_PERSON"}}).status == 200u);
        const response moved = at.post("/v1/stock/movements",
                                       R"({"type":"waste","lot":")" +
                                           text_of(stock_of(at).as_array()[0].as_object(), "lot") +
                                           R"(","quantity":3,"reason":"BREAKAGE"})",
                                       {{"Idempotency-Key", new_key()}});
        BOOST_TEST(moved.status == 201u, moved.body);
        stock = stock_of(at);
    }
    turn();
    auto at = desk(0);
    BOOST_TEST(json::serialize(stock_of(at)) == json::serialize(stock));
    const std::string id = text_of(first, "id");
    // Seen as before, with who it was; the receipt is told again; no change is taken.
    const json::object seen = at.get_json("/v1/registrations/" + id);
    BOOST_TEST(text_of(seen, "national_id") == synthetic_person(1).substr(0, 6) + "-9******");
    const response again =
        at.register_dose(key_of_first, person_body(synthetic_person(1), {{"name", "Hong"}}));
    BOOST_TEST(again.status == 200u);
    BOOST_TEST(json::serialize(parsed(again)) == json::serialize(first));
    for (const auto& [how, what] :
         {std::pair<const char*, json::object>{"/void", {{"reason", "WRONG_PERSON"}}},
          {"/corrections", {{"lot", "X"}, {"reason", "MISTYPED"}}}}) {
        const response refused = change(at, id, how, what);
        BOOST_TEST(refused.status == 409u, refused.body);
        BOOST_TEST(text_of(parsed(refused), "code") == "BOOK_CLOSED");
    }
    // The last dose counts on; of whom it was taken back, none does.
    const json::object checked = parsed(desk(1).check(synthetic_person(1)));
    BOOST_TEST(text_of(checked, "decision") == "ALREADY_VACCINATED");
    BOOST_TEST(checked.contains("last_dose"));
    BOOST_TEST(desk(1).decision(synthetic_person(2)) == "ELIGIBLE");
    const json::object late = given(at, new_key(), 1);
    BOOST_TEST(text_of(late, "claim") == "NOT_PAYABLE");
    BOOST_TEST(number_of(late, "seq") > number_of(first, "seq"));
    // What was registered since can be changed; both books are in the list; the proof holds.
    BOOST_TEST(change(at, text_of(late, "id"), "/void", {{"reason", "WRONG_PERSON"}}).status ==
               200u);
    const json::object list = at.get_json("/v1/registrations");
    BOOST_TEST(list.at("registrations").as_array().size() == 3u);
    BOOST_TEST(number_of(at.get_json("/v1/totals?scope=nation"), "doses") == 0);
    BOOST_TEST(operators().fresh_proof().at("drift").to_number<int>() == 0);
    BOOST_TEST(server().terminate() == 0);
    BOOST_TEST(doseline::test::doseline({"verify", dir().string()}).exit_code == 0);
}

BOOST_FIXTURE_TEST_CASE(a_device_and_what_was_taken_from_it_come_along, two_books) {
    BOOST_TEST(operators()
                   .post("/admin/v1/revocations", R"({"clinic":")" + clinics()[1].code + "\"}")
                   .status == 200u);
    turn();
    BOOST_TEST(desk(0).get("/v1/stock").status == 200u);
    BOOST_TEST(desk(1).get("/v1/stock").status == 401u);
}

BOOST_FIXTURE_TEST_CASE(a_closed_book_is_not_served_and_takes_nothing, two_books) {
    check_failed(books("close"), 1, "in use by process");
    check_failed(books("open"), 1, "in use by process");
    BOOST_TEST(server().terminate() == 0);
    check_failed(books("open"), 1, "is open: close it first");
    BOOST_TEST(books("close").exit_code == 0);
    BOOST_TEST(books("list").out.find("closed") != std::string::npos);
    check_failed(books("close"), 1, "season open");
    check_failed(doseline::test::doseline({"serve", dir().string(), "--listen", "127.0.0.1:0",
                                           "--admin", "127.0.0.1:0"}),
                 1, "season open");
    const fs::path lots = dir() / "lots.csv";
    write_file(lots, "programme,lot,product,expires\r\ndemo,L9,P9,2030-01-01\r\n");
    const std::vector<std::string> import{"import", dir().string(), "lots", lots.string()};
    const std::string before = doseline::test::doseline({"verify", dir().string()}).out;
    check_failed(doseline::test::doseline(import), 1, "is closed: open the next one first");
    BOOST_TEST(doseline::test::doseline({"verify", dir().string()}).out == before);
    check_failed(books("open", {"--year", "2000"}), 2, "--year");
    check_failed(books("open", {"--year", "20000"}), 2);
    BOOST_TEST(books("open", {"--year", "2999"}).exit_code == 0);
    BOOST_TEST(books("list").out.find("book 2 of 2999") != std::string::npos);
    const run_result imported = doseline::test::doseline(import);
    BOOST_TEST(imported.exit_code == 0, imported.err);
}

BOOST_FIXTURE_TEST_CASE(a_destroyed_book_is_unreadable_and_the_open_one_is_not, two_books) {
    std::string old_id;
    {
        auto at = desk(0);
        old_id = text_of(given(at, new_key(), 1), "id");
    }
    turn();
    std::string new_id;
    {
        auto at = desk(0);
        new_id = text_of(given(at, new_key(), 2), "id");
    }
    BOOST_TEST(server().terminate() == 0);
    const fs::path backup = dir().parent_path() / "backup";
    BOOST_TEST(doseline::test::doseline({"backup", dir().string(), backup.string()}).exit_code ==
               0);
    BOOST_TEST(exported("1").find(with_hyphen(1)) != std::string::npos);
    const std::string key_of_old = content_of(key("001"));
    BOOST_TEST_REQUIRE(key_of_old.size() == 76u);

    check_failed(books("destroy", {"1", "--reason", "the law"}), 1, "--early");
    check_failed(books("destroy", {"1", "--early"}), 2, "reason");
    check_failed(books("destroy", {"1", "--early", "--reason", " "}), 2, "reason");
    check_failed(books("destroy", {"2", "--early", "--reason", "the law"}), 1, "closed book");
    BOOST_TEST(fs::exists(key("001")));
    const run_result done = books("destroy", {"1", "--early", "--reason", "the law"});
    BOOST_TEST(done.exit_code == 0, done.err);
    check_failed(books("destroy", {"1", "--early", "--reason", "the law"}), 1, "already");
    BOOST_TEST(books("list").out.find("destroyed") != std::string::npos);

    for (const auto& [name, content] : snapshot_of(dir())) {
        BOOST_TEST(content.find(key_of_old.substr(28)) == std::string::npos, name);
    }
    const std::string rows = exported("1");
    BOOST_TEST(rows.find(with_hyphen(1)) == std::string::npos, rows);
    BOOST_TEST(rows.find("Hong") == std::string::npos, rows);
    BOOST_TEST(rows.find(old_id) != std::string::npos, rows);
    BOOST_TEST(exported("2").find(with_hyphen(2)) != std::string::npos);
    serve();
    json::object destroyed;
    const json::object told_by_audit = parsed(audit({}));
    for (const json::value& each : told_by_audit.at("records").as_array()) {
        if (text_of(each.as_object(), "action") == "BOOK_DESTROYED") {
            destroyed = each.as_object();
        }
    }
    BOOST_TEST(text_of(destroyed, "reason") == "the law");
    BOOST_TEST(number_of(destroyed, "subject") == 1);
    auto at = desk(0);
    BOOST_TEST(!at.get_json("/v1/registrations/" + old_id).contains("national_id"));
    BOOST_TEST(at.get_json("/v1/registrations/" + new_id).contains("national_id"));
    BOOST_TEST(desk(1).decision(synthetic_person(1)) == "ALREADY_VACCINATED");
    BOOST_TEST(operators().fresh_proof().at("drift").to_number<int>() == 0);
    BOOST_TEST(server().terminate() == 0);

    // The backup of before, with the keys that there are.
    const fs::path restored = dir().parent_path() / "restored";
    BOOST_TEST(
        doseline::test::doseline({"restore", backup.string(), restored.string()}).exit_code == 0);
    fs::copy(dir() / "keys", restored / "keys");
    fs::permissions(restored / "keys", fs::perms::owner_all);
    const run_result told =
        doseline::test::doseline({"export", restored.string(), "--format", "csv", "--book", "1",
                                  "--personal", "--reason", "test"});
    BOOST_TEST(told.exit_code == 0, told.err);
    BOOST_TEST(told.out.find(old_id) != std::string::npos);
    BOOST_TEST(told.out.find(with_hyphen(1)) == std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(an_export_of_no_book_says_so, two_books) {
    check_failed(
        doseline::test::doseline({"export", dir().string(), "--format", "csv", "--book", "2"}), 1,
        "no book 2");
    check_failed(
        doseline::test::doseline({"export", dir().string(), "--format", "csv", "--book", "0"}), 2);
}

// Its registrations would be destroyed with another book, or not with their own.
BOOST_FIXTURE_TEST_CASE(keys_of_before_the_turn_are_not_served_with, two_books) {
    turn();
    BOOST_TEST(server().terminate() == 0);
    fs::remove(key("002"));
    const std::vector<std::string> words{"serve",       dir().string(), "--listen",
                                         "127.0.0.1:0", "--admin",      "127.0.0.1:0"};
    check_failed(doseline::test::doseline(words), 1, "doseline rotate");
    check_failed(books("destroy", {"1", "--early", "--reason", "the law"}), 1, "doseline rotate");
    BOOST_TEST(doseline::test::doseline({"rotate", dir().string()}).exit_code == 0);
    serve();
    BOOST_TEST(desk(0).get("/v1/stock").status == 200u);
}

BOOST_AUTO_TEST_SUITE_END()

#include "tests/system/consoles.hpp"
#include "tests/system/season.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(walk_rotation)

// A new data key while clinics register, and what is left when an old one is destroyed.
using namespace doseline::test;
namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

struct rotated_season : season {
    rotated_season() : season(2, 100) {}

    std::string register_one(unsigned n) {
        const response r =
            desk(0).register_dose(new_key(), person_body(synthetic_person(n), {{"name", "Hong"}}));
        BOOST_TEST_REQUIRE(r.status == 201u);
        return text_of(parsed(r), "id");
    }
    // As the clinic sees it: masked, and empty when its key is gone.
    std::string person_of(const std::string& id) {
        const json::object seen = desk(0).get_json("/v1/registrations/" + id);
        return seen.contains("national_id") ? text_of(seen, "national_id") : "";
    }
    response reload() { return operators().post("/admin/v1/reload", ""); }
    fs::path key(const char* number) const {
        return dir() / "keys" / (std::string("data-") + number + ".key");
    }
};

std::string with_hyphen(unsigned n) {
    return synthetic_person(n).substr(0, 6) + '-' + synthetic_person(n).substr(6);
}

std::string masked(unsigned n) { return synthetic_person(n).substr(0, 6) + "-9******"; }

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_new_key_seals_what_comes_after_the_reload, rotated_season) {
    const std::string first = register_one(1);
    const run_result made = doseline::test::doseline({"rotate", dir().string()});
    BOOST_TEST(made.exit_code == 0, made.err);
    BOOST_TEST(made.out.find(key("002").string()) != std::string::npos, made.out);
    BOOST_TEST(made.out.find("into the safe first") != std::string::npos, made.out);
    const std::string second = register_one(2);  // nobody has told the server
    const response told = reload();
    BOOST_TEST(told.status == 200u);
    BOOST_TEST(number_of(parsed(told), "data_key") == 2);
    std::string third;
    for (unsigned n = 3; n < 9; ++n) {  // on whichever reactor
        third = register_one(n);
    }
    BOOST_TEST(person_of(first) == masked(1));
    BOOST_TEST(person_of(second) == masked(2));
    BOOST_TEST(person_of(third) == masked(8));

    // The person is known by a hash that no data key has to do with.
    BOOST_TEST(desk(1).decision(synthetic_person(1)) == "ALREADY_VACCINATED");

    BOOST_TEST(server().terminate() == 0);
    fs::remove(key("001"));
    serve();
    BOOST_TEST(person_of(first) == "");
    BOOST_TEST(person_of(second) == "");
    BOOST_TEST(person_of(third) == masked(8));
    BOOST_TEST(desk(1).decision(synthetic_person(2)) == "ALREADY_VACCINATED");
    BOOST_TEST(operators().fresh_proof().at("drift").to_number<int>() == 0);
    BOOST_TEST(server().terminate() == 0);

    const run_result rows = doseline::test::doseline(
        {"export", dir().string(), "--format", "csv", "--personal", "--reason", "test"});
    BOOST_TEST(rows.exit_code == 0, rows.err);
    for (const unsigned n : {1u, 2u}) {
        BOOST_TEST(rows.out.find(with_hyphen(n)) == std::string::npos);
    }
    BOOST_TEST(rows.out.find(with_hyphen(8)) != std::string::npos);
    BOOST_TEST(doseline::test::doseline({"verify", dir().string()}).exit_code == 0);
}

BOOST_FIXTURE_TEST_CASE(without_the_key_in_use_a_reload_changes_nothing, rotated_season) {
    fs::rename(key("001"), key("001").string() + ".away");
    BOOST_TEST(doseline::test::doseline({"rotate", dir().string()}).exit_code == 1);
    const response told = reload();
    BOOST_TEST(told.status == 422u);
    BOOST_TEST(text_of(parsed(told), "code") == "RELOAD_FAILED");
    BOOST_TEST(told.body.find("data key") != std::string::npos, told.body);
    BOOST_TEST(person_of(register_one(1)) == masked(1));
    fs::rename(key("001").string() + ".away", key("001"));
    BOOST_TEST(number_of(parsed(reload()), "data_key") == 1);
}

BOOST_FIXTURE_TEST_CASE(a_new_master_key_changes_nothing_for_who_is_served, rotated_season) {
    const std::string master = content_of(dir() / "keys" / "master.key");
    const std::string first = register_one(1);
    const run_result made = doseline::test::doseline({"rotate", dir().string(), "--master"});
    BOOST_TEST(made.exit_code == 0, made.err);
    BOOST_TEST(made.out.find("into the safe") != std::string::npos, made.out);
    BOOST_TEST(content_of(dir() / "keys" / "master.key") != master);
    BOOST_TEST(person_of(register_one(2)) == masked(2));
    BOOST_TEST(number_of(parsed(reload()), "data_key") == 1);
    BOOST_TEST(server().terminate() == 0);
    serve();
    BOOST_TEST(person_of(first) == masked(1));
}

BOOST_FIXTURE_TEST_CASE(a_directory_that_is_no_registry_gets_no_key, rotated_season) {
    const temporary_directory other;
    check_failed(doseline::test::doseline({"rotate", other.path().string()}), 1, "init");
    check_failed(doseline::test::doseline({"rotate"}), 2);
    BOOST_TEST(fs::is_empty(other.path()));
}

BOOST_AUTO_TEST_SUITE_END()

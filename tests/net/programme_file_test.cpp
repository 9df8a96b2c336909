#include "net/programme_file.hpp"

#include "core/eligibility.hpp"
#include "storage/private_file.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <chrono>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

BOOST_AUTO_TEST_SUITE(programme_file)

using namespace doseline;
using core::decision;
using core::facility_kind;

namespace {

// Each on its own line, so that what a test puts in its place is where the test says.
const std::string head =
    "code = \"2016-17\"\n"
    "name = \"어르신\"\n"
    "starts = 2016-10-04\n"
    "ends = 2017-04-30\n";
const std::string phase =
    "[[phase]]\n"
    "birth_from = 1900-01-01\n"
    "birth_to = 1941-12-31\n"
    "opens = 2016-10-04\n"
    "closes = 2016-11-15\n";
const std::string exception =
    "[[exception]]\n"
    "code = \"UNDERLYING_DISEASE\"\n"
    "birth_from = 1942-01-01\n"
    "birth_to = 1951-12-31\n"
    "opens = 2016-10-04\n"
    "closes = 2016-11-15\n";

core::civil_day day(std::string_view text) { return core::parse_day(text).value(); }

std::string error_of(const std::string& text) {
    try {
        net::read_programme(text, "s.toml");
    } catch (const net::import_error& e) {
        return e.what();
    }
    return "accepted";
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
    const std::size_t at = text.find(what);
    BOOST_REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), by);
}

core::programme shipped(const std::string& season) {
    const char* source = std::getenv("DOSELINE_SOURCE");
    const std::string path =
        (source == nullptr ? "." : std::string(source)) + "/net/seasons/" + season + ".toml";
    return net::read_programme(storage::read_file(path, 64 * 1024), path);
}

core::eligibility ask(const core::programme& p, std::string_view birth, std::string_view on,
                      facility_kind at = facility_kind::clinic,
                      std::string_view exception_code = {}) {
    const core::exception_kind* excepted = core::find_exception(p, exception_code);
    BOOST_REQUIRE((excepted != nullptr || exception_code.empty()));
    return core::evaluate(p, day(birth), day(on), at, excepted, {});
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_is_left_out_has_the_documented_value) {
    core::programme expected;
    expected.code = "2016-17";
    expected.name = "어르신";
    expected.version = 1;
    expected.starts = day("2016-10-04");
    expected.ends = day("2017-04-30");
    expected.offset = core::zone_offset{540};
    expected.priority = 0;
    expected.schedule = {1, 0};
    const core::phase open{day("1900-01-01"),
                           day("1941-12-31"),
                           day("2016-10-04"),
                           day("2016-11-15"),
                           0b11,
                           core::funding::national,
                           0};
    expected.phases = {open};
    core::phase excepted = open;
    excepted.birth_from = day("1942-01-01");
    excepted.birth_to = day("1951-12-31");
    expected.exceptions = {{"UNDERLYING_DISEASE", excepted, true}};
    BOOST_TEST((net::read_programme(head + phase + exception, "s.toml") == expected));
}

BOOST_AUTO_TEST_CASE(every_key_is_read) {
    const core::programme p = net::read_programme(
        head + "utc_offset_minutes = -840\npriority = 255\ndoses = 20\ninterval_days_min = 3650\n" +
            phase + "facilities = [\"health_centre\"]\nfunding = \"local\"\npriority = 7\n" +
            phase + "facilities = [\"clinic\"]\n" + exception +
            "evidence_required = false\nfacilities = [\"clinic\", \"health_centre\"]\n"
            "funding = \"national\"\npriority = 255\n",
        "s.toml");
    BOOST_TEST(p.offset.count() == -840);
    BOOST_TEST(p.priority == 255);
    BOOST_TEST((p.schedule == core::dose_schedule{20, 3'650}));
    BOOST_REQUIRE(p.phases.size() == 2u);
    BOOST_TEST(!core::allows(p.phases[0].facilities, facility_kind::clinic));
    BOOST_TEST(core::allows(p.phases[0].facilities, facility_kind::health_centre));
    BOOST_TEST((p.phases[0].funding == core::funding::local));
    BOOST_TEST(p.phases[0].priority == 7);
    BOOST_TEST(core::allows(p.phases[1].facilities, facility_kind::clinic));
    BOOST_TEST(!core::allows(p.phases[1].facilities, facility_kind::health_centre));
    BOOST_REQUIRE(p.exceptions.size() == 1u);
    BOOST_TEST(!p.exceptions[0].evidence_required);
    BOOST_TEST(p.exceptions[0].window.facilities == 0b11);
    BOOST_TEST(p.exceptions[0].window.priority == 255);
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_named_with_its_line_and_column) {
    struct refused {
        std::string text;
        std::string begins;
    };
    const std::string good = head + phase;  // lines 1 to 4 and 5 to 9
    for (const auto& [text, begins] : std::vector<refused>{
             {"", "s.toml:1:1: key \"code\" is missing"},
             {"code = \n", "s.toml:1:"},
             {good + "opens = 2016-10-05\n", "s.toml:10:"},
             {"colour = 1\n" + good, "s.toml:1:1: unknown key \"colour\""},
             {good + "colour = 1\n", "s.toml:10:1: unknown key \"colour\""},
             {good + "evidence_required = true\n",
              "s.toml:10:1: unknown key \"evidence_required\""},
             {good + exception + "doses = 1\n", "s.toml:16:1: unknown key \"doses\""},
             {replaced(good, "name = \"어르신\"\n", ""), "s.toml:1:1: key \"name\" is missing"},
             {replaced(good, "opens = 2016-10-04\n", ""), "s.toml:5:1: key \"opens\" is missing"},
             {replaced(good, "\"2016-17\"", "2016"), "s.toml:1:8: code must be a text"},
             {replaced(good, "2016-10-04\nends", "\"2016-10-04\"\nends"),
              "s.toml:3:10: starts must be a day"},
             {replaced(good, "ends = 2017-04-30", "ends = 2017-04-30T00:00:00"),
              "s.toml:4:8: ends must be a day"},
             {replaced(good, "2017-04-30", "2017-02-29"), "s.toml:4:"},
             {replaced(good, "2016-10-04\nends", "1799-12-31\nends"),
              "s.toml:3:10: starts must be a day from 1800-01-01 to 9999-12-31"},
             {"doses = 0\n" + good, "s.toml:1:9: doses must be a whole number from 1 to 20"},
             {"doses = 21\n" + good, "s.toml:1:9: doses must be a whole number from 1 to 20"},
             {"doses = 1.0\n" + good, "s.toml:1:9: doses must be a whole number from 1 to 20"},
             {"priority = 256\n" + good, "s.toml:1:12: priority must be a whole number"},
             {"priority = -1\n" + good, "s.toml:1:12: priority must be a whole number"},
             {"interval_days_min = 3651\n" + good, "s.toml:1:21: interval_days_min must be"},
             {"utc_offset_minutes = 841\n" + good, "s.toml:1:22: utc_offset_minutes must be"},
             {"utc_offset_minutes = -841\n" + good, "s.toml:1:22: utc_offset_minutes must be"},
             {good + "priority = 256\n", "s.toml:10:12: priority must be a whole number"},
             {good + "facilities = []\n", "s.toml:10:14: facilities must be a list"},
             {good + "facilities = [\"clinic\", \"shop\"]\n", "s.toml:10:14: facilities must be"},
             {good + "facilities = [\"clinic\", 1]\n", "s.toml:10:14: facilities must be"},
             {good + "facilities = \"clinic\"\n", "s.toml:10:14: facilities must be"},
             {good + "funding = \"private\"\n", "s.toml:10:11: funding must be"},
             {good + "funding = \"\"\n", "s.toml:10:11: funding must be"},
             {good + exception + "evidence_required = 1\n",
              "s.toml:16:21: evidence_required must be true or false"},
             {"phase = 1\n" + head, "s.toml:1:9: phase must be written as [[phase]]"},
             {"phase = [1]\n" + head, "s.toml:1:9: phase must be written as [[phase]]"}}) {
        BOOST_TEST_CONTEXT(text) {
            const std::string error = error_of(text);
            BOOST_TEST(error.starts_with(begins), error);
            BOOST_TEST(error.find('\n') == std::string::npos);
        }
    }
}

BOOST_AUTO_TEST_CASE(what_makes_no_programme_is_named_where_it_stands) {
    struct refused {
        std::string text;
        std::string begins;
    };
    const std::string good = head + phase;
    std::string many_phases = head;
    for (int n = 0; n < 33; ++n) {
        many_phases += phase;
    }
    std::string many_exceptions = good;
    for (int n = 0; n < 17; ++n) {
        many_exceptions += replaced(exception, "UNDERLYING_DISEASE", "E" + std::to_string(n));
    }
    for (const auto& [text, begins] : std::vector<refused>{
             {head, "s.toml:1:1: a programme has 1 to 32 phases"},
             {"phase = []\n" + head, "s.toml:1:"},
             {replaced(good, "2016-17", "2016/17"), "s.toml:1:8: code must be"},
             {replaced(good, "2016-17", "123456789012345678901"), "s.toml:1:8: code must be"},
             {replaced(good, "어르신", ""), "s.toml:2:8: name must have"},
             {replaced(good, "2017-04-30", "2016-10-03"), "s.toml:4:8: ends lies before starts"},
             {replaced(good, "1941-12-31", "1899-12-31"), "s.toml:7:12: a phase: birth_to lies"},
             {good + replaced(phase, "2016-11-15", "2016-10-03"),
              "s.toml:14:10: a phase: closes lies before opens"},
             {many_phases, "s.toml:165:1: a programme has 1 to 32 phases"},
             {good + replaced(exception, "UNDERLYING_DISEASE", "A B"),
              "s.toml:10:1: an exception's code must be"},
             {good + exception + exception,
              "s.toml:16:1: exception UNDERLYING_DISEASE stands twice"},
             {good + replaced(exception, "1951-12-31", "1941-12-31"),
              "s.toml:13:12: exception UNDERLYING_DISEASE: birth_to lies"},
             {many_exceptions, "s.toml:106:1: a programme has at most 16 exceptions"}}) {
        BOOST_TEST_CONTEXT(text) {
            const std::string error = error_of(text);
            BOOST_TEST(error.starts_with(begins), error);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_limits_themselves_are_taken) {
    std::string most = replaced(head, "2016-17", "12345678901234567890");
    for (int n = 0; n < 32; ++n) {
        most += phase;
    }
    for (int n = 0; n < 16; ++n) {
        most += replaced(exception, "UNDERLYING_DISEASE",
                         "E" + std::to_string(10 + n) + "_AAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    }
    const core::programme p = net::read_programme(most, "s.toml");
    BOOST_TEST(p.phases.size() == 32u);
    BOOST_TEST(p.exceptions.size() == 16u);
    BOOST_TEST(p.exceptions[15].code.size() == 32u);
}

BOOST_AUTO_TEST_CASE(season_2015_16_opened_to_all_on_one_day) {
    const core::programme p = shipped("2015-16");
    BOOST_TEST(p.code == "2015-16");
    for (const facility_kind at : {facility_kind::clinic, facility_kind::health_centre}) {
        const auto before = ask(p, "1950-12-31", "2015-09-30", at);
        BOOST_TEST((before.decision == decision::not_yet));
        BOOST_TEST((before.opens == day("2015-10-01")));
        BOOST_TEST((ask(p, "1950-12-31", "2015-10-01", at).decision == decision::eligible));
        BOOST_TEST((ask(p, "1915-03-01", "2015-11-15", at).decision == decision::eligible));
        BOOST_TEST((ask(p, "1950-12-31", "2015-11-16", at).decision == decision::closed_here));
        BOOST_TEST((ask(p, "1951-01-01", "2015-10-01", at).decision == decision::not_eligible_age));
    }
}

BOOST_AUTO_TEST_CASE(season_2016_17_opened_in_two_steps) {
    const core::programme p = shipped("2016-17");
    BOOST_TEST(p.code == "2016-17");
    BOOST_TEST((p.schedule == core::dose_schedule{1, 0}));

    BOOST_TEST((ask(p, "1941-12-31", "2016-10-03").decision == decision::not_yet));
    BOOST_TEST((ask(p, "1941-12-31", "2016-10-04").decision == decision::eligible));
    const auto waits = ask(p, "1942-01-01", "2016-10-04");
    BOOST_TEST((waits.decision == decision::not_yet));
    BOOST_TEST((waits.opens == day("2016-10-10")));
    BOOST_TEST((ask(p, "1942-01-01", "2016-10-09").decision == decision::not_yet));
    BOOST_TEST((ask(p, "1951-12-31", "2016-10-10").decision == decision::eligible));
    BOOST_TEST((ask(p, "1952-01-01", "2016-10-10").decision == decision::not_eligible_age));
    BOOST_TEST((ask(p, "1952-01-01", "2016-11-20").decision == decision::not_eligible_age));
}

BOOST_AUTO_TEST_CASE(season_2016_17_let_exceptions_come_before_their_step) {
    const core::programme p = shipped("2016-17");
    const auto ask_with = [&](std::string_view birth, std::string_view on, std::string_view code) {
        return ask(p, birth, on, facility_kind::clinic, code).decision;
    };
    for (const std::string_view code : {"UNDERLYING_DISEASE", "MEDICALLY_UNDERSERVED_AREA",
                                        "WELFARE_FACILITY_RESIDENT", "SAME_DAY_CARE"}) {
        BOOST_TEST_CONTEXT(code) {
            BOOST_TEST((ask_with("1942-01-01", "2016-10-03", code) == decision::not_yet));
            BOOST_TEST(
                (ask_with("1942-01-01", "2016-10-04", code) == decision::eligible_exception));
            BOOST_TEST(
                (ask_with("1951-12-31", "2016-10-09", code) == decision::eligible_exception));
            BOOST_TEST((ask_with("1951-12-31", "2016-10-10", code) == decision::eligible));
            BOOST_TEST((ask_with("1952-01-01", "2016-10-04", code) == decision::not_eligible_age));
            BOOST_TEST(core::find_exception(p, code)->evidence_required);
        }
    }
}

BOOST_AUTO_TEST_CASE(season_2016_17_ended_at_clinics_first) {
    const core::programme p = shipped("2016-17");
    for (const std::string_view birth : {"1941-12-31", "1942-01-01", "1951-12-31"}) {
        BOOST_TEST((ask(p, birth, "2016-11-15").decision == decision::eligible));
        BOOST_TEST((ask(p, birth, "2016-11-16").decision == decision::closed_here));
        BOOST_TEST((ask(p, birth, "2016-11-20").decision == decision::closed_here));
        BOOST_TEST((ask(p, birth, "2016-11-16", facility_kind::health_centre).decision ==
                    decision::eligible));
    }
}

// Each season's first days, by the last year of birth that they were for.
BOOST_AUTO_TEST_CASE(the_later_seasons_opened_by_year_of_birth) {
    struct step {
        std::string season;
        std::string_view youngest;  // the last birth date of the step
        std::string_view eve;       // the day before it opened
        std::string_view opened;
    };
    const step steps[]{
        {"2017-18", "1942-12-31", "2017-09-25", "2017-09-26"},
        {"2017-18", "1952-12-31", "2017-10-11", "2017-10-12"},
        {"2018-19", "1943-12-31", "2018-10-01", "2018-10-02"},
        {"2018-19", "1953-12-31", "2018-10-10", "2018-10-11"},
        {"2019-20", "1944-12-31", "2019-10-14", "2019-10-15"},
        {"2019-20", "1954-12-31", "2019-10-21", "2019-10-22"},
        {"2020-21", "1945-12-31", "2020-10-12", "2020-10-13"},
        {"2020-21", "1950-12-31", "2020-10-19", "2020-10-20"},
        {"2020-21", "1958-12-31", "2020-10-26", "2020-10-27"},
        {"2023-24", "1948-12-31", "2023-10-10", "2023-10-11"},
        {"2023-24", "1953-12-31", "2023-10-15", "2023-10-16"},
        {"2023-24", "1958-12-31", "2023-10-18", "2023-10-19"},
        {"2025-26", "1950-12-31", "2025-10-14", "2025-10-15"},
        {"2025-26", "1955-12-31", "2025-10-19", "2025-10-20"},
        {"2025-26", "1960-12-31", "2025-10-21", "2025-10-22"},
    };
    for (const step& s : steps) {
        BOOST_TEST_CONTEXT(s.season << " to " << s.youngest) {
            const core::programme p = shipped(s.season);
            BOOST_TEST(p.code == s.season);
            const auto before = ask(p, s.youngest, s.eve);
            BOOST_TEST((before.decision == decision::not_yet));
            BOOST_TEST((before.opens == day(s.opened)));
            BOOST_TEST((ask(p, s.youngest, s.opened).decision == decision::eligible));
            // A day younger is of the next step, or of none.
            const std::string younger = core::format_day(day(s.youngest) + std::chrono::days{1});
            BOOST_TEST((ask(p, younger, s.opened).decision != decision::eligible));
        }
    }
}

BOOST_AUTO_TEST_CASE(the_later_seasons_ended_when_they_said) {
    const auto at = [](const std::string& season, std::string_view birth, std::string_view on,
                       facility_kind where) { return ask(shipped(season), birth, on, where); };
    for (const auto& [season, birth, last, after] :
         {std::array<std::string, 4>{"2018-19", "1943-12-31", "2018-11-15", "2018-11-16"},
          std::array<std::string, 4>{"2019-20", "1944-12-31", "2019-11-22", "2019-11-23"},
          std::array<std::string, 4>{"2020-21", "1958-12-31", "2020-12-31", "2021-01-01"},
          std::array<std::string, 4>{"2023-24", "1958-12-31", "2024-04-30", "2024-05-01"}}) {
        BOOST_TEST_CONTEXT(season) {
            BOOST_TEST(
                (at(season, birth, last, facility_kind::clinic).decision == decision::eligible));
            BOOST_TEST((at(season, birth, after, facility_kind::clinic).decision ==
                        decision::closed_here));
        }
    }
    BOOST_TEST((at("2018-19", "1943-12-31", "2018-11-16", facility_kind::health_centre).decision ==
                decision::eligible));
}

BOOST_AUTO_TEST_CASE(season_2019_20_served_three_groups_at_health_centres_paid_locally) {
    const core::programme p = shipped("2019-20");
    for (const std::string_view code : {"DISABLED", "MEDICAL_AID", "VETERAN"}) {
        BOOST_TEST_CONTEXT(code) {
            const auto centre = facility_kind::health_centre;
            const auto given = ask(p, "1960-05-05", "2019-10-24", centre, code);
            BOOST_TEST((given.decision == decision::eligible_exception));
            BOOST_TEST((given.funding == core::funding::local));
            BOOST_TEST(
                (ask(p, "1960-05-05", "2019-10-23", centre, code).decision == decision::not_yet));
            BOOST_TEST((ask(p, "1960-05-05", "2019-10-24", facility_kind::clinic, code).decision ==
                        decision::closed_here));
            BOOST_TEST((ask(p, "1960-05-05", "2019-10-24", centre).decision ==
                        decision::not_eligible_age));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

#include "core/programme.hpp"

#include "core/limits.hpp"
#include "tests/core/seasons.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <string>
#include <string_view>
#include <utility>

BOOST_AUTO_TEST_SUITE(programme_test)

using namespace doseline::core;
using doseline::test::date;
using doseline::test::open_season;
using doseline::test::season_2016_17;

namespace {

template <class Change>
bool sound_after(Change&& change) {
    programme p = season_2016_17();
    change(p);
    return defect_of(p).empty();
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_season_that_was_held_is_sound) {
    BOOST_TEST(defect_of(season_2016_17()) == "");
    BOOST_TEST(defect_of(open_season("A", date(2020, 1, 1), date(2020, 1, 1))) == "");
}

BOOST_AUTO_TEST_CASE(texts_hold_their_limits_and_not_one_more) {
    const auto with_code = [](std::string code) {
        return sound_after([&](programme& p) { p.code = std::move(code); });
    };
    const auto with_name = [](std::string name) {
        return sound_after([&](programme& p) { p.name = std::move(name); });
    };
    const auto with_exception = [](std::string code) {
        return sound_after([&](programme& p) { p.exceptions[0].code = std::move(code); });
    };
    BOOST_TEST(!with_code(""));
    BOOST_TEST(with_code(std::string(limits::programme_code_bytes_max, 'a')));
    BOOST_TEST(!with_code(std::string(limits::programme_code_bytes_max + 1, 'a')));
    BOOST_TEST(!with_code("2016/17"));
    BOOST_TEST(!with_code("2016 17"));
    BOOST_TEST(!with_code("독감"));
    BOOST_TEST(!with_name(""));
    BOOST_TEST(with_name(std::string(200, 'n')));
    BOOST_TEST(!with_name(std::string(201, 'n')));
    BOOST_TEST(!with_exception(""));
    BOOST_TEST(with_exception(std::string(limits::exception_code_bytes_max, 'E')));
    BOOST_TEST(!with_exception(std::string(limits::exception_code_bytes_max + 1, 'E')));
    BOOST_TEST(!with_exception("UNDERLYING DISEASE"));
}

BOOST_AUTO_TEST_CASE(numbers_hold_their_limits_and_not_one_more) {
    const auto with_phases = [](std::size_t n) {
        return sound_after([&](programme& p) { p.phases.assign(n, season_2016_17().phases[0]); });
    };
    const auto with_exceptions = [](std::size_t n) {
        return sound_after([&](programme& p) {
            const exception_kind first = p.exceptions[0];
            p.exceptions.assign(n, first);
            for (std::size_t i = 0; i < n; ++i) {
                p.exceptions[i].code = "E" + std::to_string(i);
            }
        });
    };
    BOOST_TEST(!with_phases(0));
    BOOST_TEST(with_phases(1));
    BOOST_TEST(with_phases(limits::phases_per_programme_max));
    BOOST_TEST(!with_phases(limits::phases_per_programme_max + 1));
    BOOST_TEST(with_exceptions(0));
    BOOST_TEST(with_exceptions(limits::exceptions_per_programme_max));
    BOOST_TEST(!with_exceptions(limits::exceptions_per_programme_max + 1));
}

BOOST_AUTO_TEST_CASE(schedules_and_offsets_are_bounded) {
    const auto with_schedule = [](dose_schedule schedule) {
        return sound_after([&](programme& p) { p.schedule = schedule; });
    };
    const auto with_offset = [](zone_offset offset) {
        return sound_after([&](programme& p) { p.offset = offset; });
    };
    BOOST_TEST(!with_schedule({0, 0}));
    BOOST_TEST(with_schedule({20, 3'650}));
    BOOST_TEST(!with_schedule({21, 0}));
    BOOST_TEST(!with_schedule({1, 3'651}));
    BOOST_TEST(with_offset(zone_offset{14 * 60}));
    BOOST_TEST(with_offset(zone_offset{-14 * 60}));
    BOOST_TEST(!with_offset(zone_offset{14 * 60 + 1}));
    BOOST_TEST(!with_offset(zone_offset{-14 * 60 - 1}));
}

BOOST_AUTO_TEST_CASE(dates_out_of_order_are_defects) {
    BOOST_TEST(!sound_after([](programme& p) { p.ends = p.starts - std::chrono::days{1}; }));
    BOOST_TEST(sound_after([](programme& p) { p.phases[0].closes = p.phases[0].opens; }));
    BOOST_TEST(!sound_after(
        [](programme& p) { p.phases[0].closes = p.phases[0].opens - std::chrono::days{1}; }));
    BOOST_TEST(sound_after([](programme& p) { p.phases[1].birth_to = p.phases[1].birth_from; }));
    BOOST_TEST(!sound_after([](programme& p) {
        p.phases[2].birth_to = p.phases[2].birth_from - std::chrono::days{1};
    }));
    BOOST_TEST(!sound_after([](programme& p) {
        p.exceptions[0].window.closes = p.exceptions[0].window.opens - std::chrono::days{1};
    }));
}

BOOST_AUTO_TEST_CASE(windows_name_who_gives_and_who_pays) {
    BOOST_TEST(!sound_after([](programme& p) { p.phases[0].facilities = 0; }));
    BOOST_TEST(!sound_after([](programme& p) { p.phases[0].facilities = 0b100; }));
    BOOST_TEST(!sound_after([](programme& p) { p.phases[0].funding = funding::private_pay; }));
    BOOST_TEST(
        !sound_after([](programme& p) { p.exceptions[0].window.funding = funding::private_pay; }));
}

BOOST_AUTO_TEST_CASE(an_exception_stands_once) {
    BOOST_TEST(!sound_after([](programme& p) { p.exceptions.push_back(p.exceptions[0]); }));
    programme p = season_2016_17();
    BOOST_CHECK(find_exception(p, "UNDERLYING_DISEASE") == &p.exceptions[0]);
    BOOST_CHECK(find_exception(p, "UNDERLYING") == nullptr);
    BOOST_CHECK(find_exception(p, "") == nullptr);
}

BOOST_AUTO_TEST_CASE(fundings_have_the_contracts_names) {
    constexpr std::array<std::pair<funding, std::string_view>, 3> names{
        {{funding::national, "national"},
         {funding::local, "local"},
         {funding::private_pay, "private"}}};
    for (const auto& [f, name] : names) {
        BOOST_TEST(name_of(f) == name);
        BOOST_CHECK(funding_named(name) == f);
    }
    BOOST_CHECK(funding_named("National") == std::nullopt);
    BOOST_CHECK(funding_named("") == std::nullopt);
}

BOOST_AUTO_TEST_SUITE_END()

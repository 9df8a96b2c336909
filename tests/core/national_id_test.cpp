#include "core/national_id.hpp"

#include <boost/test/unit_test.hpp>

#include <rapidcheck.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>

BOOST_AUTO_TEST_SUITE(national_id_test)

using namespace doseline::core;

namespace {

using std::chrono::year_month_day;

bool refused(std::string_view text) {
    const auto parsed = national_id::parse(text);
    return !parsed && parsed.error() == errc::id_invalid;
}

std::string written(civil_day birth, char century, unsigned serial) {
    const year_month_day date{birth};
    char text[64];
    std::snprintf(text, sizeof text, "%02d%02u%02u%c%06u", int{date.year()} % 100,
                  unsigned{date.month()}, unsigned{date.day()}, century, serial);
    return text;
}

// Births of the 1800s: valid in form, nobody lives.
rc::Gen<civil_day> births() {
    constexpr civil_day first{std::chrono::year{1800} / 1 / 1};
    return rc::gen::map(rc::gen::inRange(0, 36'524),
                        [first](int days) { return first + std::chrono::days{days}; });
}

}  // namespace

BOOST_AUTO_TEST_CASE(thirteen_digits_with_and_without_a_hyphen_are_the_same_person) {
    const auto plain = national_id::parse("4107029123455");
    const auto hyphened = national_id::parse("410702-9123455");
    BOOST_REQUIRE(plain);
    BOOST_REQUIRE(hyphened);
    BOOST_TEST(plain->digits() == "4107029123455");
    BOOST_TEST(hyphened->digits() == plain->digits());
    BOOST_TEST(plain->number() == 4'107'029'123'455u);
    BOOST_TEST(hyphened->number() == plain->number());
    BOOST_CHECK(plain->birth() == civil_day{std::chrono::year{1841} / 7 / 2});
}

BOOST_AUTO_TEST_CASE(leading_zeros_count) {
    const auto id = national_id::parse("0001019000000");
    BOOST_REQUIRE(id);
    BOOST_TEST(id->digits() == "0001019000000");
    BOOST_TEST(id->number() == 1'019'000'000u);
}

// Nobody has any of these numbers: those of the 1900s carry a check digit that does not fit, which
// no number issued in that century does, and those of the 2000s are of births that are to come.
BOOST_AUTO_TEST_CASE(the_seventh_digit_names_century_sex_and_nationality) {
    struct row {
        std::string_view digits;
        int year;
        doseline::core::sex told;
        bool foreign;
    };
    constexpr std::array rows{
        row{"0001011000004", 1900, sex::male, false},
        row{"0001012000004", 1900, sex::female, false},
        row{"9901013000000", 2099, sex::male, false},
        row{"9901014000000", 2099, sex::female, false},
        row{"0001015000004", 1900, sex::male, true},
        row{"0001016000004", 1900, sex::female, true},
        row{"9901017000000", 2099, sex::male, true},
        row{"9901018000000", 2099, sex::female, true},
        row{"0001019000000", 1800, sex::male, false},
        row{"0001010000000", 1800, sex::female, false},
    };
    for (const row& r : rows) {
        BOOST_TEST_CONTEXT(r.digits) {
            const auto id = national_id::parse(r.digits);
            BOOST_REQUIRE(id);
            BOOST_TEST(int{year_month_day{id->birth()}.year()} == r.year);
            BOOST_CHECK(id->sex() == r.told);
            BOOST_TEST(id->foreign() == r.foreign);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_date_that_the_calendar_does_not_have_is_refused) {
    for (const std::string_view digits :
         {"4102319000000", "4100019000000", "4113019000000", "4101009000000", "4101329000000",
          "4104319000000", "0000009000000", "9999999999999"}) {
        BOOST_TEST_CONTEXT(digits) { BOOST_TEST(refused(digits)); }
    }
}

BOOST_AUTO_TEST_CASE(leap_years_are_those_of_the_right_century) {
    BOOST_TEST(refused("0002299000000"));    // 1800 had no 29 February
    BOOST_TEST(refused("0002291000000"));    // nor had 1900
    BOOST_TEST(!refused("0402299000000"));   // 1804
    BOOST_TEST(!refused("960229-3000000"));  // 2096
    BOOST_TEST(refused("970229-3000000"));   // 2097
}

BOOST_AUTO_TEST_CASE(any_other_shape_is_refused) {
    using namespace std::string_view_literals;
    for (const std::string_view text : {""sv,
                                        "-"sv,
                                        "410702912345"sv,
                                        "41070291234555"sv,
                                        "410702-91234555"sv,
                                        "410702-912345"sv,
                                        "41070-29123455"sv,
                                        "4107029-123455"sv,
                                        "410702--123455"sv,
                                        "-4107029123455"sv,
                                        "4107029123455-"sv,
                                        "410702 9123455"sv,
                                        " 4107029123455"sv,
                                        "4107029123455 "sv,
                                        "410702912345\0"sv,
                                        "410702-912345\0"sv,
                                        "410702_9123455"sv,
                                        "410702+9123455"sv,
                                        "+107029123455"sv,
                                        "4107029l23455"sv,
                                        "４107029123455"sv,
                                        "410702‐9123455"sv}) {
        BOOST_TEST_CONTEXT(text) { BOOST_TEST(refused(text)); }
    }
}

// Sums worked out apart from this program: 11 - (weighted sum mod 11), its last digit.
BOOST_AUTO_TEST_CASE(the_check_digit_warns_and_never_refuses) {
    constexpr std::array<std::string_view, 4> right{"4107029123453", "0001019000004",
                                                    "9912310999996", "6503150123005"};
    for (const std::string_view digits : right) {
        BOOST_TEST_CONTEXT(digits) {
            for (char check = '0'; check <= '9'; ++check) {
                std::string text(digits);
                text.back() = check;
                const auto id = national_id::parse(text);
                BOOST_REQUIRE(id);
                BOOST_TEST(id->checksum_matches() == (check == digits.back()));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(every_birth_of_the_1800s_can_be_written_and_read) {
    const bool holds = rc::check("a number reads back as it was written", [] {
        const civil_day birth = *births();
        const unsigned serial = *rc::gen::inRange(0u, 1'000'000u);
        const char century = *rc::gen::element('9', '0');
        const std::string text = written(birth, century, serial);
        const auto id = national_id::parse(text);
        RC_ASSERT(id.has_value());
        RC_ASSERT(id->birth() == birth);
        RC_ASSERT(id->digits() == text);
        RC_ASSERT(id->number() == std::stoull(text));
        RC_ASSERT((id->sex() == sex::male) == (century == '9'));
        RC_ASSERT(!id->foreign());
        RC_ASSERT(national_id::parse(text.substr(0, 6) + "-" + text.substr(6))->digits() == text);
    });
    BOOST_TEST(holds);
}

BOOST_AUTO_TEST_CASE(one_character_that_is_no_digit_spoils_it) {
    const bool holds = rc::check("no position takes anything but a digit", [] {
        std::string text = written(*births(), '9', *rc::gen::inRange(0u, 1'000'000u));
        const char other = *rc::gen::suchThat(rc::gen::arbitrary<char>(),
                                              [](char c) { return c < '0' || c > '9'; });
        text[*rc::gen::inRange<std::size_t>(0, text.size())] = other;
        RC_ASSERT(refused(text));
    });
    BOOST_TEST(holds);
}

BOOST_AUTO_TEST_SUITE_END()

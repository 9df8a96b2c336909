#include "net/enrolment_code.hpp"

#include "net/base32.hpp"
#include "tests/support/known_ring.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>
#include <string>

BOOST_AUTO_TEST_SUITE(enrolment_code)

using namespace doseline;
using namespace std::chrono_literals;

namespace {

constexpr core::instant now{1'475'539'200s};  // 2016-10-04, midnight UTC
constexpr std::uint32_t clinic = 12'345'678;

struct fixture {
    test::temporary_directory dir;
    storage::key_ring ring = test::open_known_ring(dir.path());
    net::enrolment_codes codes{ring};

    bool malformed(std::string_view typed) {
        const auto read = codes.read(typed, now);
        return read.has_error() && read.error() == core::errc::malformed;
    }
};

std::string with_all(std::string text, char from, char to) {
    std::ranges::replace(text, from, to);
    return text;
}

}  // namespace

// Computed by a program of another language: clinic 12345678, until 2016-10-18, number deadbeef.
BOOST_FIXTURE_TEST_CASE(a_code_of_another_implementation_is_read, fixture) {
    const auto claims = codes.read("2Y62K-J2RKF-AVFQF-7T5RY-645YY", now).value();
    BOOST_TEST(claims.clinic_code == clinic);
    BOOST_TEST(claims.code_id == (std::uint64_t{clinic} << 32 | 0xdeadbeef));
    BOOST_TEST((claims.expires == now + 24h * 14));
}

BOOST_FIXTURE_TEST_CASE(what_was_issued_is_read, fixture) {
    for (const std::uint32_t code : {0u, 1u, clinic, net::enrolment_codes::clinic_code_max}) {
        BOOST_TEST_CONTEXT(code) {
            const std::string text = codes.issue(code, now + 24h);
            BOOST_TEST(text.size() == 29u);
            const auto claims = codes.read(text, now).value();
            BOOST_TEST(claims.clinic_code == code);
            BOOST_TEST(claims.code_id >> 32 == code);
            BOOST_TEST((claims.expires == now + 24h));
        }
    }
}

BOOST_FIXTURE_TEST_CASE(a_code_is_read_however_it_is_typed, fixture) {
    // The character that 0 and 1 are mistaken for must occur: try codes until one has both.
    std::string text;
    do {
        text = codes.issue(clinic, now + 24h);
    } while (text.find('0') == std::string::npos || text.find('1') == std::string::npos);
    std::string lower = text;
    std::ranges::transform(lower, lower.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    std::string bare = text;
    std::erase(bare, '-');
    const auto expected = codes.read(text, now).value().code_id;
    for (const std::string& typed :
         {lower, bare, with_all(text, '-', ' '), with_all(text, '0', 'O'), with_all(text, '0', 'o'),
          with_all(text, '1', 'I'), with_all(text, '1', 'l'), with_all(lower, '1', 'L'),
          "  " + text + "  ", text + "-"}) {
        BOOST_TEST_CONTEXT('"' << typed << '"') {
            const auto read = codes.read(typed, now);
            BOOST_REQUIRE(read.has_value());
            BOOST_TEST(read->code_id == expected);
        }
    }
}

BOOST_FIXTURE_TEST_CASE(every_other_character_at_every_place_is_refused, fixture) {
    const std::string text = codes.issue(clinic, now + 24h);
    for (std::size_t i = 0; i < text.size(); ++i) {
        for (const char c : net::base32_alphabet) {
            std::string wrong = text;
            wrong[i] = c;
            if (wrong != text) {
                BOOST_TEST_CONTEXT(wrong) { BOOST_TEST(malformed(wrong)); }
            }
        }
    }
}

BOOST_FIXTURE_TEST_CASE(text_that_is_no_code_is_refused, fixture) {
    const std::string text = codes.issue(clinic, now + 24h);
    for (const std::string& wrong :
         {std::string(), std::string("-----"), text.substr(1), text + "0", "U" + text.substr(1),
          text.substr(0, 28) + "*", text + "\n", text + '\0', "\xec\x9a\xb0" + text}) {
        BOOST_TEST_CONTEXT('"' << wrong << '"') { BOOST_TEST(malformed(wrong)); }
    }
}

BOOST_FIXTURE_TEST_CASE(typed_text_is_read_up_to_its_limit, fixture) {
    const std::string text = codes.issue(clinic, now + 24h);
    const std::string longest(net::enrolment_codes::typed_bytes_max - text.size(), ' ');
    BOOST_TEST(codes.read(longest + text, now).has_value());
    BOOST_TEST(malformed(longest + " " + text));
}

BOOST_FIXTURE_TEST_CASE(a_code_ends_at_a_midnight_and_not_before_it_was_meant_to, fixture) {
    const std::string text = codes.issue(clinic, now + 1ms);
    BOOST_TEST(codes.read(text, now + 24h - 1ms).has_value());
    BOOST_TEST((codes.read(text, now + 24h).error() == core::errc::expired));
    BOOST_TEST((codes.read(codes.issue(clinic, now), now).error() == core::errc::expired));
}

BOOST_FIXTURE_TEST_CASE(what_a_code_cannot_hold_is_not_issued, fixture) {
    const core::instant last = std::chrono::sys_days(std::chrono::days(65'535));
    BOOST_TEST((codes.read(codes.issue(clinic, last), now).value().expires == last));
    BOOST_CHECK_THROW(codes.issue(clinic, last + 1ms), std::out_of_range);
    BOOST_CHECK_THROW(codes.issue(clinic, core::instant(-24h)), std::out_of_range);
    BOOST_CHECK_THROW(codes.issue(net::enrolment_codes::clinic_code_max + 1, now),
                      std::out_of_range);
}

BOOST_FIXTURE_TEST_CASE(codes_of_one_clinic_differ, fixture) {
    std::set<std::string> seen;
    for (int i = 0; i < 1'000; ++i) {
        seen.insert(codes.issue(clinic, now));
    }
    // 1,000 out of 2^32: one pair of equal ones would be a sign, not chance.
    BOOST_TEST(seen.size() == 1'000u);
}

BOOST_FIXTURE_TEST_CASE(a_code_of_another_registry_is_refused, fixture) {
    test::temporary_directory other;
    const auto ring_of_other = storage::key_ring::create(other.path(), 1, 2026);
    net::enrolment_codes codes_of_other(ring_of_other);
    BOOST_TEST(malformed(codes_of_other.issue(clinic, now + 24h)));
}

BOOST_AUTO_TEST_SUITE_END()

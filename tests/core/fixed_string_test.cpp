#include "core/fixed_string.hpp"

#include <boost/test/unit_test.hpp>

#include <rapidcheck.h>

#include <algorithm>
#include <string>
#include <type_traits>

BOOST_AUTO_TEST_SUITE(fixed_string_test)

using namespace doseline::core;

// It crosses threads inside commands and is copied byte by byte.
static_assert(std::is_trivially_copyable_v<fixed_string<20>>);

BOOST_AUTO_TEST_CASE(empty_is_empty) {
    BOOST_TEST(fixed_string<4>{}.empty());
    BOOST_TEST(fixed_string<4>{""}.empty());
    BOOST_TEST(fixed_string<4>{}.view() == "");
    BOOST_CHECK(fixed_string<4>{} == fixed_string<4>{""});
}

BOOST_AUTO_TEST_CASE(it_holds_its_limit_and_cuts_one_past_it) {
    BOOST_TEST(fixed_string<4>{"abcd"}.view() == "abcd");
    BOOST_TEST(fixed_string<4>{"abcde"}.view() == "abcd");
    const std::string longest(255, 'x');
    BOOST_TEST(fixed_string<255>{longest}.view() == longest);
}

BOOST_AUTO_TEST_CASE(a_zero_byte_is_a_character_like_any_other) {
    using namespace std::string_view_literals;
    BOOST_TEST(fixed_string<4>{"a\0b"sv}.view() == "a\0b"sv);
    BOOST_CHECK(fixed_string<4>{"a"} != fixed_string<4>{"a\0"sv});
}

BOOST_AUTO_TEST_CASE(it_is_its_text_padded_with_zeros) {
    const bool holds = rc::check("views, bytes and equality are those of the text", [] {
        const auto text = *rc::gen::arbitrary<std::string>();
        const auto other = *rc::gen::oneOf(rc::gen::just(text), rc::gen::arbitrary<std::string>());
        const fixed_string<8> held{text};
        RC_ASSERT(held.view() == text.substr(0, 8));
        RC_ASSERT(held.empty() == text.empty());
        RC_ASSERT((held == fixed_string<8>{other}) == (text.substr(0, 8) == other.substr(0, 8)));
        const auto& bytes = held.padded();
        RC_ASSERT(std::all_of(bytes.begin() + static_cast<std::ptrdiff_t>(held.view().size()),
                              bytes.end(), [](char c) { return c == '\0'; }));
    });
    BOOST_TEST(holds);
}

BOOST_AUTO_TEST_SUITE_END()

#include "net/registration_id.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>
#include <string>
#include <utility>

BOOST_AUTO_TEST_SUITE(registration_id)

using namespace doseline;

namespace {

bool malformed(std::string_view text) {
    const auto parsed = net::parse_registration_id(text);
    return parsed.has_error() && parsed.error() == core::errc::malformed;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_check_digit_is_damms) { BOOST_TEST(net::registration_id(572) == "5724"); }

BOOST_AUTO_TEST_CASE(every_number_comes_back) {
    for (core::sequence seq = 1; seq < 20'000; ++seq) {
        BOOST_REQUIRE_EQUAL(net::parse_registration_id(net::registration_id(seq)).value(), seq);
    }
    const auto most = std::numeric_limits<core::sequence>::max();
    BOOST_TEST(net::parse_registration_id(net::registration_id(most)).value() == most);
}

BOOST_AUTO_TEST_CASE(every_wrong_digit_and_every_swap_of_neighbours_is_found) {
    for (core::sequence seq = 1'000; seq < 3'000; ++seq) {
        const std::string text = net::registration_id(seq);
        for (std::size_t i = 0; i < text.size(); ++i) {
            for (char digit = '0'; digit <= '9'; ++digit) {
                std::string wrong = text;
                wrong[i] = digit;
                BOOST_REQUIRE(wrong == text || malformed(wrong));
            }
            if (i + 1 < text.size()) {
                std::string wrong = text;
                std::swap(wrong[i], wrong[i + 1]);
                BOOST_REQUIRE(wrong == text || malformed(wrong));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(other_text_is_refused) {
    for (const char* const wrong : {"", "0", "4", "00", "05724", "5724 ", " 5724", "57-24", "+5724",
                                    "-5724", "572a", "５７２４"}) {
        BOOST_TEST_CONTEXT('"' << wrong << '"') { BOOST_TEST(malformed(wrong)); }
    }
    // 2^64 and more, with whichever check digit is theirs.
    for (char check = '0'; check <= '9'; ++check) {
        BOOST_TEST(malformed(std::string("18446744073709551616") + check));
        BOOST_TEST(malformed(std::string(100, '9') + check));
    }
}

BOOST_AUTO_TEST_SUITE_END()

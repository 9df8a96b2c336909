#include "net/token.hpp"

#include "storage/private_file.hpp"
#include "tests/support/known_ring.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <limits>
#include <string>
#include <string_view>

BOOST_AUTO_TEST_SUITE(token)

using namespace doseline;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view url_safe =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr core::instant now{1'475'539'200s};

struct fixture {
    test::temporary_directory dir;
    storage::key_ring ring = test::open_known_ring(dir.path());
    net::device_tokens tokens{ring};
    net::device_claims claims{12'345'678, 7, now, now + 24h};

    std::filesystem::path operator_file = dir.path() / "operator.token";
};

}  // namespace

// Computed by a program of another language, from the layout in the source alone.
BOOST_FIXTURE_TEST_CASE(a_device_token_is_what_another_implementation_issues, fixture) {
    BOOST_TEST(tokens.issue(claims) ==
               "AU5hvAAHAAAAAPHyVwAAAACAQvRXAAAAAB7qNz9b6n26lDS2nD_KtaFTMuC59M2MQqvMrgyUvk8T");
}

BOOST_FIXTURE_TEST_CASE(what_was_issued_is_read, fixture) {
    const auto most = std::numeric_limits<std::uint32_t>::max();
    for (const auto& c : {claims, net::device_claims{0, 0, core::instant{}, now + 1s},
                          net::device_claims{most, most, now + 24h, now + 9'600h}}) {
        const std::string text = tokens.issue(c);
        BOOST_TEST(text.size() == net::device_tokens::text_bytes);
        BOOST_TEST(text.find_first_not_of(url_safe) == std::string::npos);
        BOOST_TEST((tokens.read(text, now).value() == c));
    }
}

BOOST_FIXTURE_TEST_CASE(a_token_lives_to_the_last_millisecond_before_it_expires, fixture) {
    const std::string text = tokens.issue(claims);
    BOOST_TEST(tokens.read(text, claims.expires_at - 1ms).has_value());
    BOOST_TEST((tokens.read(text, claims.expires_at).error() == core::errc::expired));
}

BOOST_FIXTURE_TEST_CASE(every_other_character_at_every_place_is_refused, fixture) {
    const std::string text = tokens.issue(claims);
    for (std::size_t i = 0; i < text.size(); ++i) {
        BOOST_TEST_CONTEXT("character " << i) {
            for (int c = 0; c < 256; ++c) {
                std::string wrong = text;
                wrong[i] = static_cast<char>(c);
                if (wrong != text && tokens.read(wrong, now).has_value()) {
                    BOOST_ERROR("accepted with character code " << c);
                }
            }
        }
    }
    BOOST_TEST(tokens.read(text, now).has_value());
}

BOOST_FIXTURE_TEST_CASE(text_that_is_no_token_is_refused, fixture) {
    const std::string text = tokens.issue(claims);
    const std::string all_zero(net::device_tokens::text_bytes, 'A');
    for (const std::string& wrong :
         {std::string(), std::string("A"), text.substr(1), text.substr(0, 72), text + "A",
          text + "AAAA", text + "=", " " + text, text + "\n", all_zero, std::string(4'096, 'A')}) {
        BOOST_TEST_CONTEXT('"' << wrong << '"') {
            BOOST_TEST((tokens.read(wrong, now).error() == core::errc::malformed));
        }
    }
}

BOOST_FIXTURE_TEST_CASE(a_token_of_another_registry_is_malformed_even_when_expired, fixture) {
    test::temporary_directory other;
    const auto ring_of_other = storage::key_ring::create(other.path(), 1, 2026);
    net::device_tokens tokens_of_other(ring_of_other);
    const std::string text = tokens_of_other.issue(claims);
    BOOST_TEST((tokens.read(text, now).error() == core::errc::malformed));
    BOOST_TEST((tokens.read(text, now + 48h).error() == core::errc::malformed));
}

BOOST_FIXTURE_TEST_CASE(the_operators_token_matches_itself_alone, fixture) {
    net::console_token::create(dir.path(), net::console::operators);
    const auto token = net::console_token::open(dir.path(), net::console::operators);
    std::string text = storage::read_file(operator_file, 100);
    BOOST_REQUIRE(text.ends_with('\n'));
    text.pop_back();
    BOOST_TEST(text.find_first_not_of(url_safe) == std::string::npos);
    BOOST_TEST(token.matches(text));
    BOOST_TEST(!token.matches(""));
    BOOST_TEST(!token.matches(text + "\n"));
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::string wrong = text;
        wrong[i] = wrong[i] == 'A' ? 'B' : 'A';
        BOOST_TEST(!token.matches(wrong));
        BOOST_TEST(!token.matches(text.substr(0, i)));
    }
}

BOOST_FIXTURE_TEST_CASE(a_new_operators_token_ends_the_one_before, fixture) {
    net::console_token::create(dir.path(), net::console::operators);
    const std::string before = storage::read_file(operator_file, 100);
    net::console_token::create(dir.path(), net::console::operators);
    BOOST_TEST(storage::read_file(operator_file, 100) != before);
    BOOST_TEST(!net::console_token::open(dir.path(), net::console::operators)
                    .matches(before.substr(0, before.size() - 1)));
}

BOOST_FIXTURE_TEST_CASE(only_the_owner_may_read_the_operators_token, fixture) {
    namespace fs = std::filesystem;
    net::console_token::create(dir.path(), net::console::operators);
    BOOST_TEST((fs::status(operator_file).permissions() ==
                (fs::perms::owner_read | fs::perms::owner_write)));
    fs::permissions(operator_file, fs::perms::group_read, fs::perm_options::add);
    BOOST_CHECK_THROW(net::console_token::open(dir.path(), net::console::operators),
                      std::exception);
}

BOOST_FIXTURE_TEST_CASE(a_damaged_operators_token_is_refused_rather_than_matched, fixture) {
    BOOST_CHECK_THROW(net::console_token::open(dir.path(), net::console::operators),
                      std::exception);
    net::console_token::create(dir.path(), net::console::operators);
    const std::string whole = storage::read_file(operator_file, 100);
    for (const std::string& wrong : {std::string(), std::string("\n"), std::string("short\n"),
                                     whole.substr(1), "x" + whole, std::string(1'000, 'A')}) {
        BOOST_TEST_CONTEXT('"' << wrong << '"') {
            storage::write_file(operator_file, wrong, storage::private_mode);
            BOOST_CHECK_THROW(net::console_token::open(dir.path(), net::console::operators),
                              std::exception);
        }
    }
}

BOOST_FIXTURE_TEST_CASE(an_auditor_is_no_operator, fixture) {
    net::console_token::create(dir.path(), net::console::operators);
    net::console_token::create(dir.path(), net::console::auditors);
    std::string text = storage::read_file(dir.path() / "auditor.token", 100);
    text.pop_back();
    BOOST_TEST(net::console_token::open(dir.path(), net::console::auditors).matches(text));
    BOOST_TEST(!net::console_token::open(dir.path(), net::console::operators).matches(text));
}

BOOST_AUTO_TEST_SUITE_END()

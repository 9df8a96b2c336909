#include "net/api/dose_request.hpp"

#include "net/api/registrations.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(dose_request)

using namespace doseline;
using core::errc;
using net::api::read_key;

namespace {

const std::string bare = "0123456a-89bc-4def-8012-3456789abcde";

struct content {
    core::register_dose command;
    std::string id = "5001019000001";
    std::string programme;
    std::string name;
    std::string evidence;

    std::string canonical() const {
        std::string bytes;
        net::api::canonical_content(bytes, command, core::national_id::parse(id).value(), programme,
                                    {name, evidence});
        return bytes;
    }
};

template <class Change>
std::string changed(Change&& change) {
    content c;
    change(c);
    return c.canonical();
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_key_is_the_same_however_it_is_written) {
    const auto key = read_key(bare);
    BOOST_TEST_REQUIRE(key.has_value());
    BOOST_TEST((key->front() == std::byte{0x01}));
    BOOST_TEST((key->back() == std::byte{0xde}));
    for (const std::string& other :
         {'"' + bare + '"', std::string("0123456A-89BC-4DEF-8012-3456789ABCDE"),
          std::string("\"0123456A-89bc-4DEF-8012-3456789abcDE\"")}) {
        BOOST_TEST((read_key(other).value() == *key), other);
    }
    std::string another = bare;
    another.back() = 'f';
    BOOST_TEST((read_key(another).value() != *key));
}

BOOST_AUTO_TEST_CASE(what_is_no_key) {
    BOOST_TEST((read_key("").error() == errc::key_missing));
    for (std::size_t at = 0; at < bare.size(); ++at) {
        for (const char wrong : {'g', ' ', '-', '0'}) {
            std::string text = bare;
            if ((text[at] == '-') == (wrong == '-') || (wrong == '0' && text[at] != '-')) {
                continue;  // it stays a key
            }
            text[at] = wrong;
            BOOST_TEST((read_key(text).has_error() && read_key(text).error() == errc::key_invalid),
                       text);
        }
    }
    for (const std::string& text : {bare + '0', bare.substr(1), '"' + bare, bare + '"',
                                    '{' + bare + '}', std::string("\"\""), std::string(38, '"')}) {
        BOOST_TEST((read_key(text).has_error() && read_key(text).error() == errc::key_invalid),
                   text);
    }
}

BOOST_AUTO_TEST_CASE(codes_are_letters_digits_and_hyphens_and_nobodys_number) {
    for (const char* code : {"A", "z-9", "DEMO-A", "5013019000001", "500101-900000",
                             "50010190000011", "500101--9000001", "5001019-000001"}) {
        BOOST_TEST(net::api::is_code(code), code);
    }
    for (const char* text : {"", "L 1", "L/1", "가상", "5001019000001", "500101-9000001"}) {
        BOOST_TEST(!net::api::is_code(text), text);
    }
}

BOOST_AUTO_TEST_CASE(millilitres_are_taken_in_hundredths_and_in_nothing_finer) {
    for (unsigned n = 25; n < 100; ++n) {
        const auto read = net::api::hundredths_of(std::stod("0." + std::to_string(n)));
        BOOST_TEST((read == std::optional<std::uint8_t>(static_cast<std::uint8_t>(n))), n);
    }
    BOOST_TEST((net::api::hundredths_of(1.0) == std::optional<std::uint8_t>(std::uint8_t{100})));
    for (const double other : {0.333, 0.255, 0.2549999, 0.5000001, 0.24, 1.01, 0.999999, -0.5}) {
        BOOST_TEST(!net::api::hundredths_of(other).has_value(), other);
    }
    BOOST_TEST(!net::api::hundredths_of(std::nan("")).has_value());
}

BOOST_AUTO_TEST_CASE(every_fact_of_a_shot_is_its_content) {
    using namespace core;
    const std::vector<std::string> all{
        content{}.canonical(),
        changed([](content& c) { c.id = "5001019000002"; }),
        changed([](content& c) { c.name = "A"; }),
        changed([](content& c) { c.evidence = "A"; }),
        changed([](content& c) { c.programme = "A"; }),
        changed([](content& c) { c.command.occurred_at = instant{}; }),
        changed([](content& c) { c.command.product = product_text("A"); }),
        changed([](content& c) { c.command.lot = lot_text("A"); }),
        changed([](content& c) { c.command.site = static_cast<body_site>(1); }),
        changed([](content& c) { c.command.route = static_cast<core::route>(1); }),
        changed([](content& c) { c.command.funding = funding::national; }),
        changed([](content& c) { c.command.funding = funding::local; }),
        changed([](content& c) { c.command.dose_ml_hundredths += 25; }),
        changed([](content& c) { c.command.exception = exception_text("A"); }),
        // Neighbours cannot be mistaken for one another.
        changed([](content& c) { c.name = "AB", c.programme = "C"; }),
        changed([](content& c) { c.name = "A", c.programme = "BC"; }),
    };
    BOOST_TEST(std::set<std::string>(all.begin(), all.end()).size() == all.size());
}

BOOST_AUTO_TEST_CASE(how_a_shot_was_sent_is_no_part_of_it) {
    const std::string plain = content{}.canonical();
    BOOST_TEST(changed([](content& c) { c.id = "500101-9000001"; }) == plain);
    BOOST_TEST(changed([](content& c) { c.command.offline = true; }) == plain);
    BOOST_TEST(changed([](content& c) { c.command.confirmed = core::confirm_expired; }) == plain);
    const auto lot = [](const char* text) {
        return changed([&](content& c) { c.command.lot = core::lot_text(text); });
    };
    BOOST_TEST(lot("ab-1") == lot("AB-1"));
}

BOOST_AUTO_TEST_SUITE_END()

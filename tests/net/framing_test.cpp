#include "net/framing.hpp"

#include "tests/support/framing_forms.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

BOOST_AUTO_TEST_SUITE(framing)

using namespace doseline;
using net::framed;
using net::framing_refusal;
using test::framing_form;

namespace {

// The header of a form, with its last empty line, as a session would cut it out.
std::string header_of(const std::string& bytes) {
    const std::size_t end = bytes.find("\r\n\r\n");
    return end == std::string::npos ? bytes + "\r\n\r\n" : bytes.substr(0, end + 4);
}

std::variant<framed, framing_refusal> read(const std::string& header) {
    net::header_view seen;
    return net::read_framing(header, seen);
}

framed accept(const std::string& header) {
    const auto judged = read(header);
    BOOST_REQUIRE(std::holds_alternative<framed>(judged));
    return std::get<framed>(judged);
}

unsigned refuse(const std::string& header) {
    const auto judged = read(header);
    BOOST_REQUIRE(std::holds_alternative<framing_refusal>(judged));
    return std::get<framing_refusal>(judged).status;
}

// What is not of framing but of the call that is asked for.
bool belongs_to_the_router(unsigned status) {
    return status == 200 || status == 401 || status == 404 || status == 405 || status == 413;
}

void judge(const framing_form& form) {
    const auto judged = read(header_of(form.bytes));
    const unsigned first = form.statuses.front();
    if (const auto* refused = std::get_if<framing_refusal>(&judged)) {
        BOOST_TEST(std::count(form.statuses.begin(), form.statuses.end(), refused->status) == 1,
                   "refused by " << refused->status);
        BOOST_TEST(std::string_view(refused->why).size() != 0u);
        return;
    }
    BOOST_REQUIRE_MESSAGE(belongs_to_the_router(first), "accepted");
    const framed frame = std::get<framed>(judged);
    if (first == 413) {
        return;  // a length that no call allows: the router refuses it
    }
    BOOST_TEST(frame.body_bytes == form.bytes.size() - header_of(form.bytes).size());
    BOOST_TEST(frame.close == (form.connection == test::afterwards::closed));
}

const std::string start = "POST /v1/checks HTTP/1.1\r\nHost: localhost\r\n";

}  // namespace

BOOST_AUTO_TEST_CASE(every_form_is_judged_as_the_table_says) {
    const std::vector<framing_form> forms = test::all_framing_forms();
    BOOST_TEST(forms.size() >= 56u);
    for (const framing_form& form : forms) {
        BOOST_TEST_CONTEXT(form.name) { judge(form); }
    }
}

BOOST_AUTO_TEST_CASE(no_form_stands_twice_in_the_table) {
    std::vector<framing_form> forms = test::all_framing_forms();
    const auto by = [&](auto member) {
        std::sort(forms.begin(), forms.end(),
                  [&](const auto& a, const auto& b) { return a.*member < b.*member; });
        return std::adjacent_find(forms.begin(), forms.end(), [&](const auto& a, const auto& b) {
                   return a.*member == b.*member;
               }) == forms.end();
    };
    BOOST_TEST(by(&framing_form::name));
    BOOST_TEST(by(&framing_form::bytes));
}

BOOST_AUTO_TEST_CASE(length_close_and_expectation_are_told) {
    const framed plain = accept(start + "Content-Length: 65536\r\n\r\n");
    BOOST_TEST(plain.body_bytes == 65'536u);
    BOOST_TEST(!plain.close);
    BOOST_TEST(!plain.expects_continue);
    const framed full =
        accept(start + "Connection: x, close\r\nExpect: 100-CONTINUE\r\nContent-Length: 1\r\n\r\n");
    BOOST_TEST(full.body_bytes == 1u);
    BOOST_TEST(full.close);
    BOOST_TEST(full.expects_continue);
}

BOOST_AUTO_TEST_CASE(nobody_is_told_to_go_on_who_has_nothing_to_send) {
    BOOST_TEST(
        !accept(start + "Expect: 100-continue\r\nContent-Length: 0\r\n\r\n").expects_continue);
}

BOOST_AUTO_TEST_CASE(field_count_has_a_limit) {
    const auto with = [](std::size_t fields) {
        std::string header = "GET / HTTP/1.1\r\nHost: localhost\r\n";
        for (std::size_t n = 1; n < fields; ++n) {
            header += "X: x\r\n";
        }
        return header + "\r\n";
    };
    accept(with(64));
    BOOST_TEST(refuse(with(65)) == 431u);
}

BOOST_AUTO_TEST_CASE(target_length_has_a_limit) {
    const auto with = [](std::size_t bytes) {
        return "GET /" + std::string(bytes - 1, 'x') + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    };
    accept(with(1'024));
    BOOST_TEST(refuse(with(1'025)) == 414u);
}

// Each byte in turn where it does the most harm; only what RFC 9110 calls field content may stand.
BOOST_AUTO_TEST_CASE(every_byte_in_a_value_is_content_or_refused) {
    for (int byte = 0; byte < 256; ++byte) {
        const char c = static_cast<char>(byte);
        const std::string header = start + "Content-Length: 0\r\nX: a" + c + "b\r\n\r\n";
        const bool content = byte == '\t' || (byte >= 0x20 && byte != 0x7f);
        BOOST_TEST_CONTEXT("byte " << byte) {
            BOOST_TEST(std::holds_alternative<framed>(read(header)) == content);
        }
    }
}

BOOST_AUTO_TEST_CASE(every_byte_in_a_target_is_visible_or_refused) {
    for (int byte = 0; byte < 256; ++byte) {
        const char c = static_cast<char>(byte);
        const std::string header =
            std::string("GET /a") + c + "b HTTP/1.1\r\nHost: localhost\r\n\r\n";
        const bool visible = byte > 0x20 && byte < 0x7f;
        BOOST_TEST_CONTEXT("byte " << byte) {
            BOOST_TEST(std::holds_alternative<framed>(read(header)) == visible);
        }
    }
}

BOOST_AUTO_TEST_CASE(every_byte_in_a_length_but_digits_and_blanks_around_it_is_refused) {
    for (int byte = 0; byte < 256; ++byte) {
        const char c = static_cast<char>(byte);
        const bool digit = byte >= '0' && byte <= '9';
        const bool blank = byte == ' ' || byte == '\t';
        const auto header = [&](const std::string& length) {
            return start + "Content-Length: " + length + "\r\n\r\n";
        };
        BOOST_TEST_CONTEXT("byte " << byte) {
            BOOST_TEST(std::holds_alternative<framed>(read(header(std::string("1") + c + "2"))) ==
                       digit);
            BOOST_TEST(std::holds_alternative<framed>(read(header(std::string("1") + c))) ==
                       (digit || blank));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

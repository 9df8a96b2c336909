#include "net/static_page.hpp"

#include "net/reply_head.hpp"
#include "tests/support/gzip.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

BOOST_AUTO_TEST_SUITE(static_page)

using namespace doseline;

namespace {

struct fixture {
    const std::string text = std::string(3'000, 'a') + "끝";
    net::static_page page{text, "text/html; charset=utf-8", "no-cache", "Cookie"};
    net::request asked;

    std::string sent(bool head_only) const {
        std::string bytes;
        net::append_reply(bytes, page.answer(asked), "now", false, head_only);
        return bytes;
    }
    std::string head() const { return sent(true); }
    std::string body() const { return sent(false).substr(head().size()); }
    bool says(const std::string& line) const {
        return head().find("\r\n" + line + "\r\n") != std::string::npos;
    }
    std::string etag() const {
        const std::string all = head();
        const std::size_t at = all.find("\r\nETag: ") + 8;
        return all.substr(at, all.find("\r\n", at) - at);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_plain_answer_says_all_that_caches_and_browsers_need, fixture) {
    BOOST_TEST(head().starts_with("HTTP/1.1 200 OK\r\nServer: doseline\r\nDate: now\r\n"));
    BOOST_TEST(head().ends_with("\r\n\r\n"));
    BOOST_TEST(says("Content-Length: " + std::to_string(text.size())));
    BOOST_TEST(says("Content-Type: text/html; charset=utf-8"));
    BOOST_TEST(says("Cache-Control: no-cache"));
    BOOST_TEST(says("Vary: Cookie, Accept-Encoding"));
    BOOST_TEST(says("X-Content-Type-Options: nosniff"));
    BOOST_TEST(head().find("Content-Encoding") == std::string::npos);
    BOOST_TEST(head().find("no-store") == std::string::npos);
    BOOST_TEST(body() == text);
}

BOOST_FIXTURE_TEST_CASE(gzip_holds_the_same_text_under_a_tag_of_its_own, fixture) {
    const std::string plain = etag();
    asked.accept_encoding = "gzip";
    const std::string body = fixture::body();
    BOOST_TEST(body.size() < text.size() / 10);
    BOOST_TEST((test::gunzip(body) == text));
    BOOST_TEST(says("Content-Encoding: gzip"));
    BOOST_TEST(says("Content-Length: " + std::to_string(body.size())));
    BOOST_TEST(etag() != plain);
    BOOST_TEST(!etag().starts_with("W/"));
}

BOOST_FIXTURE_TEST_CASE(who_has_these_bytes_gets_no_others, fixture) {
    for (const char* coding : {"", "gzip"}) {
        asked.if_none_match = {};
        asked.accept_encoding = coding;
        const std::string tag = etag();
        asked.if_none_match = tag;
        BOOST_TEST(page.answer(asked).status == 304u);
        BOOST_TEST(body() == "");
        BOOST_TEST(etag() == tag);
        BOOST_TEST(says("Cache-Control: no-cache"));
        BOOST_TEST(says("Vary: Cookie, Accept-Encoding"));
        BOOST_TEST(head().find("\r\nContent-") == head().find("\r\nContent-Security-Policy"));
        asked.accept_encoding = *coding == '\0' ? "gzip" : "";
        BOOST_TEST(page.answer(asked).status == 200u);  // the tag of the other coding
    }
}

BOOST_FIXTURE_TEST_CASE(another_text_has_another_version, fixture) {
    const net::static_page other(text + ".", "text/css", "no-cache", "");
    BOOST_TEST(other.version() != page.version());
    BOOST_TEST(net::static_page(text, "text/css", "no-cache", "").version() == page.version());
}

BOOST_AUTO_TEST_SUITE_END()

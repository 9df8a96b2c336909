// What a browser may keep, and what it must not.
#include "tests/support/gzip.hpp"
#include "tests/system/season.hpp"

#include <boost/test/unit_test.hpp>

namespace doseline::test {

BOOST_AUTO_TEST_SUITE(static_pages)

namespace {

struct fixture {
    season s{1, 10};
    https_client line{s.ca(), s.server().clinic_port()};

    response get(const std::string& target, const https_client::fields& more = {}) {
        return line.request("GET", target, more);
    }
    std::string style_address() {
        const std::string page = get("/").body;
        const std::size_t at = page.find("/page.css?v=");
        BOOST_REQUIRE(at != std::string::npos);
        return page.substr(at, page.find('"', at) - at);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(gzip_decodes_to_the_plain_page, fixture) {
    for (const std::string& target : {std::string("/"), style_address()}) {
        const response plain = get(target);
        const response packed = get(target, {{"Accept-Encoding", "br, gzip;q=0.8"}});
        BOOST_TEST(plain.status == 200u);
        BOOST_TEST(!plain.has("content-encoding"));
        BOOST_TEST(packed.field("content-encoding") == "gzip");
        BOOST_TEST(packed.body.size() < plain.body.size());
        BOOST_TEST(gunzip(packed.body) == plain.body);
        BOOST_TEST(packed.field("vary").find("Accept-Encoding") != std::string::npos);
        BOOST_TEST(get(target, {{"Accept-Encoding", "gzip;q=0"}}).body == plain.body);
    }
}

BOOST_FIXTURE_TEST_CASE(a_page_that_is_there_already_is_not_sent_again, fixture) {
    const std::string tag = get("/").field("etag");
    const response again = get("/", {{"If-None-Match", tag}});
    BOOST_TEST(again.status == 304u);
    BOOST_TEST(again.body == "");
    BOOST_TEST(again.field("etag") == tag);
    BOOST_TEST(get("/", {{"If-None-Match", tag}, {"Accept-Language", "en"}}).status == 200u);
    BOOST_TEST(get("/").status == 200u);  // the connection goes on behind a 304
}

BOOST_FIXTURE_TEST_CASE(head_says_what_get_says, fixture) {
    line.send("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    const response head = line.receive(true);
    const response whole = get("/");
    BOOST_TEST(head.status == 200u);
    BOOST_TEST(head.field("content-length") == std::to_string(whole.body.size()));
    BOOST_TEST(head.field("etag") == whole.field("etag"));
}

BOOST_FIXTURE_TEST_CASE(the_page_of_a_clinic_is_never_kept, fixture) {
    const std::string tag = get("/").field("etag");
    const std::string cookie = "__Host-doseline=" + s.clinics()[0].token;
    const response own = get("/", {{"Cookie", cookie}, {"If-None-Match", tag}});
    BOOST_TEST(own.status == 200u);
    BOOST_TEST(own.field("cache-control") == "no-store");
    BOOST_TEST(!own.has("etag"));
    BOOST_TEST(own.body.find("/page/check") != std::string::npos);
    BOOST_TEST(get("/").field("vary").find("Cookie") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(no_script_and_no_foreign_style_runs_in_a_page, fixture) {
    const response page = get("/");
    const std::string policy = page.field("content-security-policy");
    BOOST_TEST(policy.find("default-src 'none'") != std::string::npos);
    BOOST_TEST(policy.find("unsafe") == std::string::npos);
    BOOST_TEST(page.body.find("<style") == std::string::npos);
    BOOST_TEST(page.body.find(" style=") == std::string::npos);
    // no-referrer would make browsers send Origin: null with every form, which is refused.
    BOOST_TEST(page.field("referrer-policy") == "same-origin");
    BOOST_TEST(page.field("x-content-type-options") == "nosniff");
    BOOST_TEST(page.field("strict-transport-security").starts_with("max-age="));
}

BOOST_FIXTURE_TEST_CASE(the_style_sheet_is_kept_for_a_year_under_its_version, fixture) {
    const response style = get(style_address());
    BOOST_TEST(style.status == 200u);
    BOOST_TEST(style.field("content-type") == "text/css; charset=utf-8");
    BOOST_TEST(style.field("cache-control") == "public, max-age=31536000, immutable");
    BOOST_TEST(style.body.find("body{") == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test

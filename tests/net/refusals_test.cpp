#include "net/refusals.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(refusals)

using namespace doseline;

BOOST_AUTO_TEST_CASE(an_unread_request_is_told_to_wait_and_nothing_that_nobody_knows) {
    const net::unread_refusals made;
    for (const auto lang : {net::language::korean, net::language::english}) {
        for (int seconds = 1; seconds <= core::limits::retry_after_max.count(); ++seconds) {
            const net::reply r = made.wait(lang, std::chrono::seconds{seconds});
            BOOST_TEST(r.status == 503u);
            BOOST_TEST(!r.close);
            BOOST_REQUIRE(r.prebuilt != nullptr);
            const std::string field = "Retry-After: " + std::to_string(seconds) + "\r\n";
            BOOST_TEST(r.prebuilt->fields.find(field) != std::string::npos);
            const auto body = boost::json::parse(r.prebuilt->body).as_object();
            BOOST_TEST(body.at("code").as_string() == "WAIT");
            BOOST_TEST(!body.contains("vaccinate"));
            const bool english = body.at("detail").as_string().starts_with("The system is busy");
            BOOST_TEST(english == (lang == net::language::english));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

#include "net/negotiation.hpp"

#include <boost/test/unit_test.hpp>

#include <string_view>

BOOST_AUTO_TEST_SUITE(negotiation)

using namespace doseline;

BOOST_AUTO_TEST_CASE(gzip_is_sent_to_who_says_so) {
    for (const std::string_view field :
         {"gzip", "GZip", "x-gzip", "gzip, deflate, br", "deflate;q=0.9,\tgzip ;q=0.1", "*",
          "gzip;q=1.000", "gzip; Q=0.001", "identity;q=0.5, gzip;q=0.5", "br, *;q=0.1",
          "identity;q=0, gzip;q=0.001", "*;q=0, gzip", ",, gzip ,"}) {
        BOOST_TEST_CONTEXT(field) { BOOST_TEST(net::prefers_gzip(field)); }
    }
}

BOOST_AUTO_TEST_CASE(everybody_else_gets_plain_bytes) {
    for (const std::string_view field :
         {"", "identity", "br", "gzip;q=0", "gzip;q=0.000", "*;q=0", "gzip;q=0, *",
          "identity, gzip;q=0.9", "gzip;q=0.1, *;q=0.5", "gzipped", "gzip,gzip;q=0"}) {
        BOOST_TEST_CONTEXT(field) { BOOST_TEST(!net::prefers_gzip(field)); }
    }
}

BOOST_AUTO_TEST_CASE(a_coding_with_a_weight_that_is_none_is_not_said) {
    for (const std::string_view field :
         {"gzip;q=", "gzip;q=2", "gzip;q=1.001", "gzip;q=0.1234", "gzip;q=.5", "gzip;q=-1",
          "gzip;q=0,5", "gzip;level=9", "gzip;", "gzip;q=1;q=0", "gzip;q=0x1"}) {
        BOOST_TEST_CONTEXT(field) { BOOST_TEST(!net::prefers_gzip(field)); }
    }
}

BOOST_AUTO_TEST_CASE(a_tag_is_found_in_the_list_weak_or_strong) {
    for (const std::string_view field :
         {R"("abc")", R"(W/"abc")", R"("x", "abc")", R"("x,y",W/"abc" , "z")", "*", " * "}) {
        BOOST_TEST_CONTEXT(field) { BOOST_TEST(net::has_already(field, R"("abc")")); }
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_list_of_tags_names_none) {
    for (const std::string_view field :
         {"", "abc", R"("ab")", R"("abc-gzip")", R"("abc)", R"("x" "abc")", R"(w/"abc")", ",",
          R"(, "abc")", R"("x,"abc")", R"("x", *)"}) {
        BOOST_TEST_CONTEXT(field) { BOOST_TEST(!net::has_already(field, R"("abc")")); }
    }
}

BOOST_AUTO_TEST_SUITE_END()

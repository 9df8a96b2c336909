#include "net/router.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <span>
#include <string_view>

BOOST_AUTO_TEST_SUITE(router)

using namespace doseline::net;
using verb = http::verb;

namespace {

struct nothing {};
using line = route<nothing>;

constexpr std::array table{
    line{verb::get, "/", work_class::page, role::anyone, body_kind::none, 0, nullptr},
    line{verb::post, "/v1/rows", work_class::check, role::clinic, body_kind::json, 10, nullptr},
    line{verb::get, "/v1/rows", work_class::stock, role::clinic, body_kind::none, 0, nullptr},
    line{verb::get, "/v1/rows/{id}", work_class::stock, role::clinic, body_kind::none, 0, nullptr},
    line{verb::post, "/v1/rows/{id}/mark", work_class::check, role::clinic, body_kind::json, 10,
         nullptr},
    line{verb::put, "/v1/rows/{id}", work_class::stock, role::clinic, body_kind::json, 10, nullptr},
};

found_route<line> find(verb v, std::string_view path) {
    return find_route(std::span<const line>(table), v, path);
}

}  // namespace

BOOST_AUTO_TEST_CASE(verb_and_path_choose_the_line) {
    BOOST_TEST(find(verb::get, "/").route == &table[0]);
    BOOST_TEST(find(verb::post, "/v1/rows").route == &table[1]);
    BOOST_TEST(find(verb::get, "/v1/rows").route == &table[2]);
    const auto one = find(verb::put, "/v1/rows/5724");
    BOOST_TEST(one.route == &table[5]);
    BOOST_TEST(one.id == "5724");
}

BOOST_AUTO_TEST_CASE(an_id_may_stand_in_the_middle) {
    const auto marked = find(verb::post, "/v1/rows/5724/mark");
    BOOST_TEST(marked.route == &table[4]);
    BOOST_TEST(marked.id == "5724");
    for (const std::string_view path : {"/v1/rows//mark", "/v1/rows/mark", "/v1/rows/1/2/mark",
                                        "/v1/rows/1/mark/", "/v1/rows/1/marks"}) {
        BOOST_TEST(find(verb::post, path).route != &table[4], path);
    }
}

BOOST_AUTO_TEST_CASE(head_is_taken_for_get_and_for_nothing_else) {
    BOOST_TEST(find(verb::head, "/v1/rows").route == &table[2]);
    BOOST_TEST(find(verb::head, "/v1/rows/1").route == &table[3]);
}

BOOST_AUTO_TEST_CASE(a_known_path_names_the_verbs_that_it_allows) {
    const auto found = find(verb::delete_, "/v1/rows");
    BOOST_TEST(found.route == nullptr);
    BOOST_TEST(found.allow == "POST, GET, HEAD");
    BOOST_TEST(find(verb::post, "/v1/rows/1").allow == "GET, HEAD, PUT");
    BOOST_TEST(find(verb::unknown, "/").allow == "GET, HEAD");
}

BOOST_AUTO_TEST_CASE(an_unknown_path_allows_nothing) {
    for (const std::string_view path :
         {"", "//", "/v1", "/v1/row", "/v1/rows/", "/v1/rows//", "/v1/rows/1/", "/v1/rows/1/2",
          "/V1/rows", "/v1/rows ", "/v1/rows/{id}/x", "v1/rows", "/v1/rowsx", "/./"}) {
        const auto found = find(verb::get, path);
        BOOST_TEST_CONTEXT(path) {
            BOOST_TEST(found.route == nullptr);
            BOOST_TEST(found.allow == "");
        }
    }
}

BOOST_AUTO_TEST_CASE(what_stands_for_the_id_is_one_segment_as_written) {
    for (const std::string_view id : {"1", "a%2Fb", "..", "{id}", "5724-DYJG16"}) {
        std::string_view found;
        const std::string path = "/v1/rows/" + std::string(id);
        BOOST_TEST(matches("/v1/rows/{id}", path, found));
        BOOST_TEST(found == id);
    }
}

BOOST_AUTO_TEST_CASE(a_kind_of_body_is_known_by_its_type_alone) {
    for (const std::string_view type :
         {"application/json", "Application/JSON", "application/json; charset=utf-8",
          "application/json ;charset=\"utf-8\""}) {
        BOOST_TEST(is_kind(type, body_kind::json), type);
        BOOST_TEST(!is_kind(type, body_kind::form), type);
    }
    BOOST_TEST(is_kind("application/x-www-form-urlencoded;charset=UTF-8", body_kind::form));
    for (const std::string_view type :
         {"", "text/plain", "application/json5", "application/jso", "application/problem+json",
          "text/json; application/json", "multipart/form-data"}) {
        BOOST_TEST(!is_kind(type, body_kind::json), type);
        BOOST_TEST(!is_kind(type, body_kind::form), type);
        BOOST_TEST(is_kind(type, body_kind::none), type);
    }
}

BOOST_AUTO_TEST_SUITE_END()

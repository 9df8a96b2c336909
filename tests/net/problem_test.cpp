#include "net/problem.hpp"

#include "net/texts.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>
#include <string>

BOOST_AUTO_TEST_SUITE(problem)

using namespace doseline;
using core::errc;
namespace http = net::http;
using net::language;

namespace {

boost::json::object body_of(const net::reply& r) { return boost::json::parse(r.body).as_object(); }

std::string field_of(const net::reply& r, http::field name) {
    const std::string begin = std::string(http::to_string(name)) + ": ";
    const std::size_t at = r.fields.find(begin);
    return at == std::string::npos
               ? std::string{}
               : r.fields.substr(at + begin.size(), r.fields.find('\r', at) - at - begin.size());
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_code_says_itself_and_its_status) {
    for (int n = 1; n < static_cast<int>(errc::bad_request); ++n) {
        const auto code = static_cast<errc>(n);
        BOOST_TEST_CONTEXT(core::code_name(code)) {
            const net::reply r = net::problem(code, language::english);
            const boost::json::object body = body_of(r);
            BOOST_TEST(r.content_type == "application/problem+json");
            BOOST_TEST(r.status == core::http_status(code));
            BOOST_TEST(body.at("status").to_number<unsigned>() == r.status);
            BOOST_TEST(std::string(body.at("code").as_string()) == core::code_name(code));
            BOOST_TEST(std::string(body.at("detail").as_string()) ==
                       net::text_of(code, language::english));
            for (const char* const absent : {"field", "vaccinate", "confirm", "decision"}) {
                BOOST_TEST(!body.contains(absent), absent);
            }
            const bool comes_again =
                code == errc::rate || code == errc::wait || code == errc::read_only;
            BOOST_TEST(field_of(r, http::field::retry_after).empty() != comes_again);
            BOOST_TEST(field_of(r, http::field::www_authenticate).empty() !=
                       (code == errc::auth_required));
        }
    }
}

BOOST_AUTO_TEST_CASE(details_are_told_when_there_are_any) {
    const net::reply r = net::problem(
        errc::read_only, language::korean,
        {"lot", false, core::confirm_expired | core::confirm_recalled, core::decision::not_yet});
    const boost::json::object body = body_of(r);
    BOOST_TEST(body.at("field").as_string() == "lot");
    BOOST_TEST(body.at("vaccinate").as_bool() == false);
    BOOST_TEST(body.at("decision").as_string() == "NOT_YET");
    BOOST_TEST(boost::json::serialize(body.at("confirm")) == R"(["LOT_EXPIRED","LOT_RECALLED"])");
}

// A field's name may be what a client wrote.
BOOST_AUTO_TEST_CASE(a_field_cannot_break_out_of_its_text) {
    const std::string name = "\"}\n\\{";
    const net::reply r =
        net::problem(errc::unknown_field, language::english, {name, std::nullopt, 0, std::nullopt});
    BOOST_TEST(std::string(body_of(r).at("field").as_string()) == name);
}

// The code is one that clients know, the text says what it was.
BOOST_AUTO_TEST_CASE(codes_among_the_programs_own_parts_stay_there) {
    for (const errc code : {errc::expired, errc::code_used}) {
        const net::reply r = net::problem(code, language::english);
        BOOST_TEST(r.status == 401u);
        BOOST_TEST(body_of(r).at("code").as_string() == "AUTH_REQUIRED");
        BOOST_TEST(std::string(body_of(r).at("detail").as_string()) ==
                   net::text_of(code, language::english));
    }
}

BOOST_AUTO_TEST_CASE(a_refusal_knows_better_than_the_phase_rule) {
    net::render_context context;
    context.lang = language::english;
    context.vaccinate = true;
    core::refusal refused{errc::lot_recalled, "lot", core::confirm_recalled, std::nullopt};
    BOOST_TEST(body_of(net::problem(refused, context)).at("vaccinate").as_bool());
    refused.vaccinate = false;
    BOOST_TEST(!body_of(net::problem(refused, context)).at("vaccinate").as_bool());
    BOOST_TEST(body_of(net::problem(refused, context)).at("field").as_string() == "lot");
}

BOOST_AUTO_TEST_CASE(nobody_is_told_to_come_again_with_everybody) {
    std::set<std::string> told;
    for (int n = 0; n < 500; ++n) {
        const std::string seconds = net::retry_after();
        BOOST_TEST_REQUIRE((seconds.size() == 1 && seconds >= "1" && seconds <= "5"), seconds);
        told.insert(seconds);
    }
    BOOST_TEST(told.size() == 5u);  // one of them never coming: 5 * 0.8^500
}

BOOST_AUTO_TEST_SUITE_END()

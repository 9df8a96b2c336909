#include "core/error.hpp"
#include "core/event.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

BOOST_AUTO_TEST_SUITE(names_test)

using namespace doseline::core;

// The words that clinics' programs are written against.

BOOST_AUTO_TEST_CASE(problems_have_the_contracts_codes_and_statuses) {
    struct row {
        errc code;
        std::string_view name;
        unsigned status;
    };
    constexpr std::array rows{
        row{errc::bad_json, "BAD_JSON", 400},
        row{errc::key_missing, "KEY_MISSING", 400},
        row{errc::key_invalid, "KEY_INVALID", 400},
        row{errc::bad_field, "BAD_FIELD", 422},
        row{errc::unknown_field, "UNKNOWN_FIELD", 422},
        row{errc::id_invalid, "ID_INVALID", 422},
        row{errc::future_date, "FUTURE_DATE", 422},
        row{errc::key_reused, "KEY_REUSED", 422},
        row{errc::auth_required, "AUTH_REQUIRED", 401},
        row{errc::not_found, "NOT_FOUND", 404},
        row{errc::method_not_allowed, "METHOD_NOT_ALLOWED", 405},
        row{errc::lot_expired, "LOT_EXPIRED", 409},
        row{errc::lot_recalled, "LOT_RECALLED", 409},
        row{errc::version_conflict, "VERSION_CONFLICT", 412},
        row{errc::claim_state, "CLAIM_STATE", 409},
        row{errc::body_too_large, "BODY_TOO_LARGE", 413},
        row{errc::unsupported_type, "UNSUPPORTED_TYPE", 415},
        row{errc::rate, "RATE", 429},
        row{errc::wait, "WAIT", 503},
        row{errc::read_only, "READ_ONLY", 503},
    };
    for (const row& r : rows) {
        BOOST_TEST_CONTEXT(r.name) {
            BOOST_TEST(code_name(r.code) == r.name);
            BOOST_TEST(http_status(r.code) == r.status);
            const boost::system::error_code code = make_error_code(r.code);
            BOOST_TEST(code.failed());
            BOOST_TEST(!code.message().empty());
            BOOST_CHECK(code == r.code);
        }
    }
}

BOOST_AUTO_TEST_CASE(every_error_has_a_name_a_message_and_a_status_of_failure) {
    for (auto n = static_cast<unsigned>(errc::bad_json);
         n <= static_cast<unsigned>(errc::day_forgotten); ++n) {
        const auto code = static_cast<errc>(n);
        BOOST_TEST(!code_name(code).empty());
        BOOST_TEST(!make_error_code(code).message().empty());
        BOOST_TEST(http_status(code) >= 400u);
    }
}

BOOST_AUTO_TEST_CASE(flags_have_names_of_their_own) {
    const std::vector<std::string_view> all = names_of(0xffff);
    const std::vector<std::string_view> expected{"ALREADY_VACCINATED",
                                                 "NOT_ELIGIBLE_AGE",
                                                 "NOT_YET",
                                                 "CLOSED_HERE",
                                                 "LATE",
                                                 "LOT_UNKNOWN",
                                                 "STOCK_NEGATIVE",
                                                 "LOT_EXPIRED",
                                                 "LOT_RECALLED",
                                                 "CONTRACT_INACTIVE",
                                                 "EVIDENCE_MISSING"};
    BOOST_TEST(all == expected, boost::test_tools::per_element());
    BOOST_TEST(names_of(0).empty());
    const flag_set two = bit(flag::late) | bit(flag::already_vaccinated);
    BOOST_TEST(names_of(two) == (std::vector<std::string_view>{"ALREADY_VACCINATED", "LATE"}),
               boost::test_tools::per_element());
    BOOST_TEST(has(two, flag::late));
    BOOST_TEST(!has(two, flag::not_yet));
}

BOOST_AUTO_TEST_CASE(claims_have_the_contracts_names) {
    BOOST_TEST(name_of(claim_state::auto_ok) == "AUTO_OK");
    BOOST_TEST(name_of(claim_state::review) == "REVIEW");
    BOOST_TEST(name_of(claim_state::not_payable) == "NOT_PAYABLE");
    BOOST_TEST(name_of(claim_state::exception_ok) == "EXCEPTION_OK");
    BOOST_TEST(name_of(claim_state::paid) == "PAID");
}

BOOST_AUTO_TEST_SUITE_END()

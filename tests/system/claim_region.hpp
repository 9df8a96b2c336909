#pragma once

#include "tests/system/served_region.hpp"

namespace doseline::test {

// A region with registrations whose claims are to be decided on.
struct claim_region : served_region {
    // Born where the demo's programme wants an exception.
    static std::string ill(unsigned n) { return synthetic_person(n, 1885); }
    static std::string by_exception(unsigned n) {
        return person_body(ill(n), {{"exception", "UNDERLYING_DISEASE"}, {"evidence", "shown"}});
    }
    // Of the person n, by an exception: to be reviewed.
    std::string excepted(unsigned n) {
        const response r = clinic->register_dose(new_key(), by_exception(n));
        BOOST_REQUIRE_MESSAGE(r.status == 201, r.head << r.body);
        BOOST_REQUIRE(text_of(parsed(r), "claim") == "REVIEW");
        return r.field("location");
    }
    // The same person's, at the other clinic.
    std::string duplicate(unsigned n) {
        const response r = other->register_dose(new_key(), by_exception(n));
        BOOST_REQUIRE_MESSAGE(r.status == 201, r.head << r.body);
        BOOST_REQUIRE(text_of(parsed(r), "claim") == "NOT_PAYABLE");
        return r.field("location");
    }
    response decide(clinic_desk& desk, const std::string& where, std::string_view tag,
                    std::string_view decision, std::string_view reason) {
        return change(desk, where, "/claim", tag, {{"decision", decision}, {"reason", reason}});
    }
    // By the centre, whatever the version; the claim after it.
    std::string decided(const std::string& where, std::string_view decision,
                        std::string_view reason) {
        const response r = decide(*centre, where, "*", decision, reason);
        BOOST_REQUIRE_MESSAGE(r.status == 200, r.head << r.body);
        return text_of(parsed(r), "claim");
    }
    static std::string id_of(const std::string& where) {
        return where.substr(where.rfind('/') + 1);
    }
    std::vector<std::string> listed(const std::string& claim) {
        std::vector<std::string> ids;
        const auto body = centre->get_json("/v1/registrations" + query + "&claim=" + claim);
        for (const auto& row : body.at("registrations").as_array()) {
            BOOST_TEST(text_of(row.as_object(), "claim") == claim);
            ids.push_back("/v1/registrations/" + text_of(row.as_object(), "id"));
        }
        return ids;
    }
    void no_drift() { BOOST_TEST(number_of(s.operators().fresh_proof(), "drift") == 0); }
};

}  // namespace doseline::test

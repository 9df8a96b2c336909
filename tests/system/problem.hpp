#pragma once

#include "tests/support/clinic_desk.hpp"

#include <boost/test/unit_test.hpp>

#include <string_view>

namespace doseline::test {

// field: where the answer names one; empty: whatever it names.
inline void is_problem(const response& r, unsigned status, std::string_view code,
                       std::string_view field = "") {
    BOOST_TEST(r.status == status, r.head << r.body);
    BOOST_TEST(r.field("content-type") == "application/problem+json");
    BOOST_TEST(text_of(parsed(r), "code") == code, r.body);
    if (!field.empty()) {
        BOOST_TEST(text_of(parsed(r), "field") == field, r.body);
    }
}

}  // namespace doseline::test

#pragma once

#include <boost/test/unit_test.hpp>

namespace doseline::test {

// Skips tests of private descriptor tables, saying why:
// *boost::unit_test::precondition(knows_tables).
inline boost::test_tools::assertion_result knows_tables(boost::unit_test::test_unit_id) {
#ifdef __SANITIZE_THREAD__
    boost::test_tools::assertion_result no(false);
    no.message() << "the thread sanitizer takes the same number in two tables for the same file";
    return no;
#else
    return true;
#endif
}

}  // namespace doseline::test

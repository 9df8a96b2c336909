#pragma once

#include "tests/support/program.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>

namespace doseline::test {

// Lots that no clinic has on hand, as an operator imports them.
inline void import_bad_lots(const std::filesystem::path& dir) {
    const std::filesystem::path file = dir.parent_path() / "lots.csv";
    std::ofstream(file) << "lot,product,programme,expires,recalled\n"
                           "OLD-1,QIV-1,demo,2016-01-31,false\n"
                           "BAD-1,QIV-1,demo,2999-12-31,true\n";
    const run_result imported =
        doseline::test::doseline({"import", dir.string(), "lots", file.string()});
    BOOST_TEST_REQUIRE(imported.exit_code == 0, imported.err);
}

}  // namespace doseline::test

#pragma once

#include "tests/support/sanitized.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <random>
#include <string>

namespace doseline::test {

inline unsigned from_environment(const char* name, unsigned otherwise) {
    const char* const value = std::getenv(name);
    return value == nullptr ? otherwise : static_cast<unsigned>(std::stoul(value));
}

// DOSELINE_SEED, or a new one that is told.
inline unsigned seed_of_run() {
    static const unsigned seed = from_environment("DOSELINE_SEED", std::random_device{}());
    BOOST_TEST_MESSAGE("DOSELINE_SEED=" << seed);
    return seed;
}

// A run that never met what was recorded and never told has shown nothing about it. long_run: so
// many ends that one of them meets it for certain.
inline void require_met(std::size_t untold, unsigned ends, unsigned long_run) {
    BOOST_TEST((untold > 0 || ends < long_run),
               "in " << ends << " ends nothing was recorded that had not been told");
}

}  // namespace doseline::test

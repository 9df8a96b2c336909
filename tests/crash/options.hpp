#pragma once

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

}  // namespace doseline::test

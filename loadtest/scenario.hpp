#pragma once

#include "loadtest/clinics.hpp"
#include "loadtest/endpoint.hpp"
#include "loadtest/options.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace doseline::loadtest {

class run_watch;

// What every scenario is given.
struct setting {
    options asked;
    endpoint target;
    endpoint admin;
    std::vector<clinic> clinics;  // at least one
    run_watch* watch = nullptr;   // null: nobody looks on
};

// One way to put load on a server. A new one is a file in scenarios/ and a row of the table.
struct scenario {
    std::string_view name;
    std::string_view what;  // one line for --help
    double seconds = 10;    // default of --seconds
    // Prints its summary to stdout. True: nothing failed. Throws std::runtime_error with one line
    // when it cannot begin.
    bool (*run)(const setting& here) = nullptr;
};

std::span<const scenario> scenarios() noexcept;
const scenario* find_scenario(std::string_view name) noexcept;  // null: there is none

}  // namespace doseline::loadtest

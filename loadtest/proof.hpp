#pragma once

#include "loadtest/scenario.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <string>

namespace doseline::loadtest {

// The server's own proof that its state is what its ledger says, asked for after the load.
struct proof {
    // False only when a proof was due and was not given, or shows drift.
    bool holds = true;
    std::uint64_t drift = 0;    // what it admits; 0 also when there is none
    boost::json::object given;  // for summary.json; {"asked": false} without an operator token
    std::string line;           // for people
};

// A fresh round. Not asked for when there is no operator token file. Waits at most 20 s.
proof ask_for_proof(const setting& here);

}  // namespace doseline::loadtest

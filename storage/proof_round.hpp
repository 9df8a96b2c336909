#pragma once

#include "core/outcome.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace doseline::storage {

// A round of the proof as far as it has come: what was compared, and what differs.
struct proof_round {
    core::proof_answer answer;
    // Of each finding what is wrong, in words that stay the same while it is: no figures.
    std::vector<std::string> places;

    void differs(std::uint64_t by, std::string place, std::string_view figures);
};

// When operators are told of a drift: once when there is one, and once whenever another thing
// differs or by more or less, not with every dose of a clinic that has gone wrong.
class drift_alarm {
public:
    // Empty when nothing has changed.
    std::string since_last(const proof_round& finished);

private:
    std::uint64_t drift_ = 0;
    std::vector<std::string> places_;
};

}  // namespace doseline::storage

#pragma once

#include "net/reactor.hpp"

#include <string>
#include <vector>

namespace doseline::net {

// Looks at the reactors' figures now and then, off their threads, and says which clinics did not
// get in since the last look. So a thousand refusals a second make one line a second.
class accept_report {
public:
    static constexpr std::chrono::seconds interval{1};

    accept_report(std::vector<const reactor*> reactors, const connection_budget& budget)
        : reactors_(std::move(reactors)), budget_(budget) {}

    // Empty when all got in.
    std::string since_last();

private:
    const std::vector<const reactor*> reactors_;
    const connection_budget& budget_;
    std::uint64_t refused_ = 0;
    std::uint64_t failures_ = 0;
};

}  // namespace doseline::net

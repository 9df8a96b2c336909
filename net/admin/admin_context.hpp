#pragma once

#include "net/metrics.hpp"
#include "net/reactor.hpp"
#include "net/token.hpp"
#include "storage/committer.hpp"
#include "storage/prover.hpp"

#include <functional>
#include <string>
#include <vector>

namespace doseline::net {

// What the operator's calls look at. They see the system, never a person. All of it outlives the
// admin listener and may be read from its thread.
struct admin_context {
    core::published& state;
    const operator_token& token;
    const storage::committer_figures& commits;
    const storage::prover& prover;
    const tls_context& tls;
    std::vector<const reactor*> reactors;          // of the clinic listener
    std::vector<const request_figures*> requests;  // one a reactor
    std::function<void()> drain;
    std::function<bool()> draining;
    std::function<void()> reload_certificate;  // throws saying what is wrong
    std::chrono::steady_clock::time_point started;
    request_figures own_figures;
};

}  // namespace doseline::net

#pragma once

#include "net/backup_job.hpp"
#include "net/metrics.hpp"
#include "net/reactor.hpp"
#include "net/token.hpp"
#include "storage/committer.hpp"
#include "storage/prover.hpp"
#include "storage/seal.hpp"
#include "storage/served_keys.hpp"

#include <functional>
#include <string>
#include <vector>

namespace doseline::net {

// What the operator's calls look at, who see the system and never a person, and the auditor's. All
// of it outlives the admin listener and may be read from its thread.
struct admin_context {
    core::published& state;
    const console_token& operators;
    const console_token& auditors;
    const storage::served_keys& keys;
    storage::sealer seal;  // finds the persons that an auditor asks for
    const storage::committer_figures& commits;
    const storage::reader_figures& reads;
    const storage::prover& prover;
    const tls_context& tls;
    const shed_classes& shed;
    backup_job& backups;
    std::vector<const reactor*> reactors;          // of the clinic listener
    std::vector<const request_figures*> requests;  // one a reactor
    std::function<void()> drain;
    std::function<bool()> draining;
    std::function<void()> reload;  // certificate and keys; throws saying what is wrong
    std::chrono::steady_clock::time_point started;
    request_figures own_figures;
};

}  // namespace doseline::net

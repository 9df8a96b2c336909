#pragma once

#include "core/published.hpp"
#include "storage/committer.hpp"
#include "storage/fold.hpp"
#include "storage/ledger.hpp"
#include "storage/proof_round.hpp"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <vector>

namespace doseline::storage {

// Holds three independent figures against each other: what clinics were told (the reactors'
// shards), what is served (the registry and what it published), and a second fold of the ledger
// that shares no code with the registry. What a visit to the committer copies is of one sequence
// number, and the fold goes there before it is compared: so every clinic, account and person that a
// round began with is compared in it, however busy. A difference is told, never mended: by last(),
// and once by an alarm (drift_alarm).
//
// Thread safety: last() and ask() by any thread, all else by the owner. Its thread reads LMDB and
// never leaves the process's descriptor table.
class prover {
public:
    using answered = std::function<void(const core::proof_answer&)>;
    using on_fatal = std::function<void(std::string_view)>;
    using on_drift = std::function<void(std::string_view)>;  // a line for operators

    struct parts {
        std::unique_ptr<ledger_reader> ledger;
        storage::committer& committer;
        const core::published& published;
        on_fatal fatal;
        on_drift alarm;  // on the prover's thread
    };
    explicit prover(parts p);
    ~prover() { end(); }

    // Ends its thread; a round under way is given up, and nothing asked from now on is answered.
    // REQUIRES: the committer still runs.
    void end();

    // The last round that was finished, if any.
    std::optional<core::proof_answer> last() const;

    // A round that begins after this call; then is called on the committer's thread.
    void ask(answered then);

private:
    void run();
    proof_round round();
    bool is_stopping() const;
    void follow_to(core::sequence seq);  // or not that far, when the server is ending
    void compare_totals(proof_round& into);
    template <class View>
    void compare_each(proof_round& into);
    void compare_lots(proof_round& into);
    // Runs on the committer's thread and waits; false when the server is ending.
    bool on_committer(const std::function<void(core::registry&, core::sequence)>& what);

    parts parts_;
    fold fold_;  // of the open book
    drift_alarm alarm_;
    mutable std::mutex mutex_;
    std::condition_variable condition_;
    std::vector<answered> asked_;
    std::optional<core::proof_answer> last_;
    bool stopping_ = false;
    std::thread thread_;  // last: starts when all else is there
};

}  // namespace doseline::storage

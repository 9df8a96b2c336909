#pragma once

#include "core/published.hpp"
#include "core/registry.hpp"
#include "core/totals.hpp"
#include "storage/cut.hpp"
#include "storage/ledger.hpp"
#include "storage/linger.hpp"
#include "storage/port.hpp"
#include "storage/reader.hpp"

#include <atomic>
#include <functional>
#include <list>
#include <mutex>
#include <string_view>
#include <vector>

namespace doseline::storage {

// The clocks, so that tests live through a season in a second.
struct clocks {
    core::instant (*wall)() = nullptr;
    core::steady_ms (*steady)() = nullptr;
};
clocks system_clocks() noexcept;

// What the committer tells about itself. Written by it alone, read by anyone; relaxed: figures.
struct committer_figures {
    static constexpr std::array<double, 10> seconds_bounds{0.0005, 0.001, 0.002, 0.005, 0.01,
                                                           0.025,  0.05,  0.1,   0.5,   1};
    static constexpr std::array<double, 8> events_bounds{1, 5, 10, 20, 50, 100, 500, 1'000};

    std::atomic<std::uint64_t> commits{0};
    std::atomic<std::uint64_t> commit_nanoseconds{0};
    std::atomic<std::uint64_t> records{0};
    std::array<std::atomic<std::uint64_t>, seconds_bounds.size() + 1> by_seconds{};
    std::array<std::atomic<std::uint64_t>, events_bounds.size() + 1> by_events{};
};

// The single writer: takes what is there, decides it in order, makes it durable in one commit,
// then publishes and answers. The registry runs ahead of the disk by at most the batch in hand, and
// nobody else can see it; an error of the commit ends the process, so nothing is ever undone.
//
// Thread safety: run() on its own thread, which never leaves the process's descriptor table (LMDB);
// stop(), call() and give_back() from any thread; all else before run().
class committer {
public:
    struct parts {
        storage::ledger& ledger;
        core::registry& registry;
        core::published& published;
        const core::dose_totals& totals;
        storage::reader& reader;
        doorbell& bell;
    };
    using task = std::function<void(core::registry&, core::sequence seq)>;
    // Called on the committer's thread after every commit, with the two streams' ends.
    using on_commit = std::function<void(const stream_head& events, const stream_head& audit)>;

    // last: the recording time of the newest event, so that time does not go back over a restart.
    committer(const parts& p, std::vector<port*> ports, const clocks& c, core::instant last,
              on_commit committed);

    // Until stop(), then until the ports are empty. Throws fatal_error.
    void run();
    void stop();

    // Runs t on the committer's thread between two batches, with everything durable and published.
    void call(task t);

    // Asks for a cut; done is called on the committer's thread when all reactors have met it.
    // REQUIRES: the committer's thread, that is within a task.
    void cut_now(cut::finished done);

    // For the audit alone, what no command makes, in a commit of its own: durable when it returns
    // true. False: nothing can be stored now. Their times are moved to where they stand in the
    // audit, which is in the order of time.
    // REQUIRES: the committer's thread, that is within a task.
    bool record(std::vector<core::audit_record> what);

    // From the reactor that reached a cut last.
    void give_back(cut& c);

    // Who answers prove commands: given a function to call, on the committer's thread, when done.
    using proof_source = std::function<void(std::function<void(const core::proof_answer&)>)>;
    void prove_with(proof_source source) { prove_ = std::move(source); }  // before run()

    const committer_figures& figures() const noexcept { return figures_; }

private:
    struct taken {
        port* from = nullptr;
        submission what;
        core::outcome answer;
        std::chrono::nanoseconds waited{-1};  // in its port; negative: it came from the reader
        bool late = false;  // it waited too long, there or here: refused, not decided
    };

    // To the reader, and from it, with what it wanted.
    void send_away(taken&& t, const reader::wanted& w);
    void come_back(port& from, submission&& what, bool late);

    void gather();
    void commit_batch();
    void decide_batch();
    void write_batch();
    void answer_batch();
    void refuse_batch();
    void begin_totals_cut();
    void finish_totals(const cut& c);
    bool tend();  // tasks, cuts, disk reserve, expired holds; true when something was done
    void sleep();
    bool ports_empty() const;
    void count_commit(std::chrono::nanoseconds took, std::size_t records) noexcept;
    core::moment now();

    ledger& ledger_;
    core::registry& registry_;
    core::published& published_;
    const core::dose_totals& totals_;
    reader& reader_;
    doorbell& bell_;
    const std::vector<port*> ports_;
    const clocks clocks_;
    const on_commit committed_;
    proof_source prove_;
    core::instant last_;
    core::sequence seq_;
    arrival_rate arrivals_;
    std::size_t first_port_ = 0;  // who is taken from first changes, so that none waits for ever

    // Of the batch in hand; reused.
    std::vector<taken> batch_;
    core::decided decided_;
    record_batch events_;
    record_batch audit_;

    // Totals that wait for a cut: those of the cut under way, and those that came meanwhile.
    struct asker {
        port* from = nullptr;
        std::uint64_t ticket = 0;
        core::clinic_number clinic = 0;
        core::totals_answer answer;
    };
    std::vector<asker> totals_waiting_;
    std::vector<asker> totals_under_way_;
    core::steady_ms totals_last_ = 0;
    std::list<cut> cuts_;

    committer_figures figures_;
    std::mutex mutex_;
    std::vector<task> tasks_;         // guarded by mutex_
    std::vector<cut*> returned_;      // guarded by mutex_
    std::vector<taken> come_back_;    // guarded by mutex_
    std::atomic<bool> asked_{false};  // something is in one of these
    std::size_t away_ = 0;            // commands that the reader has and will bring back
    std::atomic<bool> stopping_{false};
};

}  // namespace doseline::storage

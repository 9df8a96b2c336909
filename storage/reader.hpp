#pragma once

#include "storage/clinic_turns.hpp"
#include "storage/figures.hpp"
#include "storage/ledger.hpp"
#include "storage/port.hpp"

#include <array>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string_view>
#include <thread>

namespace doseline::storage {

// How long questions waited for the reader.
struct reader_figures {
    static constexpr std::array<double, 9> seconds_bounds{0.0005, 0.001, 0.005, 0.015, 0.05,
                                                          0.1,    0.25,  0.5,   1};
    struct waits {
        std::array<figure, seconds_bounds.size() + 1> by_seconds{};
        figure nanoseconds{0};
    };
    waits urgent;
    waits lists;
};

// One thread that reads what the committer will not wait for. What it is asked for is durable
// already, so its answers are too. Two classes:
//
// Urgent, because a registration, a look at one or a change of one waits for it: the stored answer
// of a known key, a person's history. Each reads limits::person_events_max records at most.
//
// Lists of registrations and movements, and auditors' queries, which may read 200,000 records. They
// wait in a line a clinic (all auditors have one), and clinics take turns; a list stops after every
// limits::list_step_records and serves what is urgent. So nothing urgent waits for more than one
// step, and what is urgent before it. A list whose turn has not come within limits::list_wait_max
// is not read any more.
//
// Thread safety: ask() by any thread, figures() too, all else by the owner. Its thread never leaves
// the process's descriptor table, which LMDB needs.
class reader {
public:
    using on_fatal = std::function<void(std::string_view)>;
    using clock = std::chrono::steady_clock::time_point (*)();

    reader(std::unique_ptr<ledger_reader> ledger, on_fatal fatal,
           clock now = std::chrono::steady_clock::now);
    ~reader();  // answers what was asked, then ends

    // The answer goes to the port; a list that is late is refused with errc::wait.
    using answered = std::variant<core::known_key, core::movements_wanted>;
    void ask(port& from, submission&& what, const answered& w);

    // The command goes back, always, with what it wants; or without, where late says so.
    using comes_back = std::function<void(port& from, submission&& what, bool late)>;
    using wanted = std::variant<core::history_wanted, core::page_wanted, core::audit_wanted>;
    void ask(port& from, submission&& what, const wanted& w, comes_back back);

    const reader_figures& figures() const noexcept { return figures_; }

private:
    struct question {
        port* from = nullptr;
        std::variant<answered, wanted> asked;
        submission what;
        comes_back back;
        std::chrono::steady_clock::time_point since{};
    };

    void put(question&& q);
    void run();
    void serve_urgent();
    void serve_list(question&& q);
    void refuse(question&& q);
    void answer(question&& q);
    void give(core::command& to, const wanted& w);
    core::outcome stored_answer(const core::known_key& known);
    core::outcome movements(const core::page_wanted& w);

    const std::unique_ptr<ledger_reader> ledger_;
    const on_fatal fatal_;
    const clock now_;
    const std::function<void()> give_way_ = [this] { serve_urgent(); };
    std::vector<std::byte> record_;  // of the urgent
    reader_figures figures_;

    std::mutex mutex_;
    std::condition_variable condition_;
    std::deque<question> urgent_;  // both: at most what the ports let under way
    clinic_turns<question> lists_;
    bool stopping_ = false;
    std::thread thread_;  // last: starts when all else is there
};

// What is wanted of a person, with what is attached to that registration. Where that number is no
// registration, the history has none. Throws fatal_error.
core::person_history read_history(ledger_reader& from, const core::history_wanted& wanted);

// What a clinic is told of that registration, when asked again.
core::dose_receipt replayed_receipt(core::sequence seq, const core::dose_registered& e) noexcept;

}  // namespace doseline::storage

#pragma once

#include "storage/ledger.hpp"
#include "storage/port.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string_view>
#include <thread>

namespace doseline::storage {

// One thread that reads what the committer will not wait for: stored answers of known keys, lists
// of movements, and the histories, lists and audit records that a command needs. What it is asked
// for is durable already, so its answers are too.
//
// Thread safety: ask() by any thread, all else by the owner. Its thread never leaves the process's
// descriptor table, which LMDB needs.
class reader {
public:
    using on_fatal = std::function<void(std::string_view)>;

    reader(std::unique_ptr<ledger_reader> ledger, on_fatal fatal);
    ~reader();  // answers what was asked, then ends

    // The answer goes to the port.
    using answered = std::variant<core::known_key, core::movements_wanted>;
    void ask(port& from, std::uint64_t ticket, const answered& what);

    // The command goes back, always, with what it wants.
    using comes_back = std::function<void(port& from, submission&& what)>;
    using wanted = std::variant<core::history_wanted, core::page_wanted, core::audit_wanted>;
    void ask(port& from, submission&& what, const wanted& w, comes_back back);

private:
    struct question {
        port* from = nullptr;
        std::variant<answered, wanted> asked;
        submission what;
        comes_back back;
    };

    void put(question&& q);
    void run();
    void answer(question&& q);
    void give(core::command& to, const wanted& w);
    core::outcome stored_answer(const core::known_key& known);
    core::outcome movements(const core::page_wanted& w);

    const std::unique_ptr<ledger_reader> ledger_;
    const on_fatal fatal_;
    std::vector<std::byte> record_;

    std::mutex mutex_;
    std::condition_variable condition_;
    std::deque<question> questions_;  // at most what the ports let under way
    bool stopping_ = false;
    std::thread thread_;  // last: starts when all else is there
};

// What is wanted of a person. Where that number is no registration, the history has none. Throws
// fatal_error.
core::person_history read_history(ledger_reader& from, const core::history_wanted& wanted);

// What a clinic is told of that registration, when asked again.
core::dose_receipt replayed_receipt(core::sequence seq, const core::dose_registered& e) noexcept;

}  // namespace doseline::storage

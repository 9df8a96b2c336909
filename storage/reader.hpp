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

// One thread that reads what the committer will not wait for: stored answers of known keys, and
// registrations to show. What it is asked for is durable already, so its answers are too.
//
// Thread safety: ask() by any thread, all else by the owner. Its thread never leaves the process's
// descriptor table, which LMDB needs.
class reader {
public:
    using on_fatal = std::function<void(std::string_view)>;

    reader(std::unique_ptr<ledger_reader> ledger, on_fatal fatal);
    ~reader();  // answers what was asked, then ends

    // what is a known_key or a view_granted; anything else is a mistake of the caller.
    void ask(port& from, std::uint64_t ticket, core::outcome what);

private:
    struct question {
        port* from = nullptr;
        std::uint64_t ticket = 0;
        core::outcome what;
    };

    void run();
    core::outcome answer(const core::outcome& what);

    const std::unique_ptr<ledger_reader> ledger_;
    const on_fatal fatal_;
    std::vector<std::byte> record_;

    std::mutex mutex_;
    std::condition_variable condition_;
    std::deque<question> questions_;  // at most what the ports let under way
    bool stopping_ = false;
    std::thread thread_;  // last: starts when all else is there
};

// What a clinic is told of that registration, when asked again.
core::dose_receipt replayed_receipt(core::sequence seq, const core::dose_registered& e) noexcept;

}  // namespace doseline::storage

#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace doseline::net {

// SIGTERM and SIGINT as a request to end, SIGHUP as one to reload the certificate. The second
// request to end does not wait for anybody: the process ends at once, which is safe at any moment.
//
// Thread safety: request(), requested() and wait_for() by any thread. REQUIRES: made before any
// other thread, so that none of them is interrupted by these signals.
class stop_signals {
public:
    stop_signals();
    ~stop_signals();
    stop_signals(const stop_signals&) = delete;
    stop_signals& operator=(const stop_signals&) = delete;

    void request();  // as a first signal would
    bool requested() const;
    enum class asked { nothing, reload, end };
    asked wait_for(std::chrono::milliseconds at_most);  // a reload is told once

private:
    void listen();
    void request_reload();

    mutable std::mutex mutex_;
    std::condition_variable condition_;
    bool requested_ = false;
    bool reload_requested_ = false;
    std::thread thread_;
};

}  // namespace doseline::net

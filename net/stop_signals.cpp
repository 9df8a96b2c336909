#include "net/stop_signals.hpp"

#include <pthread.h>

#include <csignal>
#include <cstdlib>
#include <utility>

namespace doseline::net {

namespace {

// SIGUSR2 ends the listener itself.
sigset_t signals() {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGTERM);
    ::sigaddset(&set, SIGINT);
    ::sigaddset(&set, SIGHUP);
    ::sigaddset(&set, SIGUSR2);
    return set;
}

}  // namespace

stop_signals::stop_signals() {
    const sigset_t set = signals();
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    thread_ = std::thread([this] { listen(); });
}

stop_signals::~stop_signals() {
    ::pthread_kill(thread_.native_handle(), SIGUSR2);
    thread_.join();
}

void stop_signals::listen() {
    const sigset_t set = signals();
    bool first = true;
    for (;;) {
        int received = 0;
        ::sigwait(&set, &received);
        if (received == SIGUSR2) {
            return;
        }
        if (received == SIGHUP) {
            request_reload();
            continue;
        }
        if (!first) {
            std::_Exit(128 + received);
        }
        first = false;
        request();
    }
}

void stop_signals::request() {
    {
        const std::lock_guard lock(mutex_);
        requested_ = true;
    }
    condition_.notify_all();
}

bool stop_signals::requested() const {
    const std::lock_guard lock(mutex_);
    return requested_;
}

void stop_signals::request_reload() {
    {
        const std::lock_guard lock(mutex_);
        reload_requested_ = true;
    }
    condition_.notify_all();
}

stop_signals::asked stop_signals::wait_for(std::chrono::milliseconds at_most) {
    std::unique_lock lock(mutex_);
    condition_.wait_for(lock, at_most, [this] { return requested_ || reload_requested_; });
    if (requested_) {
        return asked::end;
    }
    return std::exchange(reload_requested_, false) ? asked::reload : asked::nothing;
}

}  // namespace doseline::net

#include "loadtest/fleet.hpp"

#include "loadtest/run_watch.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>

namespace doseline::loadtest {

namespace {

// As many as the connections need; above the hard limit that works for root alone.
void allow_descriptors(std::uint32_t connections) {
    constexpr std::uint32_t others = 64;  // epoll, files, standard streams
    const rlim_t needed = connections + others;
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur >= needed) {
        return;
    }
    const rlimit wanted{needed, std::max(limit.rlim_max, needed)};
    if (::setrlimit(RLIMIT_NOFILE, &wanted) != 0) {
        throw std::runtime_error(std::to_string(connections) + " connections need " +
                                 std::to_string(needed) + " file descriptors and the limit is " +
                                 std::to_string(limit.rlim_max) + ": raise it with ulimit -Hn");
    }
}

}  // namespace

fleet::fleet(const setting& here, std::uint32_t connections) : watch_(here.watch) {
    allow_descriptors(connections);
    for (std::uint32_t i = 0; i < here.asked.threads; ++i) {
        ship s;
        s.tls = std::make_unique<tls_client>(here.asked.authority, here.target);
        s.loop = std::make_unique<client_loop>(here.target, *s.tls, here.asked.threads, i);
        ships_.push_back(std::move(s));
    }
}

std::uint64_t fleet::connections_now() const noexcept {
    std::uint64_t open = 0;
    for (const ship& s : ships_) {
        open += s.loop->open_now();
    }
    return open;
}

void fleet::run(std::span<actor* const> actors, const std::function<void()>& every_second) {
    std::mutex mutex;
    std::condition_variable one_finished;
    std::size_t finished = 0;
    std::vector<std::jthread> threads;
    for (std::uint32_t i = 0; i < actors.size(); ++i) {
        threads.emplace_back([&, i] {
            ships_[i].loop->run(*actors[i]);
            const std::lock_guard lock(mutex);
            ++finished;
            one_finished.notify_one();
        });
    }
    std::unique_lock lock(mutex);
    const auto all = [&] { return finished == actors.size(); };
    for (time_point next = steady_clock::now() + std::chrono::seconds{1};
         !one_finished.wait_until(lock, next, all); next += std::chrono::seconds{1}) {
        lock.unlock();
        if (watch_ != nullptr) {
            watch_->sample(connections_now());
        }
        every_second();
        lock.lock();
    }
}

}  // namespace doseline::loadtest

#include "loadtest/fleet.hpp"

#include <sys/resource.h>

#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>

namespace doseline::loadtest {

namespace {

void check_descriptors(std::uint32_t connections) {
    constexpr std::uint32_t others = 64;  // epoll, files, standard streams
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < connections + others) {
        throw std::runtime_error(std::to_string(connections) + " connections need " +
                                 std::to_string(connections + others) +
                                 " file descriptors and the limit is " +
                                 std::to_string(limit.rlim_cur) + ": raise it with ulimit -n");
    }
}

}  // namespace

fleet::fleet(const setting& here, std::uint32_t connections) {
    check_descriptors(connections);
    for (std::uint32_t i = 0; i < here.asked.threads; ++i) {
        ship s;
        s.tls = std::make_unique<tls_client>(here.asked.authority, here.target);
        s.loop = std::make_unique<client_loop>(here.target, *s.tls, here.asked.threads, i);
        ships_.push_back(std::move(s));
    }
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
        every_second();
        lock.lock();
    }
}

}  // namespace doseline::loadtest

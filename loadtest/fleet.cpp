#include "loadtest/fleet.hpp"

#include "loadtest/run_watch.hpp"

#include <sched.h>
#include <sys/resource.h>

#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>

namespace doseline::loadtest {

namespace {

constexpr std::uint64_t files = 64;  // records, reports, the watch's connection, standard streams

// A table holds these besides connections: each loop's epoll is in all of them.
std::uint64_t own_descriptors(std::uint32_t threads) { return files + threads; }

bool enough_for(std::uint64_t connections, std::uint32_t threads, std::uint64_t limit) {
    return connections + own_descriptors(threads) <= limit;
}

std::uint32_t share_of(std::uint32_t connections, std::uint32_t threads) {
    return connections / threads + 1;
}

void leave_descriptor_table() {
    if (::unshare(CLONE_FILES) != 0) {
        throw std::system_error(errno, std::generic_category(), "unshare");
    }
}

// Tries it, on a thread that ends.
std::error_code why_tables_stay_shared() {
    std::error_code refused;
    std::thread([&refused] {
        try {
            leave_descriptor_table();
        } catch (const std::system_error& error) {
            refused = error.code();
        }
    }).join();
    return refused;
}

// True: a table for each thread.
bool choose_tables(std::uint32_t threads, std::uint32_t connections) {
    const std::uint64_t limit = raise_descriptor_limit();
    if (enough_for(connections, threads, limit)) {
        return false;
    }
    const std::error_code refused = why_tables_stay_shared();
    if (!refused && enough_for(share_of(connections, threads), threads, limit)) {
        return true;
    }
    throw std::runtime_error(
        std::to_string(connections) + " connections need " +
        std::to_string(connections + own_descriptors(threads)) +
        " file descriptors and the limit is " + std::to_string(limit) +
        (refused ? ", which threads may not have each for itself (" + refused.message() + ")"
                 : " for each of " + std::to_string(threads) + " threads") +
        ": raise it with ulimit -Hn");
}

}  // namespace

std::uint64_t raise_descriptor_limit() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);  // within what is allowed: cannot fail
    return limit.rlim_max;
}

std::uint32_t threads_for(std::uint32_t asked, std::uint32_t connections, std::uint64_t limit) {
    if (enough_for(connections, asked, limit)) {
        return asked;
    }
    std::uint32_t threads = asked;
    while (threads < threads_max && !enough_for(share_of(connections, threads), threads, limit)) {
        ++threads;
    }
    return threads;
}

fleet::fleet(const setting& here, std::uint32_t connections)
    : private_tables_(choose_tables(here.asked.threads, connections)), watch_(here.watch) {
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

// On the ship's own thread. What it shares with others by number, its epoll and the record of
// acknowledgements, was opened before; its sockets are known to this thread alone.
void fleet::sail(ship& s, actor& part) const {
    if (private_tables_) {
        leave_descriptor_table();  // allowed a moment ago: if not now, this ends the process
    }
    s.loop->run(part);
    s.loop->hang_up();
}

void fleet::run(std::span<actor* const> actors, const std::function<void()>& every_second) {
    std::mutex mutex;
    std::condition_variable one_finished;
    std::size_t finished = 0;
    std::vector<std::jthread> threads;
    for (std::uint32_t i = 0; i < actors.size(); ++i) {
        threads.emplace_back([&, i] {
            sail(ships_[i], *actors[i]);
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

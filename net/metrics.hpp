#pragma once

#include "net/handler.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>

namespace doseline::net {

// Requests of one reactor by class, status and duration. Written by its thread alone, read by the
// operator's: relaxed, figures order nothing.
class request_figures {
public:
    static constexpr std::array<double, 14> seconds_bounds{
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
    static constexpr std::array<unsigned, 19> statuses{200, 201, 204, 304, 400, 401, 404,
                                                       405, 409, 411, 412, 413, 415, 417,
                                                       422, 429, 431, 500, 503};

    void count(work_class work, unsigned status, std::chrono::nanoseconds took) noexcept;

    using figure = std::atomic<std::uint64_t>;
    std::array<std::array<figure, statuses.size() + 1>, work_classes> by_status{};  // last: others
    std::array<std::array<figure, seconds_bounds.size() + 1>, work_classes> by_seconds{};
    std::array<figure, work_classes> nanoseconds{};
};

// Where a request waits: in the kernel, until it is read (also of one that is refused then; told by
// unread_wait.hpp); for its turn on the reactor; as a command, for the committer.
enum class work_queue : std::uint8_t { unread, ready, inbox };
inline constexpr std::size_t work_queues = 3;
std::string_view name_of(work_queue q) noexcept;

// How long requests waited, by queue and class. As above.
class wait_figures {
public:
    static constexpr std::array<double, 9> seconds_bounds{0.0005, 0.001, 0.005, 0.015, 0.05,
                                                          0.1,    0.25,  0.5,   1};

    void count(work_queue queue, work_class work, std::chrono::nanoseconds waited) noexcept;

    using figure = std::atomic<std::uint64_t>;
    struct distribution {
        std::array<figure, seconds_bounds.size() + 1> by_seconds{};
        figure nanoseconds{0};
    };
    std::array<std::array<distribution, work_classes>, work_queues> of{};
};

}  // namespace doseline::net

#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <span>

struct ssl_ctx_st;

namespace doseline::net {

// The keys under which session tickets are sealed, one set for all reactors and all certificates of
// a listener, so that a client resumes wherever the kernel takes it. Random, in memory alone: a
// ticket key on a disk would open what was recorded of TLS 1.2 connections, so no ticket survives a
// restart, which costs its client a full handshake. A key seals for an hour and opens for another
// one; then it is wiped, at the first handshake that finds it old.
//
// Thread safety: any thread; a lock is held for the copy of a pointer, once a handshake.
class ticket_keys {
public:
    using time_point = std::chrono::steady_clock::time_point;
    static constexpr std::chrono::hours lifetime{1};

    struct key {
        std::array<std::byte, 16> name;
        std::array<std::byte, 32> cipher;
        std::array<std::byte, 32> mac;

        key();  // random
        key(const key&) = default;
        key& operator=(const key&) = default;
        ~key();  // wipes
    };
    struct key_set {
        key current;
        std::optional<key> previous;
        time_point made;
    };

    explicit ticket_keys(time_point now);

    // Those of that time. Times of different threads may come out of order.
    std::shared_ptr<const key_set> at(time_point now);

    // Contexts made with it seal and open their tickets here. Outlives them.
    void attach(ssl_ctx_st* context);

private:
    std::mutex mutex_;
    std::shared_ptr<const key_set> keys_;  // guarded by mutex_
};

}  // namespace doseline::net

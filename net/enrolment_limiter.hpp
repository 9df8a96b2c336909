#pragma once

#include "core/command.hpp"
#include "core/limits.hpp"

#include <chrono>
#include <cstdint>
#include <cstring>
#include <unordered_map>

namespace doseline::net {

// Counts wrong enrolment codes by source address, so that 50 bits of a code cannot be guessed.
// Thread safety: none; its reactor's. Bounded: forgets everything each minute, and takes no more
// addresses than it has room for (then all new ones are refused until the minute is over).
class enrolment_limiter {
public:
    using clock = std::chrono::steady_clock;

    bool may_try(const core::network_address& from, clock::time_point now) {
        renew(now);
        const auto it = wrong_.find(from);
        return it == wrong_.end() ? wrong_.size() < addresses_max
                                  : it->second < core::limits::enrolment_tries_per_minute_max;
    }
    void was_wrong(const core::network_address& from, clock::time_point now) {
        renew(now);
        ++wrong_[from];
    }

private:
    static constexpr std::size_t addresses_max = 10'000;

    struct hasher {
        std::size_t operator()(const core::network_address& a) const noexcept {
            std::uint64_t halves[2];
            std::memcpy(halves, a.data(), sizeof halves);
            return (halves[0] ^ halves[1]) * 0x9e3779b97f4a7c15ull;
        }
    };
    void renew(clock::time_point now) {
        if (now - began_ >= std::chrono::minutes{1}) {
            wrong_.clear();
            began_ = now;
        }
    }
    std::unordered_map<core::network_address, std::uint32_t, hasher> wrong_;
    clock::time_point began_{};
};

}  // namespace doseline::net

#pragma once

#include <cstdint>

namespace doseline::loadtest {

// A bijection of 64-bit numbers that scatters neighbours (SplitMix64's finalizer): numbers from a
// counter become unrelated numbers that never meet twice.
constexpr std::uint64_t scatter(std::uint64_t x) noexcept {
    x += 0x9E3779B97F4A7C15;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
    return x ^ (x >> 31);
}

// A small seeded generator, the same on every machine, which the standard distributions are not.
class random_source {
public:
    explicit random_source(std::uint64_t seed) noexcept : state_(seed) {}

    std::uint64_t next() noexcept { return scatter(state_++); }

    // REQUIRES: end > 0. The bias of the remainder is below 2^-32 for the ends in use here.
    std::uint32_t below(std::uint32_t end) noexcept {
        return static_cast<std::uint32_t>(next() % end);
    }

    // In (0, 1].
    double unit() noexcept { return static_cast<double>((next() >> 11) + 1) * 0x1p-53; }

private:
    std::uint64_t state_;
};

}  // namespace doseline::loadtest

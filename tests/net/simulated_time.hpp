#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

// Virtual time, and how long things took in it.
namespace doseline::test {

using sim_time = std::int64_t;  // nanoseconds
constexpr sim_time operator""_ns_us(unsigned long long n) {
    return static_cast<sim_time>(n) * 1'000;
}
constexpr sim_time operator""_ns_ms(unsigned long long n) {
    return static_cast<sim_time>(n) * 1'000'000;
}
constexpr sim_time operator""_ns_s(unsigned long long n) {
    return static_cast<sim_time>(n) * 1'000'000'000;
}

// Tenths of a millisecond up to half a minute.
class sim_histogram {
public:
    void add(sim_time took) {
        const auto at = std::min<std::size_t>(
            static_cast<std::size_t>(std::max<sim_time>(took, 0) / unit), bins_.size() - 1);
        ++bins_[at];
        ++count_;
        ++since_mark_;
    }
    double quantile_ms(double q) const {
        std::uint64_t left = static_cast<std::uint64_t>(q * static_cast<double>(since_mark_));
        for (std::size_t i = 0; i < bins_.size(); ++i) {
            if (bins_[i] > left) {
                return static_cast<double>(i + 1) / 10;
            }
            left -= bins_[i];
        }
        return 0;
    }
    std::uint64_t count() const { return count_; }
    // Quantiles are of what comes from now on.
    void mark() {
        std::fill(bins_.begin(), bins_.end(), 0);
        since_mark_ = 0;
    }

private:
    static constexpr sim_time unit = 100'000;
    std::vector<std::uint32_t> bins_ = std::vector<std::uint32_t>(300'000);
    std::uint64_t count_ = 0;
    std::uint64_t since_mark_ = 0;
};

}  // namespace doseline::test

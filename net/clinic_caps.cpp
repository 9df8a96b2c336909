#include "net/clinic_caps.hpp"

#include <algorithm>

namespace doseline::net {

namespace {

constexpr unsigned in_flight_bits = 16;
constexpr std::uint64_t in_flight_mask = (1u << in_flight_bits) - 1;

}  // namespace

clinic_caps::clinic_caps(time_point now, std::size_t clinics, const clinic_cap_settings& settings)
    : origin_(now), in_flight_max_(settings.in_flight_max),
      token_us_(1'000'000 / settings.per_second_max),
      tolerance_us_(std::uint64_t{settings.burst_max - 1} * token_us_),
      words_(std::make_unique<std::atomic<std::uint64_t>[]>(clinics)) {}

std::optional<clinic_caps::place> clinic_caps::enter(core::clinic_number clinic,
                                                     time_point now) noexcept {
    const auto us = static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(now - origin_).count());
    std::atomic<std::uint64_t>& word = words_[clinic];
    std::uint64_t was = word.load(std::memory_order_relaxed);  // counts, they order nothing
    for (;;) {
        if ((was & in_flight_mask) >= in_flight_max_) {
            return std::nullopt;
        }
        const std::uint64_t full_at = std::max(was >> in_flight_bits, us);
        if (full_at - us > tolerance_us_) {
            return std::nullopt;
        }
        const std::uint64_t wanted =
            (full_at + token_us_) << in_flight_bits | ((was & in_flight_mask) + 1);
        if (word.compare_exchange_weak(was, wanted, std::memory_order_relaxed)) {
            return place(word);
        }
    }
}

std::uint32_t clinic_caps::in_flight(core::clinic_number clinic) const noexcept {
    return static_cast<std::uint32_t>(words_[clinic].load(std::memory_order_relaxed) &
                                      in_flight_mask);
}

}  // namespace doseline::net

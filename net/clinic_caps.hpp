#pragma once

#include "core/command.hpp"
#include "core/limits.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace doseline::net {

struct clinic_cap_settings {
    std::uint32_t in_flight_max = core::limits::clinic_in_flight_max;  // < 65,536
    std::uint32_t per_second_max = core::limits::clinic_requests_per_second_max;
    std::uint32_t burst_max = core::limits::clinic_burst_requests_max;
};

// What one clinic may take of the server, over all reactors together: so many commands at once, and
// so many requests a second after a burst. A clinic's software that asks in a loop costs only its
// own clinic.
//
// One word a clinic, shared: in the upper 48 bits the time at which its bucket would be full again
// (GCRA: the whole of a token bucket in one number, microseconds since construction, enough for
// eight years), in the lower 16 what it has under way. So both caps are exact whichever reactors
// its connections are on, for one compare-and-swap a request on a line that other reactors touch
// only when the same clinic, or one of seven neighbours, asks there too. Sharded counts would read
// a line of every reactor to decide, and would be passed by as many requests as there are reactors.
//
// Thread safety: any.
class clinic_caps {
public:
    using time_point = std::chrono::steady_clock::time_point;

    // Holds one of a clinic's places while a request is under way. May outlive nothing of the caps.
    class place {
    public:
        place() = default;
        place(place&& other) noexcept : word_(std::exchange(other.word_, nullptr)) {}
        place& operator=(place&& other) noexcept {
            std::swap(word_, other.word_);
            return *this;
        }
        ~place() {
            if (word_ != nullptr) {
                // relaxed: a count, it orders nothing.
                word_->fetch_sub(1, std::memory_order_relaxed);
            }
        }

    private:
        friend class clinic_caps;
        explicit place(std::atomic<std::uint64_t>& word) noexcept : word_(&word) {}
        std::atomic<std::uint64_t>* word_ = nullptr;
    };

    explicit clinic_caps(time_point now, std::size_t clinics = core::limits::clinics_max,
                         const clinic_cap_settings& settings = {});

    // None: it has too much under way, or asks too often; that uses nothing up, and a second later
    // there is room again. REQUIRES: clinic < clinics.
    std::optional<place> enter(core::clinic_number clinic, time_point now) noexcept;

    std::uint32_t in_flight(core::clinic_number clinic) const noexcept;

private:
    const time_point origin_;
    const std::uint32_t in_flight_max_;
    const std::uint64_t token_us_;      // one request's share of a second
    const std::uint64_t tolerance_us_;  // how far ahead of the time a bucket may run
    const std::unique_ptr<std::atomic<std::uint64_t>[]> words_;
};

}  // namespace doseline::net

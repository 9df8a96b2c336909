#pragma once

#include "storage/little_endian.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <stdexcept>

namespace doseline::storage {

using nonce = std::array<std::byte, 12>;

// Nonces that never repeat: boot epoch (4 bytes), thread number (2), counter (6). The epoch grows
// at each start and a thread number has one owner in an epoch; both are the caller's promise.
class nonce_sequence {
public:
    static constexpr std::uint64_t counter_end = std::uint64_t{1} << 48;

    nonce_sequence(std::uint32_t boot_epoch, std::uint16_t thread_number,
                   std::uint64_t counter = 0) noexcept
        : boot_epoch_(boot_epoch), thread_number_(thread_number), counter_(counter) {}

    // Throws std::length_error when the counter is used up: to repeat a nonce would give away what
    // was sealed under it.
    nonce next() {
        if (counter_ == counter_end) {
            throw std::length_error("this thread's nonces are used up: start the server again");
        }
        nonce made;
        const std::span<std::byte> bytes(made);
        put_little_endian<4>(bytes, boot_epoch_);
        put_little_endian<2>(bytes.subspan(4), thread_number_);
        put_little_endian<6>(bytes.subspan(6), counter_++);
        return made;
    }

private:
    std::uint32_t boot_epoch_;
    std::uint16_t thread_number_;
    std::uint64_t counter_;
};

}  // namespace doseline::storage

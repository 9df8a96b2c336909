#pragma once

#include "core/civil_time.hpp"
#include "storage/ledger.hpp"
#include "storage/little_endian.hpp"
#include "storage/sha256.hpp"

#include <array>
#include <cstdint>
#include <span>

// Each batch is sealed with the SHA-256 of the seal before it, of its own numbers and of every
// byte of its records, so that nothing in a stream can be changed, left out or put in without
// changing every seal behind it.
namespace doseline::storage {

// What lies behind the last record of a batch.
struct seal {
    static constexpr std::size_t bytes = 4 + 4 + 8 + 8 + 32;

    std::uint32_t count = 0;
    core::sequence first = 0;
    core::instant at;
    digest hash{};

    std::array<std::byte, bytes> encode() const noexcept;
    // False when the bytes are no seal.
    static bool decode(std::span<const std::byte> from, seal& into) noexcept;
};

// Computes one seal's hash: begin, each record, end. One per thread.
class chain_link {
public:
    void begin(const digest& previous, std::uint32_t count, core::sequence first, core::instant at);
    void record(std::span<const std::byte> bytes);
    digest end();

private:
    void put(std::span<const std::byte> bytes);
    void hash_waiting();

    sha256_stream hash_;
    // Records are short and a call of the hash is not: some dozens of them go into it together.
    std::array<std::byte, 4'096> waiting_;
    std::size_t waiting_bytes_ = 0;
};

// What the first seal of a stream's first book is chained to: another for every ledger and stream.
// Later books go on from where the one before ends.
digest chain_start(std::span<const std::byte, 16> ledger_id, stream s);

}  // namespace doseline::storage

#include "net/receipt.hpp"

#include "net/base32.hpp"
#include "net/registration_id.hpp"
#include "storage/little_endian.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace doseline::net {
namespace {

constexpr std::byte domain{'R'};  // of the receipt key
constexpr std::size_t proof_characters = 6;

}  // namespace

receipts::receipts(const storage::key_ring& ring) : receipt_key_(ring.receipt_key()) {}

receipt_text receipts::receipt_number(core::sequence seq, core::instant recorded_at) {
    std::array<std::byte, 16> message;
    const std::span<std::byte> bytes(message);
    storage::put_little_endian<8>(bytes, seq);
    storage::put_little_endian<8>(
        bytes.subspan(8), static_cast<std::uint64_t>(recorded_at.time_since_epoch().count()));
    const storage::digest whole = receipt_key_.of(domain, message);
    std::array<char, proof_characters> proof;
    for (std::size_t i = 0; i < proof_characters; ++i) {
        proof[i] = base32_character(std::to_integer<unsigned>(whole[i]) & 31u);
    }
    std::array<char, sizeof(receipt_text)> text;
    auto end = std::ranges::copy(registration_id(seq), text.begin()).out;
    *end++ = '-';
    end = std::ranges::copy(proof, end).out;
    return receipt_text(std::string_view(text.begin(), end));
}

}  // namespace doseline::net

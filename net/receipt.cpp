#include "net/receipt.hpp"

#include "net/base32.hpp"
#include "net/registration_id.hpp"
#include "storage/little_endian.hpp"

#include <array>
#include <span>

namespace doseline::net {
namespace {

constexpr std::byte domain{'R'};  // of the receipt key
constexpr std::size_t proof_characters = 6;

}  // namespace

receipts::receipts(const storage::key_ring& ring) : receipt_key_(ring.receipt_key()) {}

std::string receipts::receipt_number(core::sequence seq, core::instant recorded_at) {
    std::array<std::byte, 16> message;
    const std::span<std::byte> bytes(message);
    storage::put_little_endian<8>(bytes, seq);
    storage::put_little_endian<8>(
        bytes.subspan(8), static_cast<std::uint64_t>(recorded_at.time_since_epoch().count()));
    const storage::digest whole = receipt_key_.of(domain, message);
    std::string text = registration_id(seq) + '-';
    for (std::size_t i = 0; i < proof_characters; ++i) {
        text += base32_character(std::to_integer<unsigned>(whole[i]) & 31u);
    }
    return text;
}

}  // namespace doseline::net

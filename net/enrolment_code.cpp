#include "net/enrolment_code.hpp"

#include "net/base32.hpp"
#include "storage/little_endian.hpp"
#include "storage/openssl.hpp"

#include <array>
#include <chrono>
#include <span>
#include <stdexcept>

namespace doseline::net {
namespace {

using storage::put_little_endian;

constexpr std::byte domain{'E'};  // of the token key

constexpr std::size_t clinic_bits = 27;
constexpr std::size_t day_bits = 16;
constexpr std::size_t id_bits = 32;
constexpr std::size_t mac_bits = 50;
constexpr std::size_t character_bits = 5;
constexpr std::size_t characters = (clinic_bits + day_bits + id_bits + mac_bits) / character_bits;
constexpr std::size_t group_characters = 5;
static_assert((clinic_bits + day_bits + id_bits + mac_bits) % character_bits == 0);
static_assert(characters % group_characters == 0);
static_assert(enrolment_codes::clinic_code_max < (1u << clinic_bits));

// The code's bits, the first field's highest bit first.
class bit_line {
public:
    void put(std::uint64_t value, std::size_t bits) noexcept {
        for (std::size_t i = bits; i > 0; --i) {
            const unsigned bit = (value >> (i - 1)) & 1;
            values_[at_ / character_bits] |= bit << (character_bits - 1 - at_ % character_bits);
            ++at_;
        }
    }

    std::uint64_t take(std::size_t bits) noexcept {
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < bits; ++i, ++at_) {
            const std::size_t shift = character_bits - 1 - at_ % character_bits;
            value = value << 1 | ((values_[at_ / character_bits] >> shift) & 1);
        }
        return value;
    }

    std::array<unsigned, characters>& values() noexcept { return values_; }

private:
    std::array<unsigned, characters> values_{};
    std::size_t at_ = 0;
};

// False unless typed has exactly the characters of a code.
bool read_characters(std::string_view typed, std::array<unsigned, characters>& into) noexcept {
    std::size_t count = 0;
    for (const char c : typed) {
        if (c == '-' || c == ' ') {
            continue;
        }
        const auto value = base32_value(c);
        if (!value || count == characters) {
            return false;
        }
        into[count++] = *value;
    }
    return count == characters;
}

}  // namespace

enrolment_codes::enrolment_codes(const storage::key_ring& ring) : token_key_(ring.token_key()) {}

std::string enrolment_codes::issue(std::uint32_t clinic_code, core::instant expires) {
    const auto day = std::chrono::ceil<std::chrono::days>(expires).time_since_epoch().count();
    if (clinic_code > clinic_code_max || day < 0 || day >= 1 << day_bits) {
        throw std::out_of_range("an enrolment code cannot name this clinic or day");
    }
    std::array<std::byte, id_bits / 8> random;
    storage::openssl::random(random);
    const auto id = static_cast<std::uint32_t>(storage::get_little_endian<id_bits / 8>(random));
    bit_line line;
    line.put(clinic_code, clinic_bits);
    line.put(static_cast<std::uint64_t>(day), day_bits);
    line.put(id, id_bits);
    line.put(mac(clinic_code, static_cast<std::uint64_t>(day), id), mac_bits);
    std::string text;
    for (std::size_t i = 0; i < characters; ++i) {
        if (i != 0 && i % group_characters == 0) {
            text += '-';
        }
        text += base32_character(line.values()[i]);
    }
    return text;
}

core::result<enrolment_claims> enrolment_codes::read(std::string_view typed, core::instant now) {
    bit_line line;
    if (typed.size() > typed_bytes_max || !read_characters(typed, line.values())) {
        return core::make_error_code(core::errc::malformed);
    }
    const auto clinic_code = static_cast<std::uint32_t>(line.take(clinic_bits));
    const std::uint64_t day = line.take(day_bits);
    const auto id = static_cast<std::uint32_t>(line.take(id_bits));
    std::array<std::byte, 8> expected;
    std::array<std::byte, 8> found;
    put_little_endian<8>(expected, mac(clinic_code, day, id));
    put_little_endian<8>(found, line.take(mac_bits));
    if (!storage::equal_in_constant_time(expected, found)) {
        return core::make_error_code(core::errc::malformed);
    }
    const core::instant expires =
        std::chrono::sys_days(std::chrono::days(static_cast<std::int64_t>(day)));
    if (now >= expires) {
        return core::make_error_code(core::errc::expired);
    }
    return enrolment_claims{clinic_code, std::uint64_t{clinic_code} << id_bits | id, expires};
}

std::uint64_t enrolment_codes::mac(std::uint32_t clinic_code, std::uint64_t day, std::uint32_t id) {
    std::array<std::byte, 10> message;
    const std::span<std::byte> bytes(message);
    put_little_endian<4>(bytes, clinic_code);
    put_little_endian<2>(bytes.subspan(4), day);
    put_little_endian<4>(bytes.subspan(6), id);
    const storage::digest whole = token_key_.of(domain, message);
    return storage::get_little_endian<8>(whole) >> (64 - mac_bits);
}

}  // namespace doseline::net

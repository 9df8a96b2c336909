#include "net/token.hpp"

#include "net/base64url.hpp"
#include "storage/little_endian.hpp"
#include "storage/openssl.hpp"
#include "storage/private_file.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <span>
#include <stdexcept>

namespace doseline::net {
namespace {

using storage::get_little_endian;
using storage::put_little_endian;

constexpr std::byte domain{'D'};  // of the token key
constexpr std::byte version{1};

// version 1, clinic code 4, device 4, issued 8, expires 8
constexpr std::size_t claims_bytes = 25;
constexpr std::size_t token_bytes = claims_bytes + std::tuple_size_v<storage::digest>;
static_assert(token_bytes % 3 == 0 && token_bytes / 3 * 4 == device_tokens::text_bytes);

constexpr std::size_t console_token_bytes = 33;
constexpr std::size_t console_token_characters = console_token_bytes / 3 * 4;

std::uint64_t seconds_of(core::instant at) noexcept {
    return static_cast<std::uint64_t>(
        std::chrono::floor<std::chrono::seconds>(at.time_since_epoch()).count());
}

core::instant instant_of(std::uint64_t seconds) noexcept {
    return core::instant(std::chrono::seconds(static_cast<std::int64_t>(seconds)));
}

std::filesystem::path path_of(const std::filesystem::path& dir, console whose) {
    return dir / (whose == console::operators ? "operator.token" : "auditor.token");
}

}  // namespace

device_tokens::device_tokens(const storage::key_ring& ring) : token_key_(ring.token_key()) {}

std::string device_tokens::issue(const device_claims& claims) {
    std::array<std::byte, token_bytes> token;
    const std::span<std::byte> bytes(token);
    token[0] = version;
    put_little_endian<4>(bytes.subspan(1), claims.clinic_code);
    put_little_endian<4>(bytes.subspan(5), claims.device);
    put_little_endian<8>(bytes.subspan(9), seconds_of(claims.issued_at));
    put_little_endian<8>(bytes.subspan(17), seconds_of(claims.expires_at));
    std::ranges::copy(token_key_.of(domain, bytes.first(claims_bytes)),
                      bytes.subspan(claims_bytes).begin());
    return base64url(token);
}

core::result<device_claims> device_tokens::read(std::string_view text, core::instant now) {
    std::array<std::byte, token_bytes> token;
    if (!read_base64url(text, token)) {
        return core::make_error_code(core::errc::malformed);
    }
    const std::span<const std::byte> bytes(token);
    const storage::digest expected = token_key_.of(domain, bytes.first(claims_bytes));
    if (!storage::equal_in_constant_time(expected, bytes.subspan(claims_bytes)) ||
        token[0] != version) {
        return core::make_error_code(core::errc::malformed);
    }
    const device_claims claims{static_cast<std::uint32_t>(get_little_endian<4>(bytes.subspan(1))),
                               static_cast<std::uint32_t>(get_little_endian<4>(bytes.subspan(5))),
                               instant_of(get_little_endian<8>(bytes.subspan(9))),
                               instant_of(get_little_endian<8>(bytes.subspan(17)))};
    if (now >= claims.expires_at) {
        return core::make_error_code(core::errc::expired);
    }
    return claims;
}

void console_token::create(const std::filesystem::path& dir, console whose) {
    std::array<std::byte, console_token_bytes> secret;
    storage::openssl::random(secret);
    storage::write_file(path_of(dir, whose), base64url(secret) + "\n", storage::private_mode);
}

console_token console_token::open(const std::filesystem::path& dir, console whose) {
    // Room for more than a token, so that a longer file is told from a right one.
    std::array<char, 2 * console_token_characters> content{};
    const std::size_t size =
        storage::read_private_file(path_of(dir, whose), std::as_writable_bytes(std::span(content)));
    std::string_view text(content.data(), size);
    text = text.substr(0, text.find_last_not_of("\r\n") + 1);
    std::array<std::byte, console_token_bytes> secret;
    if (!read_base64url(text, secret)) {
        throw std::runtime_error(path_of(dir, whose).string() +
                                 " is not a console's token; restore it from a backup");
    }
    return console_token(std::string(text));
}

bool console_token::matches(std::string_view text) const noexcept {
    return storage::equal_in_constant_time(std::as_bytes(std::span(text_)),
                                           std::as_bytes(std::span(text)));
}

}  // namespace doseline::net

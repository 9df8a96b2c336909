#pragma once

#include "core/civil_time.hpp"
#include "core/error.hpp"
#include "storage/key_ring.hpp"
#include "storage/sha256.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace doseline::net {

// What a device may say of itself. Times are whole seconds; fractions are dropped.
struct device_claims {
    std::uint32_t clinic_code = 0;
    std::uint32_t device = 0;
    core::instant issued_at;
    core::instant expires_at;

    friend bool operator==(const device_claims&, const device_claims&) = default;
};

// A device's bearer token: its claims and their HMAC under the token key, as URL-safe text. Nothing
// is stored, so reading one costs no look-up; whether the device has been revoked since is known to
// the registry alone. One object per thread; the ring may go first.
class device_tokens {
public:
    static constexpr std::size_t text_bytes = 76;

    explicit device_tokens(const storage::key_ring& ring);

    std::string issue(const device_claims& claims);

    // Errors: malformed, also for a token of another registry; expired, from expires_at on.
    core::result<device_claims> read(std::string_view text, core::instant now);

private:
    storage::hmac_sha256 token_key_;
};

// Who comes to the console's listener: an operator sees the system and never a person; an auditor
// sees who looked at whose data, and nothing else.
enum class console : std::uint8_t { operators, auditors };

// A console's bearer token: a random text in DIR/operator.token or DIR/auditor.token, one line,
// mode 0600. Thread safety: immutable, any thread.
class console_token {
public:
    // Makes a new one; the one before is no longer valid once it is opened.
    static void create(const std::filesystem::path& dir, console whose);

    // Throws with a line that says what to do.
    static console_token open(const std::filesystem::path& dir, console whose);

    bool matches(std::string_view text) const noexcept;

private:
    explicit console_token(std::string text) : text_(std::move(text)) {}

    std::string text_;
};

}  // namespace doseline::net

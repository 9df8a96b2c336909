#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>

struct evp_md_ctx_st;
struct evp_md_st;

namespace doseline::storage {

using digest = std::array<std::byte, 32>;

// SHA-256 of bytes that come in pieces. One per thread: finish() makes it ready for the next
// message, so a long-lived one costs neither an algorithm look-up nor a context a message.
class sha256_stream {
public:
    sha256_stream();
    ~sha256_stream();
    sha256_stream(sha256_stream&&) noexcept;
    sha256_stream& operator=(sha256_stream&&) noexcept;

    sha256_stream& update(std::span<const std::byte> piece);
    digest finish();

private:
    struct release {
        void operator()(evp_md_st* algorithm) const noexcept;
        void operator()(evp_md_ctx_st* context) const noexcept;
    };
    std::unique_ptr<evp_md_st, release> algorithm_;
    std::unique_ptr<evp_md_ctx_st, release> context_;
};

// HMAC-SHA-256 (RFC 2104) under one key. One per thread; what the key alone decides is worked out
// once.
class hmac_sha256 {
public:
    explicit hmac_sha256(std::span<const std::byte> key);
    ~hmac_sha256();
    hmac_sha256(hmac_sha256&&) noexcept;
    hmac_sha256& operator=(hmac_sha256&&) noexcept;

    // Of the domain byte followed by the message: a key that serves several purposes has one
    // domain for each, so that no hash can be passed off as another.
    digest of(std::byte domain, std::span<const std::byte> message);

private:
    struct begun;
    struct release {
        void operator()(begun* states) const noexcept;
    };
    std::unique_ptr<begun, release> begun_;
};

// Of equal time for equal sizes. The sizes themselves are no secret.
bool equal_in_constant_time(std::span<const std::byte> a, std::span<const std::byte> b) noexcept;

}  // namespace doseline::storage

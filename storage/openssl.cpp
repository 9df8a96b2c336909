#include "storage/openssl.hpp"

#include <openssl/err.h>
#include <openssl/rand.h>

#include <array>
#include <stdexcept>
#include <string>

namespace doseline::storage::openssl {

void fail(const char* what) {
    std::array<char, 256> reason{};
    ERR_error_string_n(ERR_peek_last_error(), reason.data(), reason.size());
    ERR_clear_error();
    throw std::runtime_error(std::string(what) + " failed: " + reason.data());
}

void random(std::span<std::byte> into) {
    check(RAND_priv_bytes(bytes(into), static_cast<int>(into.size())), "RAND_priv_bytes");
}

}  // namespace doseline::storage::openssl

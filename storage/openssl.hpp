#pragma once

#include <openssl/evp.h>

#include <cstddef>
#include <iterator>
#include <memory>
#include <span>
#include <type_traits>

// OpenSSL's objects as values that own, and its return codes as exceptions. For .cpp files; headers
// that others read name OpenSSL's types by forward declaration only.
namespace doseline::storage::openssl {

template <auto Free>
struct freed_by {
    template <class T>
    void operator()(T* object) const noexcept {
        Free(object);
    }
};

template <class T, auto Free>
using handle = std::unique_ptr<T, freed_by<Free>>;

using pkey = handle<EVP_PKEY, EVP_PKEY_free>;

// Throws std::runtime_error: "WHAT failed: reason of OpenSSL". Empties the error queue.
[[noreturn]] void fail(const char* what);

// REQUIRES: a function that returns 1 for success.
inline void check(int returned, const char* what) {
    if (returned != 1) {
        fail(what);
    }
}

template <class T>
T* check(T* made, const char* what) {
    if (made == nullptr) {
        fail(what);
    }
    return made;
}

// Of any contiguous bytes, const if they are.
template <class Bytes>
auto bytes(Bytes&& range) noexcept {
    auto* const first = std::data(range);
    if constexpr (std::is_const_v<std::remove_pointer_t<decltype(first)>>) {
        return reinterpret_cast<const unsigned char*>(first);
    } else {
        return reinterpret_cast<unsigned char*>(first);
    }
}

// From the system's generator, for keys and secrets.
void random(std::span<std::byte> into);

}  // namespace doseline::storage::openssl

#include "storage/data_key_file.hpp"

#include "storage/little_endian.hpp"
#include "storage/openssl.hpp"
#include "storage/private_file.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <stdexcept>
#include <string>

namespace doseline::storage {
namespace {

using openssl::bytes;
using openssl::check;

constexpr std::array key_file_magic{std::byte{'D'}, std::byte{'S'}, std::byte{'D'}, std::byte{'K'}};
constexpr std::byte version{1};
constexpr std::size_t label_bytes = 16;
constexpr std::size_t nonce_bytes = 12;
constexpr std::size_t tag_bytes = 16;
constexpr std::size_t file_bytes = label_bytes + nonce_bytes + key_bytes + tag_bytes;

// The file's parts.
struct image {
    std::array<std::byte, file_bytes> whole{};

    std::span<std::byte> all() { return whole; }
    std::span<std::byte> label() { return all().first(label_bytes); }
    std::span<std::byte> nonce() { return all().subspan(label_bytes, nonce_bytes); }
    std::span<std::byte> wrapped() { return all().subspan(label_bytes + nonce_bytes, key_bytes); }
    std::span<std::byte> tag() { return all().last(tag_bytes); }
};

using cipher_context = openssl::handle<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;

// Ready for the key itself: master key, nonce and authenticated bytes are in.
cipher_context start(image& file, key_view master, key_view lookup, bool wrap) {
    cipher_context context(check(EVP_CIPHER_CTX_new(), "EVP_CIPHER_CTX_new"));
    int size = 0;
    check(EVP_CipherInit_ex2(context.get(), EVP_aes_256_gcm(), bytes(master), bytes(file.nonce()),
                             wrap ? 1 : 0, nullptr),
          "EVP_CipherInit");
    check(EVP_CipherUpdate(context.get(), nullptr, &size, bytes(file.label()), label_bytes),
          "EVP_CipherUpdate");
    check(EVP_CipherUpdate(context.get(), nullptr, &size, bytes(lookup), key_bytes),
          "EVP_CipherUpdate");
    return context;
}

bool label_names(image& file, std::uint8_t id) {
    return std::ranges::equal(file.all().first(key_file_magic.size()), key_file_magic) &&
           file.whole[4] == version && file.whole[5] == algorithm_aes_256_gcm &&
           file.whole[6] == std::byte{id};
}

bool opens(image& file, key_view master, key_view lookup, std::span<std::byte, key_bytes> into) {
    const cipher_context context = start(file, master, lookup, false);
    int size = 0;
    check(EVP_CipherUpdate(context.get(), bytes(into), &size, bytes(file.wrapped()), key_bytes),
          "EVP_CipherUpdate");
    check(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, tag_bytes, file.tag().data()),
          "EVP_CTRL_AEAD_SET_TAG");
    return EVP_CipherFinal_ex(context.get(), bytes(into), &size) == 1;
}

}  // namespace

std::filesystem::path data_key_path(const std::filesystem::path& keys, std::uint8_t id) {
    std::array<char, 16> name{};
    std::snprintf(name.data(), name.size(), "data-%03u.key", static_cast<unsigned>(id));
    return keys / name.data();
}

void write_data_key(const std::filesystem::path& keys, const data_key_label& label, key_view key,
                    key_view master, key_view lookup) {
    image file;
    std::ranges::copy(key_file_magic, file.whole.begin());
    file.whole[4] = version;
    file.whole[5] = algorithm_aes_256_gcm;
    file.whole[6] = std::byte{label.id};
    put_little_endian<2>(file.label().subspan(8), label.book);
    put_little_endian<2>(file.label().subspan(10), label.year);
    openssl::random(file.nonce());
    const cipher_context context = start(file, master, lookup, true);
    int size = 0;
    check(EVP_CipherUpdate(context.get(), bytes(file.wrapped()), &size, bytes(key), key_bytes),
          "EVP_CipherUpdate");
    check(EVP_CipherFinal_ex(context.get(), bytes(file.tag()), &size), "EVP_CipherFinal");
    check(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, tag_bytes, file.tag().data()),
          "EVP_CTRL_AEAD_GET_TAG");
    write_file(data_key_path(keys, label.id), file.whole, private_mode);
}

data_key_label read_data_key(const std::filesystem::path& keys, std::uint8_t id,
                             std::span<const key_view> masters, key_view lookup,
                             std::span<std::byte, key_bytes> into) {
    const auto path = data_key_path(keys, id);
    image file;
    if (read_private_file(path, file.whole) != file_bytes || !label_names(file, id)) {
        throw std::runtime_error(path.string() + " is not data key " + std::to_string(id) +
                                 "; restore the whole keys directory from its safe copy");
    }
    const auto opened_by = [&](key_view master) { return opens(file, master, lookup, into); };
    if (std::ranges::none_of(masters, opened_by)) {
        throw std::runtime_error(path.string() +
                                 " does not open with master.key and lookup.key: "
                                 "restore the whole keys directory from its safe copy");
    }
    const auto number_at = [&](std::size_t at) {
        return static_cast<std::uint16_t>(get_little_endian<2>(file.label().subspan(at)));
    };
    return {id, number_at(8), number_at(10)};
}

}  // namespace doseline::storage

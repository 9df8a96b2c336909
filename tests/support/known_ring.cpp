#include "tests/support/known_ring.hpp"

#include "storage/data_key_file.hpp"
#include "storage/private_file.hpp"
#include "storage/signature.hpp"
#include "tests/support/hex.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace doseline::test {
namespace {

using key = std::array<std::byte, storage::key_bytes>;

key counting_from(unsigned first) {
    key made;
    std::ranges::generate(made, [&first] { return static_cast<std::byte>(first++); });
    return made;
}

key rfc_8032_key() {
    key made;
    std::ranges::copy(from_hex("4ccd089b28ff96da9db6c346ec114e0f"
                               "5b8a319f35aba624da8cf6ed4fb8a6fb"),
                      made.begin());
    return made;
}

}  // namespace

void write_known_keys(const std::filesystem::path& dir) {
    const auto keys = dir / "keys";
    const key master = counting_from(0x20);
    const key lookup = counting_from(0x00);
    storage::make_private_directory(keys);
    storage::write_file(keys / "master.key", master, storage::private_mode);
    storage::write_file(keys / "lookup.key", lookup, storage::private_mode);
    storage::write_file(keys / "token.key", counting_from(0x40), storage::private_mode);
    storage::write_file(keys / "receipt.key", counting_from(0x60), storage::private_mode);
    storage::write_file(keys / "anchor.key", rfc_8032_key(), storage::private_mode);
    storage::write_data_key(keys, {1, 1, 2026}, counting_from(0x80), master, lookup);
    storage::write_data_key(keys, {3, 3, 2028}, counting_from(0xa0), master, lookup);
    storage::write_public_key(dir / "anchor.pub", storage::public_key_of(rfc_8032_key()));
}

storage::key_ring open_known_ring(const std::filesystem::path& dir) {
    write_known_keys(dir);
    return storage::key_ring::open(dir);
}

}  // namespace doseline::test

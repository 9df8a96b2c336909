#pragma once

#include "core/error.hpp"

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

// The keys of one registry, in DIR/keys/ (directory 0700, files 0600), apart from the data: a
// backup of DIR never holds them, and without them it is noise.
namespace doseline::storage {

inline constexpr std::size_t key_bytes = 32;
using key_view = std::span<const std::byte, key_bytes>;

// Thread safety: immutable after create() or open(); shared between threads by const reference.
// Keys lie in pages that are locked in memory where the system allows it, kept out of core dumps,
// and wiped when the ring goes.
class key_ring {
public:
    // Makes DIR/keys with new keys, one data key for the book and its year, and DIR/anchor.pub.
    // Throws when DIR/keys exists: a key is never overwritten.
    static key_ring create(const std::filesystem::path& dir, std::uint16_t book,
                           std::uint16_t year);

    // Throws with one line that says what to do when a file is missing or has a wrong size, when
    // it or DIR/keys is open to others than the owner, or when it belongs to another ring.
    static key_ring open(const std::filesystem::path& dir);

    // Puts a new data key of the book beside those that are there, and returns its number. Whoever
    // opens the ring from then on seals under it. Throws when all 255 are used, and as open().
    static std::uint8_t add_data_key(const std::filesystem::path& dir, std::uint16_t book,
                                     std::uint16_t year);

    // Destroys the data keys of a book: overwritten, then removed, durably. What they sealed is
    // noise from then on, in backups too, once every copy of the directory is gone that had them.
    // Killed at any moment, the next call goes on. False: there was nothing of it any more. Throws
    // when the current key is the book's, and as open().
    static bool destroy_data_keys(const std::filesystem::path& dir, std::uint16_t book);

    // Wraps every data key anew, under a new master key. Killed at any moment, it leaves a ring
    // that opens, and the next call goes on where it was. Throws as open().
    static void renew_master_key(const std::filesystem::path& dir);

    key_ring(key_ring&&) noexcept;
    key_ring& operator=(key_ring&&) noexcept;
    ~key_ring();

    // Under this one persons and keys are hashed. It never rotates: under another one nobody
    // would be found again.
    key_view lookup_key() const noexcept;
    key_view token_key() const noexcept;
    key_view receipt_key() const noexcept;
    key_view anchor_key() const noexcept;  // Ed25519, private

    // Data keys seal personal data; each has a number, 1..255, which every sealed record names.
    // New records use the current one, the highest. Error not_found: the key has been destroyed
    // or never was here, its records are unreadable.
    std::uint8_t current_data_key_id() const noexcept { return current_data_key_; }
    core::result<key_view> data_key(std::uint8_t id) const;
    bool has_data_key_of(std::uint16_t book) const noexcept;
    // Of the current one: what it seals goes when that book is destroyed.
    std::uint16_t current_book() const noexcept { return books_[current_data_key_]; }

private:
    struct material;
    struct unlock {
        void operator()(material* m) const noexcept;
    };

    key_ring();
    void load_data_keys(const std::filesystem::path& keys);

    std::unique_ptr<material, unlock> material_;
    std::bitset<256> data_keys_;
    std::array<std::uint16_t, 256> books_{};  // of the data keys, by number
    std::uint8_t current_data_key_ = 0;
};

}  // namespace doseline::storage

#pragma once

#include "storage/key_ring.hpp"
#include "storage/lmdb_ledger.hpp"
#include "storage/private_file.hpp"
#include "storage/sha256.hpp"
#include "storage/signature.hpp"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

// A backup as bytes: parts behind one another, read and written once from front to back, and at the
// end a signature over all of it. storage/README.md has the layout.
namespace doseline::storage {

class backup_writer {
public:
    // path must not be there yet; it is when publish() returns, and not before.
    explicit backup_writer(const std::filesystem::path& path);

    void file(std::string_view name, std::string_view content);
    void book(const book_facts& facts);
    void batch(stream s, const sealed_batch& b);
    // The signature; then all of it is on the disk, still under temporary().
    void end(signer& with);

    const std::filesystem::path& temporary() const noexcept { return file_.temporary(); }
    void publish() { file_.publish(); }

private:
    void flush();

    pending_file file_;
    sha256_stream hash_;
    std::vector<std::byte> buffer_;
};

// What reads a backup is called with its parts, in their order. They are not trusted before read()
// has returned: the signature stands at the end.
struct backup_visitor {
    std::function<void(std::string_view name, std::string_view content)> file;
    std::function<void(const book_facts& facts)> book;
    std::function<void(stream s, sealed_batch& b)> batch;
    std::function<void(std::uint64_t done, std::uint64_t of)> progress;  // in bytes
};

class backup_reader {
public:
    // Throws when path cannot be read or is no backup, or one of a newer program.
    explicit backup_reader(std::filesystem::path path);

    // Once. Throws fatal_error with one line that names the file and the place in it where
    // something is wrong; whatever the visitor throws. The batches' seals are the visitor's affair.
    void read(const backup_visitor& visit);

    [[noreturn]] void damaged(const std::string& what) const;
    const std::filesystem::path& path() const noexcept { return path_; }
    std::uint64_t bytes() const noexcept { return size_; }

private:
    bool read_part(const backup_visitor& visit);
    void read_batch(const backup_visitor& visit);
    void read_end(const digest& before);
    void take(std::size_t bytes);  // the next ones, into part_

    const std::filesystem::path path_;
    std::ifstream in_;
    std::uint64_t size_ = 0;
    std::uint64_t at_ = 0;
    sha256_stream hash_;
    std::vector<std::byte> part_;
    std::string public_key_;  // the part anchor.pub
    sealed_batch batch_;
};

}  // namespace doseline::storage

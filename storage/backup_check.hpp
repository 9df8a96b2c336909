#pragma once

#include "storage/backup.hpp"
#include "storage/backup_file.hpp"

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace doseline::storage {

// What a backup holds beside the streams: no other name is taken from one, so no file can tell a
// restore to write anywhere else.
inline constexpr std::array<std::string_view, 3> backup_files{"anchor.pub", "ca.pem", "server.pem"};
inline constexpr std::string_view anchor_file = "anchor";

// Takes a backup's parts in their order and throws at the first that does not fit to those before
// it; finish() when all were taken.
class backup_check {
public:
    explicit backup_check(const backup_reader& of) : of_(of) {}

    void file(std::string_view name, std::string_view content);
    void book(const book_facts& facts);     // all of them before the first batch
    void batch(stream s, sealed_batch& b);  // completes b.head
    backed_up finish() const;

    const std::map<std::string, std::string, std::less<>>& files() const noexcept { return files_; }
    const std::vector<book_facts>& books() const noexcept { return books_; }

private:
    bool decode(stream s, std::span<const std::byte> record);
    void require_books_between(stream s, const stream_head& from, const stream_head& to) const;

    const backup_reader& of_;
    std::map<std::string, std::string, std::less<>> files_;
    std::vector<book_facts> books_;
    std::array<stream_head, 2> heads_;
    bool begun_ = false;  // with the batches
    chain_link link_;
    std::uint64_t doses_ = 0;
};

}  // namespace doseline::storage

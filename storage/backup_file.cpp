#include "storage/backup_file.hpp"

#include "storage/book_codec.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <stdexcept>

namespace doseline::storage {

namespace {

constexpr std::string_view backup_magic = "doseline backup\n";
constexpr std::uint32_t backup_version = 2;

enum class part : std::uint8_t { file = 1, book = 2, batch = 3, end = 4 };

constexpr std::size_t part_head_bytes = 1 + 8;
constexpr std::size_t batch_head_bytes = 1 + 8 + 32 + 4;
constexpr std::size_t end_bytes = 32 + 64;
constexpr std::size_t flush_bytes = 1u << 20;

// What the signature is made of: the magic word, so that it passes for nothing else that the same
// key signs, and the hash.
std::array<std::byte, backup_magic.size() + 32> to_sign(const digest& hash) {
    std::array<std::byte, backup_magic.size() + 32> message;
    field_writer w(message);
    w.characters(backup_magic);
    w.bytes(hash);
    return message;
}

// Room for a part of that many bytes at the end of the buffer.
field_writer begin(std::vector<std::byte>& buffer, part kind, std::size_t bytes) {
    const std::size_t at = buffer.size();
    buffer.resize(at + part_head_bytes + bytes);
    field_writer w(std::span<std::byte>(buffer).subspan(at));
    w.u8(static_cast<std::uint8_t>(kind));
    w.u64(bytes);
    return w;
}

const std::filesystem::path& require_absent(const std::filesystem::path& path) {
    if (std::filesystem::exists(std::filesystem::symlink_status(path))) {
        throw std::runtime_error(path.string() +
                                 " exists and a backup never overwrites: name a new file");
    }
    return path;
}

}  // namespace

backup_writer::backup_writer(const std::filesystem::path& path)
    : file_(require_absent(path), private_mode) {
    buffer_.resize(backup_magic.size() + 4);
    field_writer w(buffer_);
    w.characters(backup_magic);
    w.u32(backup_version);
}

void backup_writer::file(std::string_view name, std::string_view content) {
    field_writer w = begin(buffer_, part::file, field_writer::text_bytes(name) + content.size());
    w.text(name);
    w.characters(content);
}

void backup_writer::book(const book_facts& facts) {
    field_writer w = begin(buffer_, part::book, book_facts_bytes);
    write(facts, w);
}

void backup_writer::batch(stream s, const sealed_batch& b) {
    field_writer w =
        begin(buffer_, part::batch, batch_head_bytes + 4 * b.records.size() + b.records.bytes());
    w.u8(static_cast<std::uint8_t>(s));
    w.time(b.at);
    w.bytes(b.head.hash);
    w.u32(b.records.size());
    for (std::size_t i = 0; i < b.records.size(); ++i) {
        w.u32(b.records[i].size());
        w.bytes(b.records[i]);
    }
    if (buffer_.size() >= flush_bytes) {
        flush();
    }
}

void backup_writer::end(signer& with) {
    flush();
    const digest hash = hash_.finish();
    field_writer w = begin(buffer_, part::end, end_bytes);
    w.bytes(hash);
    w.bytes(with.sign(to_sign(hash)));
    flush();
    file_.sync();
}

void backup_writer::flush() {
    hash_.update(buffer_);
    file_.write(buffer_);
    buffer_.clear();
}

backup_reader::backup_reader(std::filesystem::path path) : path_(std::move(path)) {
    if (!std::filesystem::is_regular_file(path_)) {
        throw std::runtime_error("cannot read " + path_.string() + ": there is no such file");
    }
    size_ = std::filesystem::file_size(path_);
    in_.open(path_, std::ios::binary);
    if (!in_) {
        throw std::runtime_error("cannot read " + path_.string());
    }
}

void backup_reader::damaged(const std::string& what) const {
    throw fatal_error(path_.string() + " is damaged: " + what +
                      "; nothing is restored from it: take another backup");
}

void backup_reader::take(std::size_t bytes) {
    if (bytes > size_ - at_) {
        damaged("it ends in the middle of the part at byte " + std::to_string(at_));
    }
    part_.resize(bytes);
    in_.read(reinterpret_cast<char*>(part_.data()), static_cast<std::streamsize>(bytes));
    if (!in_) {
        damaged("it cannot be read at byte " + std::to_string(at_));
    }
    at_ += bytes;
}

void backup_reader::read(const backup_visitor& visit) {
    if (size_ < backup_magic.size() + 4) {
        throw std::runtime_error(path_.string() + " is not a backup of this program");
    }
    take(backup_magic.size() + 4);
    field_reader r(part_);
    if (r.characters(backup_magic.size()) != backup_magic) {
        throw std::runtime_error(path_.string() + " is not a backup of this program");
    }
    if (const std::uint32_t found = r.u32(); found != backup_version) {
        throw std::runtime_error(path_.string() + " is a backup of version " +
                                 std::to_string(found) + "; this program knows version " +
                                 std::to_string(backup_version));
    }
    hash_.update(part_);
    while (read_part(visit)) {
        visit.progress(at_, size_);
    }
}

bool backup_reader::read_part(const backup_visitor& visit) {
    const std::uint64_t at = at_;
    take(part_head_bytes);
    field_reader head(part_);
    const std::uint8_t kind = head.u8();
    const std::uint64_t bytes = head.u64();
    // The hash of all before the last part is asked for only there: it starts a new one.
    std::optional<digest> before;
    if (kind == static_cast<std::uint8_t>(part::end)) {
        before = hash_.finish();
    } else {
        hash_.update(part_);
    }
    if (bytes > size_ - at_) {
        damaged("the part at byte " + std::to_string(at) + " has an impossible size");
    }
    take(bytes);
    if (before) {
        read_end(*before);
        return false;
    }
    hash_.update(part_);
    field_reader r(part_);
    switch (static_cast<part>(kind)) {
        case part::file: {
            const std::string_view name = r.text(std::numeric_limits<std::uint16_t>::max());
            const std::string_view content = r.characters(r.rest().size());
            if (!r.complete()) {
                break;
            }
            if (name == "anchor.pub") {
                public_key_ = content;
            }
            visit.file(name, content);
            return true;
        }
        case part::book: {
            const book_facts facts = read_book_facts(r);
            if (!r.complete()) {
                break;
            }
            visit.book(facts);
            return true;
        }
        case part::batch: read_batch(visit); return true;
        case part::end: break;
    }
    damaged("the part at byte " + std::to_string(at) + " is not one");
}

void backup_reader::read_batch(const backup_visitor& visit) {
    field_reader r(part_);
    const stream s = r.as(r.u8(), stream::audit);
    batch_.at = r.time();
    r.bytes(batch_.head.hash);
    const std::uint32_t count = r.u32();
    batch_.records.clear();
    for (std::uint32_t i = 0; i < count && !r.rest().empty(); ++i) {
        const auto record = r.take(r.u32());
        std::copy(record.begin(), record.end(), batch_.records.add(record.size()).begin());
    }
    if (!r.complete() || batch_.records.size() != count || count == 0) {
        damaged("the batch that ends at byte " + std::to_string(at_) + " is not one");
    }
    visit.batch(s, batch_);
}

void backup_reader::read_end(const digest& before) {
    field_reader r(part_);
    digest told;
    signature made;
    r.bytes(told);
    r.bytes(made);
    if (!r.complete() || at_ != size_) {
        damaged("its end is not one");
    }
    if (told != before) {
        damaged("its bytes do not have the checksum that it ends with");
    }
    if (!verifier(parse_public_key(public_key_, path_)).verify(to_sign(before), made)) {
        damaged("it is not signed by the key that it names");
    }
}

}  // namespace doseline::storage

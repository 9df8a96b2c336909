#include "storage/chain.hpp"

#include "storage/field_codec.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace doseline::storage {

std::array<std::byte, seal::bytes> seal::encode() const noexcept {
    std::array<std::byte, bytes> into;
    field_writer w(into);
    w.u32(count);
    w.u32(0);
    w.u64(first);
    w.time(at);
    w.bytes(hash);
    return into;
}

bool seal::decode(std::span<const std::byte> from, seal& into) noexcept {
    field_reader r(from);
    into.count = r.u32();
    r.require(r.u32() == 0);
    into.first = r.u64();
    into.at = r.time();
    r.bytes(into.hash);
    return r.complete();
}

void chain_link::begin(const digest& previous, std::uint32_t count, core::sequence first,
                       core::instant at) {
    std::array<std::byte, 20> numbers;
    field_writer w(numbers);
    w.u32(count);
    w.u64(first);
    w.time(at);
    put(previous);
    put(numbers);
}

void chain_link::record(std::span<const std::byte> bytes) {
    std::array<std::byte, 4> size;
    put_little_endian<4>(size, bytes.size());
    put(size);
    put(bytes);
}

digest chain_link::end() {
    hash_waiting();
    return hash_.finish();
}

void chain_link::put(std::span<const std::byte> bytes) {
    if (bytes.size() > waiting_.size() - waiting_bytes_) {
        hash_waiting();
    }
    if (bytes.size() > waiting_.size()) {
        hash_.update(bytes);
        return;
    }
    // Not the one in std::ranges, which goes byte by byte where its source is const (GCC 12).
    std::copy(bytes.begin(), bytes.end(),
              waiting_.begin() + static_cast<std::ptrdiff_t>(waiting_bytes_));
    waiting_bytes_ += bytes.size();
}

void chain_link::hash_waiting() {
    hash_.update(std::span(waiting_).first(waiting_bytes_));
    waiting_bytes_ = 0;
}

digest chain_start(std::span<const std::byte, 16> ledger_id, stream s) {
    constexpr std::string_view what = "doseline chain 1";
    const std::array which{static_cast<std::byte>(s)};
    sha256_stream hash;
    return hash.update(std::as_bytes(std::span(what))).update(ledger_id).update(which).finish();
}

}  // namespace doseline::storage

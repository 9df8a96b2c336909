#pragma once

#include "core/civil_time.hpp"
#include "core/fixed_string.hpp"
#include "storage/little_endian.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

// Fields of a record, one behind the other. The writer is given room for all of them; the reader
// remembers that a field was missing or impossible and says so once, at the end.
namespace doseline::storage {

class field_writer {
public:
    explicit field_writer(std::span<std::byte> into) noexcept : rest_(into) {}

    void u8(std::uint64_t v) noexcept { put<1>(v); }
    void u16(std::uint64_t v) noexcept { put<2>(v); }
    void u32(std::uint64_t v) noexcept { put<4>(v); }
    void u64(std::uint64_t v) noexcept { put<8>(v); }
    void i32(std::int32_t v) noexcept { put<4>(static_cast<std::uint32_t>(v)); }
    void time(core::instant at) noexcept {
        put<8>(static_cast<std::uint64_t>(at.time_since_epoch().count()));
    }
    void day(core::civil_day d) noexcept {
        i32(static_cast<std::int32_t>(d.time_since_epoch().count()));
    }
    void bytes(std::span<const std::byte> b) noexcept {
        std::copy(b.begin(), b.end(), rest_.begin());
        rest_ = rest_.subspan(b.size());
    }
    void characters(std::string_view text) noexcept { bytes(std::as_bytes(std::span(text))); }
    // Length in 16 bits, then the text.
    void text(std::string_view t) noexcept {
        u16(t.size());
        characters(t);
    }
    static std::size_t text_bytes(std::string_view t) noexcept { return 2 + t.size(); }
    std::size_t left() const noexcept { return rest_.size(); }

private:
    template <std::size_t N>
    void put(std::uint64_t v) noexcept {
        put_little_endian<N>(rest_, v);
        rest_ = rest_.subspan(N);
    }
    std::span<std::byte> rest_;
};

class field_reader {
public:
    explicit field_reader(std::span<const std::byte> from) noexcept : rest_(from) {}

    std::uint8_t u8() noexcept { return static_cast<std::uint8_t>(get<1>()); }
    std::uint16_t u16() noexcept { return static_cast<std::uint16_t>(get<2>()); }
    std::uint32_t u32() noexcept { return static_cast<std::uint32_t>(get<4>()); }
    std::uint64_t u64() noexcept { return get<8>(); }
    std::int32_t i32() noexcept { return static_cast<std::int32_t>(u32()); }
    core::instant time() noexcept {
        return core::instant{std::chrono::milliseconds{static_cast<std::int64_t>(get<8>())}};
    }
    core::civil_day day() noexcept { return core::civil_day{std::chrono::days{i32()}}; }

    template <std::size_t N>
    void bytes(std::array<std::byte, N>& into) noexcept {
        const auto from = take(N);
        std::copy(from.begin(), from.end(), into.begin());
    }
    std::span<const std::byte> take(std::size_t n) noexcept {
        if (rest_.size() < n) {
            fail();
            rest_ = {};
            return {};
        }
        const auto taken = rest_.first(n);
        rest_ = rest_.subspan(n);
        return taken;
    }
    std::string_view characters(std::size_t n) noexcept {
        const auto from = take(n);
        return {reinterpret_cast<const char*>(from.data()), from.size()};
    }
    std::string_view text(std::size_t bytes_max) noexcept {
        const std::uint16_t size = u16();
        require(size <= bytes_max);
        return failed_ ? std::string_view{} : characters(size);
    }
    // A text that zeros fill up to its field's end.
    template <std::size_t N>
    core::fixed_string<N> padded() noexcept {
        const std::string_view all = characters(N);
        const std::size_t end = std::min(all.find('\0'), all.size());
        require(all.substr(end).find_first_not_of('\0') == std::string_view::npos);
        return core::fixed_string<N>(all.substr(0, end));
    }
    // A value of an enumeration whose last is given.
    template <class Enum>
    Enum as(std::uint64_t value, Enum last) noexcept {
        require(value <= static_cast<std::uint64_t>(last));
        return static_cast<Enum>(value);
    }
    bool flag() noexcept {
        const std::uint8_t v = u8();
        require(v <= 1);
        return v == 1;
    }
    void require(bool holds) noexcept { failed_ = failed_ || !holds; }
    void fail() noexcept { failed_ = true; }
    std::span<const std::byte> rest() const noexcept { return rest_; }
    // Everything was there, possible, and nothing is left over.
    bool complete() const noexcept { return !failed_ && rest_.empty(); }

private:
    template <std::size_t N>
    std::uint64_t get() noexcept {
        const auto from = take(N);
        if (from.empty()) {
            return 0;
        }
        return get_little_endian<N>(from);
    }
    std::span<const std::byte> rest_;
    bool failed_ = false;
};

}  // namespace doseline::storage

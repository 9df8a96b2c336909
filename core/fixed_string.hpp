#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace doseline::core {

// A short text held by value: trivially copyable, so that a command crosses threads without
// touching the heap. Unused bytes are zero, so that equal texts are equal bytes.
template <std::size_t BytesMax>
class fixed_string {
public:
    static_assert(BytesMax < 256);

    constexpr fixed_string() = default;

    // REQUIRES: text.size() <= BytesMax. Longer text is cut; callers check the limit before.
    constexpr explicit fixed_string(std::string_view text) noexcept
        : size_(static_cast<std::uint8_t>(std::min(text.size(), BytesMax))) {
        std::copy_n(text.begin(), size_, bytes_.begin());
    }

    constexpr std::string_view view() const noexcept { return {bytes_.data(), size_}; }
    constexpr bool empty() const noexcept { return size_ == 0; }
    constexpr const std::array<char, BytesMax>& padded() const noexcept { return bytes_; }

    friend constexpr bool operator==(const fixed_string&, const fixed_string&) = default;

private:
    std::array<char, BytesMax> bytes_{};
    std::uint8_t size_ = 0;
};

}  // namespace doseline::core

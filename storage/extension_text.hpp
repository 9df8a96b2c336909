#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace doseline::storage {

// What a registration's extension holds before it is sealed: what has no room in the record itself.
struct extension_text {
    std::string_view name;
    std::string_view evidence;
};

// Each text that is not empty: one byte that says which, two of length, the text.
std::string encode_extension(const extension_text& text);

// Views into plain. Nothing when it is not what encode_extension() wrote.
std::optional<extension_text> decode_extension(std::string_view plain);

}  // namespace doseline::storage

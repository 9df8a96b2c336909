#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace doseline::net {

// A place in a text, both numbers from 1; columns count characters, not bytes.
struct text_position {
    std::uint32_t line = 1;
    std::uint32_t column = 1;

    friend bool operator==(const text_position&, const text_position&) = default;
};

// An operator's file that cannot be taken. One line: "FILE:LINE:COLUMN: what is wrong and what to
// do"; control characters of the file that it repeats are shown as '?'.
struct import_error : std::runtime_error {
    // field: the column that is at fault, a literal; empty where it is none.
    import_error(std::string_view file, text_position at, std::string_view what_is_wrong,
                 std::string_view field = {});

    // For who has no file, and so no place in it: "field must ...", as the line has it.
    std::string_view field;
    std::string what_is_wrong;
};

// What is wrong with a cell or a key that is to name a day and names none.
std::string must_be_a_day();

}  // namespace doseline::net

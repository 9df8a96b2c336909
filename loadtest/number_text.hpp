#pragma once

#include <cstdint>
#include <string>
#include <string_view>

// Numbers as the reports show them.
namespace doseline::loadtest {

// What a number counts; each is written in its own way.
enum class unit : std::uint8_t {
    count,         // 12 345
    rate,          // 1 200 /s
    milliseconds,  // 0.84 ms, 12.3 ms, 2.04 s
    seconds,       // 12.3 s
    bytes,         // 120 MiB
    core_share,    // 135 % (of a core)
    plain,         // 3.2
};

// With so many decimals.
std::string fixed(double value, int decimals);

// Rounded to three significant digits or to whole ones, which are grouped by narrow no-break
// spaces: "0.0123", "12.3", "12 345".
std::string short_number(double value);

// The number with its unit. Any finite value.
std::string text_of(double value, unit in);

// For HTML text and quoted attributes alike.
std::string escape_html(std::string_view text);

}  // namespace doseline::loadtest

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// A clinic's code as it is written: eight digits.
namespace doseline::net {

std::optional<std::uint32_t> parse_clinic_code(std::string_view text) noexcept;
std::string clinic_code_text(std::uint32_t code);

}  // namespace doseline::net

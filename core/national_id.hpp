#pragma once

#include "core/civil_time.hpp"
#include "core/error.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace doseline::core {

enum class sex : std::uint8_t { female, male };

// A resident registration number: YYMMDD-SBBBBBC. The seventh digit names century, sex and
// nationality: 1 2 born 1900s, 3 4 2000s, 9 0 1800s, 5 6 foreign 1900s, 7 8 foreign 2000s; odd is
// male. A value of this type is well formed: a wrong length, another character or a date that the
// calendar does not have cannot be held. The check digit only warns: numbers issued since October
// 2020 are random.
class national_id {
public:
    // 13 digits, one hyphen after the sixth allowed. Error: id_invalid.
    static result<national_id> parse(std::string_view text);

    civil_day birth() const noexcept { return birth_; }
    core::sex sex() const noexcept;
    bool foreign() const noexcept;
    bool checksum_matches() const noexcept;
    std::string_view digits() const noexcept { return {digits_.data(), digits_.size()}; }
    std::uint64_t number() const noexcept;  // the 13 digits as a number, < 10^13

private:
    national_id() = default;

    std::array<char, 13> digits_{};
    civil_day birth_{};
};

}  // namespace doseline::core

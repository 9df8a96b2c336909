#include "core/civil_time.hpp"

#include "core/limits.hpp"

#include <algorithm>
#include <cstdio>
#include <optional>

namespace doseline::core {

namespace {

using namespace std::chrono;

// Exactly that many digits at a place, or nothing.
std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) noexcept {
    if (text.size() < at + count) {
        return std::nullopt;
    }
    int value = 0;
    for (const char c : text.substr(at, count)) {
        if (c < '0' || c > '9') {
            return std::nullopt;
        }
        value = value * 10 + (c - '0');
    }
    return value;
}

bool has(std::string_view text, std::size_t at, char c) noexcept {
    return at < text.size() && text[at] == c;
}

// "+09:00", "-03:30", "Z"; nothing else may follow.
std::optional<minutes> parse_offset(std::string_view text) noexcept {
    if (text == "Z" || text == "z") {
        return minutes{0};
    }
    const auto hour = digits(text, 1, 2);
    const auto minute = digits(text, 4, 2);
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':' || !hour ||
        !minute || *hour > 23 || *minute > 59) {
        return std::nullopt;
    }
    const minutes offset{*hour * 60 + *minute};
    return text[0] == '-' ? -offset : offset;
}

}  // namespace

civil_day day_at(instant at, zone_offset offset) noexcept { return floor<days>(at + offset); }

unsigned hour_at(instant at, zone_offset offset) noexcept {
    const auto local = at + offset;
    return static_cast<unsigned>(floor<hours>(local - floor<days>(local)).count());
}

result<civil_day> parse_day(std::string_view text) {
    const auto year_number = digits(text, 0, 4);
    const auto month_number = digits(text, 5, 2);
    const auto day_number = digits(text, 8, 2);
    if (text.size() != 10 || !has(text, 4, '-') || !has(text, 7, '-') || !year_number ||
        !month_number || !day_number) {
        return errc::malformed;
    }
    const year_month_day date{year{*year_number}, month{static_cast<unsigned>(*month_number)},
                              day{static_cast<unsigned>(*day_number)}};
    if (!date.ok() || sys_days{date} < limits::day_min || sys_days{date} > limits::day_max) {
        return errc::malformed;
    }
    return sys_days{date};
}

std::string format_day(civil_day day) {
    const year_month_day date{day};
    char text[16];
    const int size = std::snprintf(text, sizeof text, "%04d-%02u-%02u", int{date.year()},
                                   unsigned{date.month()}, unsigned{date.day()});
    return {text, static_cast<std::size_t>(size)};
}

result<instant> parse_instant(std::string_view text) {
    const auto day = parse_day(text.substr(0, 10));
    const auto hour = digits(text, 11, 2);
    const auto minute = digits(text, 14, 2);
    const auto second = digits(text, 17, 2);
    if (!day || !(has(text, 10, 'T') || has(text, 10, 't')) || !has(text, 13, ':') ||
        !has(text, 16, ':') || !hour || !minute || !second || *hour > 23 || *minute > 59 ||
        *second > 59) {
        return errc::malformed;
    }
    std::string_view rest = text.substr(19);
    int millisecond = 0;
    if (has(rest, 0, '.')) {
        std::size_t digit = 1;
        for (int weight = 100; digit < rest.size() && rest[digit] >= '0' && rest[digit] <= '9';
             ++digit, weight /= 10) {
            millisecond += (rest[digit] - '0') * weight;
        }
        if (digit == 1) {
            return errc::malformed;
        }
        rest.remove_prefix(digit);
    }
    const auto offset = parse_offset(rest);
    if (!offset) {
        return errc::malformed;
    }
    return instant{*day + hours{*hour} + minutes{*minute} + seconds{*second} +
                   milliseconds{millisecond} - *offset};
}

instant_text instant_text_of(instant at, zone_offset offset) noexcept {
    const auto local = at + offset;
    const auto day = floor<days>(local);
    const year_month_day date{day};
    const hh_mm_ss time{local - day};
    const bool west = offset < minutes{0};
    const minutes magnitude = west ? -offset : offset;
    char text[48];
    const int size = std::snprintf(
        text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03d%c%02d:%02d", int{date.year()},
        unsigned{date.month()}, unsigned{date.day()}, static_cast<int>(time.hours().count()),
        static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()),
        static_cast<int>(time.subseconds().count()), west ? '-' : '+',
        static_cast<int>(magnitude.count() / 60), static_cast<int>(magnitude.count() % 60));
    return instant_text({text, static_cast<std::size_t>(size)});
}

std::string format_instant(instant at, zone_offset offset) {
    return std::string(instant_text_of(at, offset).view());
}

}  // namespace doseline::core

#include "loadtest/http_response.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

namespace doseline::loadtest {

namespace {

char lower(char ch) noexcept {
    return ch >= 'A' && ch <= 'Z' ? static_cast<char>(ch - 'A' + 'a') : ch;
}

bool same_name(std::string_view a, std::string_view b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trimmed(std::string_view text) noexcept {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
        text.remove_prefix(1);
    }
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) {
        text.remove_suffix(1);
    }
    return text;
}

// Digits only, and few enough that no sum overflows.
std::optional<std::uint32_t> number(std::string_view text) noexcept {
    std::uint32_t value = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (ec != std::errc{} || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return value;
}

// "HTTP/1.1 201 Created"; the reason may be empty.
bool read_status_line(std::string_view line, response& out) {
    constexpr std::string_view version = "HTTP/1.1 ";
    if (!line.starts_with(version) || line.size() < version.size() + 3 ||
        (line.size() > version.size() + 3 && line[version.size() + 3] != ' ')) {
        return false;
    }
    const auto status = number(line.substr(version.size(), 3));
    out.status = status.value_or(0);
    return out.status >= 200 && out.status <= 599;
}

// False when the line makes the answer malformed.
bool read_field(std::string_view line, response& out, std::optional<std::uint32_t>& length) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0 || line.front() == ' ' ||
        line.front() == '\t' || line[colon - 1] == ' ') {
        return false;
    }
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (same_name(name, "Content-Length")) {
        const bool first = !length.has_value();
        length = number(value);
        return first && length && *length <= response_body_bytes_max;
    }
    if (same_name(name, "Replayed")) {
        out.replayed = same_name(value, "true");
    } else if (same_name(name, "Connection")) {
        out.close = same_name(value, "close");
    } else if (same_name(name, "Retry-After")) {
        out.retry_after = std::chrono::seconds{number(value).value_or(0)};
    }
    return !same_name(name, "Transfer-Encoding");
}

}  // namespace

response_state parse_response(std::string_view bytes, response& out) {
    const std::size_t end = bytes.substr(0, response_header_bytes_max).find("\r\n\r\n");
    if (end == std::string_view::npos) {
        return bytes.size() < response_header_bytes_max ? response_state::incomplete
                                                        : response_state::malformed;
    }
    out = response{};
    std::string_view header = bytes.substr(0, end);
    std::size_t line_end = header.find("\r\n");
    if (!read_status_line(header.substr(0, line_end), out)) {
        return response_state::malformed;
    }
    std::optional<std::uint32_t> length;
    while (line_end != std::string_view::npos) {
        header.remove_prefix(line_end + 2);
        line_end = header.find("\r\n");
        if (!read_field(header.substr(0, line_end), out, length)) {
            return response_state::malformed;
        }
    }
    if (out.status == 204 || out.status == 304) {
        length = 0;
    }
    if (!length || bytes.size() > end + 4 + *length) {
        return response_state::malformed;
    }
    if (bytes.size() < end + 4 + *length) {
        return response_state::incomplete;
    }
    out.body = bytes.substr(end + 4, *length);
    return response_state::complete;
}

}  // namespace doseline::loadtest

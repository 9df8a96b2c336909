#pragma once

#include "core/command.hpp"

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

// A registration's version as an entity tag: "3" in quotes. Strong: the same version, the same
// content.
namespace doseline::net::api {

inline std::string version_tag(core::version_number version) {
    return '"' + std::to_string(version) + '"';
}

// Of If-Match: one tag, or '*' for any version. Nothing where no version has that tag.
inline std::optional<core::version_number> version_named(std::string_view if_match) {
    if (if_match == "*") {
        return core::any_version;
    }
    if (if_match.size() < 3 || if_match.front() != '"' || if_match.back() != '"' ||
        if_match[1] == '0') {
        return std::nullopt;
    }
    const char* const end = if_match.data() + if_match.size() - 1;
    core::version_number version = 0;
    const auto [stopped, error] = std::from_chars(if_match.data() + 1, end, version);
    if (error != std::errc{} || stopped != end) {
        return std::nullopt;
    }
    return version;
}

}  // namespace doseline::net::api

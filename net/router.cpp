#include "net/router.hpp"

#include <boost/beast/core/string.hpp>

namespace doseline::net {

bool matches(std::string_view pattern, std::string_view path, std::string_view& id) noexcept {
    constexpr std::string_view place = "{id}";
    const std::size_t at = pattern.find(place);
    if (at == std::string_view::npos) {
        return pattern == path;
    }
    const std::string_view before = pattern.substr(0, at);
    const std::string_view after = pattern.substr(at + place.size());
    if (path.size() <= before.size() + after.size() || !path.starts_with(before) ||
        !path.ends_with(after)) {
        return false;
    }
    const std::string_view between =
        path.substr(before.size(), path.size() - before.size() - after.size());
    if (between.find('/') != std::string_view::npos) {
        return false;
    }
    id = between;
    return true;
}

bool is_kind(std::string_view content_type, body_kind kind) noexcept {
    std::string_view type = content_type.substr(0, content_type.find(';'));
    while (type.ends_with(' ')) {
        type.remove_suffix(1);
    }
    switch (kind) {
        case body_kind::none: return true;
        case body_kind::json: return boost::beast::iequals(type, "application/json");
        case body_kind::toml: return boost::beast::iequals(type, "application/toml");
        case body_kind::form:
            return boost::beast::iequals(type, "application/x-www-form-urlencoded");
    }
    return false;
}

}  // namespace doseline::net

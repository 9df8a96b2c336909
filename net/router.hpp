#pragma once

#include "net/handler.hpp"

#include <span>
#include <string>
#include <string_view>

namespace doseline::net {

enum class body_kind : std::uint8_t { none, json, form, toml };

// One line of a listener's table. Context is what its handlers are given.
template <class Context>
struct route {
    http::verb verb = http::verb::unknown;
    std::string_view pattern;  // "/v1/registrations/{id}/void"; at most one {id}
    work_class work = work_class::page;
    role needs = role::anyone;
    body_kind body = body_kind::none;
    std::size_t body_bytes_max = 0;
    answer (*handle)(Context&) = nullptr;
};

// Whether a path is of that pattern; id is what stands for {id}, never empty.
bool matches(std::string_view pattern, std::string_view path, std::string_view& id) noexcept;

template <class Route>
struct found_route {
    const Route* route = nullptr;
    std::string_view id;
    std::string allow;  // when the path is known but not by this verb
};

// A linear look: a table has a dozen lines, and reading them is the point.
template <class Route>
found_route<Route> find_route(std::span<const Route> table, http::verb verb,
                              std::string_view path) {
    found_route<Route> found;
    for (const Route& r : table) {
        std::string_view id;
        if (!matches(r.pattern, path, id)) {
            continue;
        }
        if (r.verb == verb || (r.verb == http::verb::get && verb == http::verb::head)) {
            return {&r, id, {}};
        }
        found.allow += found.allow.empty() ? "" : ", ";
        const auto name = http::to_string(r.verb);
        found.allow.append(name.data(), name.size());
        if (r.verb == http::verb::get) {
            found.allow += ", HEAD";
        }
    }
    return found;
}

// Whether a Content-Type names that kind of body, whatever its parameters.
bool is_kind(std::string_view content_type, body_kind kind) noexcept;

}  // namespace doseline::net

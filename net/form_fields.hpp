#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace doseline::net {

// An application/x-www-form-urlencoded body, decoded. Malformed escapes are kept as they stand.
class form_fields {
public:
    explicit form_fields(std::string_view body);

    // The first of that name; empty when there is none.
    std::string_view operator[](std::string_view name) const noexcept;

    // Whether each field's name is one of these.
    bool has_only(std::initializer_list<std::string_view> names) const noexcept;

private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

// Text inside an element or a quoted attribute.
std::string escape_html(std::string_view text);

}  // namespace doseline::net

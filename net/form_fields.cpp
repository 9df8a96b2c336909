#include "net/form_fields.hpp"

#include <algorithm>

namespace doseline::net {

namespace {

constexpr std::size_t fields_max = 32;

int hex_value(char c) noexcept {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

std::string decode(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escape = text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
                            hex_value(text[i + 2]) >= 0;
        if (escape) {
            plain += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
            i += 2;
        } else {
            plain += text[i] == '+' ? ' ' : text[i];
        }
    }
    return plain;
}

}  // namespace

form_fields::form_fields(std::string_view body) {
    while (!body.empty() && fields_.size() < fields_max) {
        const std::string_view pair = body.substr(0, body.find('&'));
        body.remove_prefix(std::min(pair.size() + 1, body.size()));
        const std::size_t equals = std::min(pair.find('='), pair.size());
        fields_.emplace_back(decode(pair.substr(0, equals)),
                             decode(pair.substr(std::min(equals + 1, pair.size()))));
    }
}

std::string_view form_fields::operator[](std::string_view name) const noexcept {
    const auto it = std::find_if(fields_.begin(), fields_.end(),
                                 [&](const auto& field) { return field.first == name; });
    return it == fields_.end() ? std::string_view{} : it->second;
}

bool form_fields::has_only(std::initializer_list<std::string_view> names) const noexcept {
    return std::all_of(fields_.begin(), fields_.end(), [&](const auto& field) {
        return std::find(names.begin(), names.end(), field.first) != names.end();
    });
}

std::string escape_html(std::string_view text) {
    std::string safe;
    for (const char c : text) {
        switch (c) {
            case '&': safe += "&amp;"; break;
            case '<': safe += "&lt;"; break;
            case '>': safe += "&gt;"; break;
            case '"': safe += "&quot;"; break;
            case '\'': safe += "&#39;"; break;
            default: safe += c;
        }
    }
    return safe;
}

}  // namespace doseline::net

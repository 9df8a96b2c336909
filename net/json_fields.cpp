#include "net/json_fields.hpp"

#include "net/utf8.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>

namespace doseline::net {

namespace json = boost::json;
using core::errc;

namespace {

// Of all objects in it. REQUIRES: text is well-formed JSON, where only a name has a colon after it.
std::size_t names_written(std::string_view text) noexcept {
    std::size_t names = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '"') {
            quoted = !quoted;
        } else if (quoted && text[i] == '\\') {
            ++i;
        } else if (!quoted && text[i] == ':') {
            ++names;
        }
    }
    return names;
}

std::size_t names_kept(const json::value& v) noexcept {
    std::size_t names = 0;
    if (const json::object* o = v.if_object()) {
        names = o->size();
        for (const auto& field : *o) {
            names += names_kept(field.value());
        }
    } else if (const json::array* a = v.if_array()) {
        for (const json::value& element : *a) {
            names += names_kept(element);
        }
    }
    return names;
}

bool is_field_name(std::string_view text) noexcept {
    return text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
           });
}

}  // namespace

json_fields::json_fields(std::string_view body, json::storage_ptr memory) : root_(memory) {
    boost::system::error_code ec;
    json::parse_options options;
    options.max_depth = 4;
    root_ = json::parse({body.data(), body.size()}, ec, std::move(memory), options);
    // A name that stands twice is refused: readers differ on which of the two values counts.
    if (ec || !root_.is_object() || names_written(body) != names_kept(root_)) {
        fail(errc::bad_json, "");
        root_.emplace_object();
    }
}

void json_fields::fail(errc code, std::string_view field) {
    if (!error_) {
        error_ = error{code, std::string(field)};
    }
}

const json::object& json_fields::fields() const noexcept {
    return part_ != nullptr ? *part_ : root_.get_object();
}

const json::value* json_fields::find(std::string_view name) {
    asked_.push_back(name);
    return fields().if_contains({name.data(), name.size()});
}

std::optional<std::string_view> json_fields::text(std::string_view name,
                                                  std::size_t characters_max) {
    const json::value* v = find(name);
    if (v == nullptr) {
        return std::nullopt;
    }
    const json::string* s = v->if_string();
    const auto size = s == nullptr ? std::nullopt : characters_of({s->data(), s->size()});
    if (!size || *size > characters_max) {
        fail(errc::bad_field, name);
        return std::nullopt;
    }
    return std::string_view(s->data(), s->size());
}

std::optional<std::string_view> json_fields::required_text(std::string_view name,
                                                           std::size_t characters_max) {
    const auto value = text(name, characters_max);
    if (!value) {
        fail(errc::bad_field, name);
    }
    return value;
}

std::optional<double> json_fields::number(std::string_view name) {
    const json::value* v = find(name);
    if (v == nullptr) {
        return std::nullopt;
    }
    if (!v->is_number()) {
        fail(errc::bad_field, name);
        return std::nullopt;
    }
    return v->to_number<double>();
}

std::optional<bool> json_fields::boolean(std::string_view name) {
    const json::value* v = find(name);
    if (v == nullptr) {
        return std::nullopt;
    }
    if (!v->is_bool()) {
        fail(errc::bad_field, name);
        return std::nullopt;
    }
    return v->get_bool();
}

std::vector<std::string_view> json_fields::texts(std::string_view name, std::size_t at_most) {
    std::vector<std::string_view> values;
    const json::value* v = find(name);
    if (v == nullptr) {
        return values;
    }
    const json::array* a = v->if_array();
    if (a == nullptr || a->size() > at_most) {
        fail(errc::bad_field, name);
        return values;
    }
    for (const json::value& element : *a) {
        const json::string* s = element.if_string();
        if (s == nullptr) {
            fail(errc::bad_field, name);
            return {};
        }
        values.emplace_back(s->data(), s->size());
    }
    return values;
}

std::vector<json_fields> json_fields::required_objects(std::string_view name, std::size_t at_most) {
    std::vector<json_fields> objects;
    const json::value* v = find(name);
    const json::array* a = v == nullptr ? nullptr : v->if_array();
    const bool good =
        a != nullptr && a->size() <= at_most &&
        std::all_of(a->begin(), a->end(), [](const json::value& each) { return each.is_object(); });
    if (!good) {
        fail(errc::bad_field, name);
        return objects;
    }
    objects.reserve(a->size());
    for (const json::value& each : *a) {
        objects.push_back(json_fields(each.get_object()));
    }
    return objects;
}

std::optional<json_fields::error> json_fields::finish() {
    for (const auto& field : fields()) {
        const std::string_view name(field.key().data(), field.key().size());
        if (std::find(asked_.begin(), asked_.end(), name) == asked_.end()) {
            // What could be a person's, as digits and Hangul, is not repeated: clients log answers.
            fail(errc::unknown_field, is_field_name(name) ? name : std::string_view{});
        }
    }
    return error_;
}

std::optional<std::size_t> characters_of(std::string_view text) noexcept {
    std::size_t count = 0;
    for (; !text.empty(); ++count) {
        const std::size_t size = code_point_size(text);
        const auto lead = static_cast<unsigned char>(text.front());
        if (size == 0 || lead < 0x20 || lead == 0x7f) {
            return std::nullopt;
        }
        text.remove_prefix(size);
    }
    return count;
}

}  // namespace doseline::net

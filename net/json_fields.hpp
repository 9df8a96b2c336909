#pragma once

#include "core/error.hpp"

#include <boost/container/small_vector.hpp>
#include <boost/json/object.hpp>
#include <boost/json/storage_ptr.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace doseline::net {

// Reads a JSON object strictly: no name may stand twice in it or in what it holds, each field is
// asked for once by name, a wrong type or value is remembered, and what nobody asked for is an
// error. The first error counts; after it, readers give nothing.
class json_fields {
public:
    // The values stand in memory, which must not be used again before this object and the texts
    // that it gave are gone.
    explicit json_fields(std::string_view body, boost::json::storage_ptr memory = {});

    // Absent: nothing. A null counts as a wrong type. characters_max counts code points.
    std::optional<std::string_view> text(std::string_view name, std::size_t characters_max);
    std::optional<std::string_view> required_text(std::string_view name,
                                                  std::size_t characters_max);
    std::optional<double> number(std::string_view name);
    std::optional<bool> boolean(std::string_view name);
    std::vector<std::string_view> texts(std::string_view name, std::size_t at_most);
    // Each is read and finished by itself, while this object is there.
    std::vector<json_fields> required_objects(std::string_view name, std::size_t at_most);

    void fail(core::errc code, std::string_view field);

    struct error {
        core::errc code;
        std::string field;
    };
    // The first error, or an unknown field; nothing when all is well. Call last.
    std::optional<error> finish();

private:
    explicit json_fields(const boost::json::object& part) : part_(&part) {}
    const boost::json::object& fields() const noexcept;
    const boost::json::value* find(std::string_view name);

    boost::json::value root_;
    const boost::json::object* part_ = nullptr;  // of another's root
    boost::container::small_vector<std::string_view, 16> asked_;
    std::optional<error> error_;
};

// Code points of well-formed UTF-8; nothing when it is not well formed or holds a control
// character.
std::optional<std::size_t> characters_of(std::string_view text) noexcept;

}  // namespace doseline::net

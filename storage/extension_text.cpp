#include "storage/extension_text.hpp"

#include "storage/field_codec.hpp"

#include <limits>

namespace doseline::storage {

namespace {

enum class field : std::uint8_t { name = 1, evidence = 2 };

void put(std::string& into, field which, std::string_view text) {
    if (!text.empty()) {
        into += static_cast<char>(which);
        into += static_cast<char>(text.size() & 0xff);
        into += static_cast<char>(text.size() >> 8);
        into += text;
    }
}

}  // namespace

std::string encode_extension(const extension_text& text) {
    std::string plain;
    put(plain, field::name, text.name);
    put(plain, field::evidence, text.evidence);
    return plain;
}

std::optional<extension_text> decode_extension(std::string_view plain) {
    extension_text text;
    field_reader r(std::as_bytes(std::span(plain)));
    while (!r.rest().empty()) {
        const std::uint8_t which = r.u8();
        const std::string_view value = r.text(std::numeric_limits<std::uint16_t>::max());
        switch (static_cast<field>(which)) {
            case field::name: text.name = value; break;
            case field::evidence: text.evidence = value; break;
            default: r.fail();
        }
    }
    if (!r.complete()) {
        return std::nullopt;
    }
    return text;
}

}  // namespace doseline::storage

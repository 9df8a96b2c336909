#include "net/api/shown_person.hpp"

#include "storage/extension_text.hpp"

#include <algorithm>
#include <array>

namespace doseline::net::api {

namespace {

std::string masked(std::uint64_t number) {
    std::string digits = std::to_string(number);
    digits.insert(0, 13 - std::min<std::size_t>(digits.size(), 13), '0');
    return digits.substr(0, 6) + '-' + digits[6] + "******";
}

}  // namespace

std::optional<shown_person> person_shown(const core::dose_registered& e,
                                         std::span<const std::byte> extension, api_context& api) {
    const std::uint32_t clinic = api.state.clinic(e.clinic).code;
    const auto opened = api.seal.open_person(e.sealed, e.data_key, clinic, e.key);
    if (!opened) {
        return std::nullopt;
    }
    shown_person person{masked(opened->number), std::string(opened->name.view()), {}};
    std::array<std::byte, storage::sealer::extension_plaintext_max> plain;
    const auto size = extension.empty()
                          ? core::result<std::size_t>(core::errc::not_found)
                          : api.seal.open_extension(extension, e.data_key, clinic, e.key, plain);
    if (!size) {
        return person;
    }
    const std::string_view bytes(reinterpret_cast<const char*>(plain.data()), *size);
    if (const auto text = storage::decode_extension(bytes)) {
        person.name = text->name.empty() ? person.name : std::string(text->name);
        person.evidence = text->evidence;
    }
    return person;
}

}  // namespace doseline::net::api

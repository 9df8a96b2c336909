#include "net/api/dose_request.hpp"

#include "storage/extension_text.hpp"

#include <boost/assert.hpp>

#include <algorithm>
#include <tuple>

namespace doseline::net::api {

using core::errc;

std::optional<core::programme_number> programme_named(const core::published& state,
                                                      std::string_view code) {
    const core::programme_list& all = state.programmes();
    for (std::size_t n = 0; n < all.size(); ++n) {
        if (all[n]->code == code) {
            return static_cast<core::programme_number>(n);
        }
    }
    return std::nullopt;
}

std::optional<core::eligibility> phase_rule(const call& c, const person_fields& p) {
    const core::programme_list& all = c.api.state.programmes();
    const core::programme* which = nullptr;
    for (std::size_t n = 0; n < all.size(); ++n) {
        if (p.programme != core::no_programme) {
            which = n == p.programme ? all[n].get() : which;
            continue;
        }
        const core::civil_day day = core::day_at(c.api.now, all[n]->offset);
        const bool open = all[n]->starts <= day && day <= all[n]->ends;
        if (open && (which == nullptr || all[n]->priority > which->priority)) {
            which = all[n].get();
        }
    }
    if (which == nullptr || !p.id) {
        return std::nullopt;
    }
    return core::evaluate(*which, p.id->birth(), core::day_at(c.api.now, which->offset),
                          c.clinic().kind, core::find_exception(*which, p.exception.view()), {});
}

bool is_code(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char ch) {
        return (ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') ||
               ch == '-';
    }) && !core::national_id::parse(text);
}

core::result<std::array<std::byte, 16>> read_key(std::string_view field) {
    if (field.empty()) {
        return errc::key_missing;
    }
    if (field.size() == 38 && field.front() == '"' && field.back() == '"') {
        field = field.substr(1, 36);
    }
    if (field.size() != 36) {
        return errc::key_invalid;
    }
    std::array<std::byte, 16> key{};
    std::size_t digits = 0;
    for (std::size_t i = 0; i < field.size(); ++i) {
        const char c = field[i];
        if (i == 8 || i == 13 || i == 18 || i == 23) {
            if (c != '-') {
                return errc::key_invalid;
            }
            continue;
        }
        const int value = c >= '0' && c <= '9'   ? c - '0'
                          : c >= 'a' && c <= 'f' ? c - 'a' + 10
                          : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                 : -1;
        if (value < 0) {
            return errc::key_invalid;
        }
        key[digits / 2] |= static_cast<std::byte>(digits % 2 == 0 ? value << 4 : value);
        ++digits;
    }
    return key;
}

void seal_into(core::register_dose& command, const call& c, const core::national_id& id,
               const personal_text& text) {
    const std::uint32_t clinic = c.clinic().code;
    const bool fits =
        text.evidence.empty() && text.name.size() <= core::limits::sealed_name_bytes_max;
    command.evidence = text.evidence.find_first_not_of(' ') != std::string_view::npos;
    command.data_key = c.api.seal.data_key();
    command.sealed = c.api.seal.seal_person(id.number(), fits ? text.name : std::string_view{},
                                            clinic, command.key);
    if (!fits) {
        const std::string plain = storage::encode_extension({text.name, text.evidence});
        BOOST_ASSERT(plain.size() <= storage::sealer::extension_plaintext_max);
        auto sealed = std::make_unique<std::vector<std::byte>>(plain.size() +
                                                               storage::sealer::extension_overhead);
        sealed->resize(c.api.seal.seal_extension(std::as_bytes(std::span(plain)), clinic,
                                                 command.key, *sealed));
        command.extension = std::move(sealed);
    }
}

void canonical_content(std::string& content, const core::register_dose& command,
                       const core::national_id& id, std::string_view programme,
                       const personal_text& text) {
    constexpr char end = '\x1f';
    content.clear();
    const auto add = [&](std::string_view field) { content.append(field).push_back(end); };
    const auto add_upper = [&](std::string_view field) {
        for (const char ch : field) {
            content += ch >= 'a' && ch <= 'z' ? static_cast<char>(ch - 'a' + 'A') : ch;
        }
        content += end;
    };
    add(id.digits());
    add(text.name);
    add(programme);
    add(command.occurred_at ? std::to_string(command.occurred_at->time_since_epoch().count()) : "");
    add_upper(command.product.view());
    add_upper(command.lot.view());
    add(std::to_string(static_cast<int>(command.site)));
    add(std::to_string(static_cast<int>(command.route)));
    add(command.funding ? core::name_of(*command.funding) : "");
    add(std::to_string(command.dose_ml_hundredths));
    add(command.exception.view());
    add(text.evidence);
}

}  // namespace doseline::net::api

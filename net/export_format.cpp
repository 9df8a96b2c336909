#include "net/export_format.hpp"

#include "net/csv.hpp"
#include "net/dose_names.hpp"
#include "net/registration_id.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace doseline::net {

namespace {

struct number {
    std::string digits;
};
using list = std::vector<std::string_view>;
using cell = std::variant<std::monostate, std::string, number, bool, list>;  // monostate: nothing

struct column {
    std::string_view name;
    cell value;
};

template <class Number>
number figure(Number n) {
    return {std::to_string(n)};
}

cell optional_text(std::string_view text) {
    return text.empty() ? cell() : cell(std::string(text));
}

std::string padded(std::uint32_t code, std::size_t width) {
    std::string digits = std::to_string(code);
    digits.insert(0, width - std::min(width, digits.size()), '0');
    return digits;
}

// With the hyphen: a spreadsheet would take the digits alone for a number and drop leading zeros.
std::string hyphenated(const std::string& digits) {
    return digits.empty() ? digits : digits.substr(0, 6) + '-' + digits.substr(6);
}

number millilitres(std::uint8_t hundredths) {
    return {std::to_string(hundredths / 100) + '.' + padded(hundredths % 100, 2)};
}

constexpr std::array<std::string_view, 3> source_names{"on_hand", "suspense", "private_stock"};

std::vector<column> columns_of(const storage::export_row& r) {
    const core::dose_registered& d = r.dose;
    const core::programme& p = r.programme;
    std::vector<column> all{
        {"id", registration_id(r.seq)},
        {"seq", figure(r.seq)},
        {"recorded_at", core::format_instant(d.header.recorded_at, p.offset)},
        {"occurred_at", core::format_instant(d.occurred_at, p.offset)},
        {"programme", p.code},
        {"programme_version", figure(d.programme_version)},
        {"clinic", padded(r.clinic.code, 8)},
        {"region", padded(r.clinic.region, 5)},
        {"person", r.pseudonym},
        {"dose_number", figure(d.dose_number)},
        {"product", optional_text(r.lot == nullptr ? "" : r.lot->product.view())},
        {"lot", optional_text(r.lot == nullptr ? "" : r.lot->lot.view())},
        {"funding", std::string(core::name_of(d.funding))},
        {"source", std::string(source_names[static_cast<std::size_t>(d.source)])},
        {"flags", core::names_of(d.flags)},
        {"claim", std::string(core::name_of(d.claim))},
        {"version", figure(r.version)},
        {"voided", r.voided},
        {"exception", d.exception < p.exceptions.size()
                          ? optional_text(p.exceptions[d.exception].code)
                          : cell()},
        {"site", optional_text(sites[static_cast<std::size_t>(d.site)])},
        {"route", optional_text(routes[static_cast<std::size_t>(d.route)])},
        {"dose_ml", millilitres(d.dose_ml_hundredths)},
        {"offline", d.offline},
        {"remaining", figure(d.remaining)},
    };
    if (r.person) {
        all.push_back({"national_id", optional_text(hyphenated(r.person->national_id))});
        all.push_back({"name", optional_text(r.person->name)});
        all.push_back({"evidence", optional_text(r.person->evidence)});
        all.push_back({"user", optional_text(d.user.view())});
    }
    return all;
}

// Text that a spreadsheet would run as a formula gets an apostrophe, which makes it text there.
std::string csv_text(std::string_view text) {
    const bool formula =
        !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos;
    return csv_escape((formula ? "'" : "") + std::string(text));
}

struct as_csv {
    std::string operator()(std::monostate) const { return {}; }
    std::string operator()(const std::string& text) const { return csv_text(text); }
    std::string operator()(const number& n) const { return n.digits; }
    std::string operator()(bool b) const { return b ? "true" : "false"; }
    std::string operator()(const list& all) const {
        std::string text;
        for (const std::string_view one : all) {
            text.append(text.empty() ? "" : " ").append(one);
        }
        return text;
    }
};

struct as_json {
    std::string operator()(std::monostate) const { return "null"; }
    std::string operator()(std::string_view text) const {
        return boost::json::serialize(boost::json::string_view(text));
    }
    std::string operator()(const std::string& text) const {
        return (*this)(std::string_view(text));
    }
    std::string operator()(const number& n) const { return n.digits; }
    std::string operator()(bool b) const { return b ? "true" : "false"; }
    std::string operator()(const list& all) const {
        std::string text = "[";
        for (const std::string_view one : all) {
            text.append(text.size() == 1 ? "" : ",").append((*this)(one));
        }
        return text + ']';
    }
};

}  // namespace

std::string export_header(export_form form, bool personal) {
    if (form == export_form::ndjson) {
        return {};
    }
    // Of a row that nobody registered: the names are in one place.
    const core::dose_registered dose;
    const core::clinic_registered clinic;
    const core::programme programme;
    storage::export_row row{0, dose, 1, false, clinic, programme, nullptr, {}, std::nullopt};
    if (personal) {
        row.person.emplace();
    }
    std::string line;
    for (const column& c : columns_of(row)) {
        line.append(line.empty() ? "" : ",").append(c.name);
    }
    return line + "\r\n";
}

std::string export_line(export_form form, const storage::export_row& row) {
    const bool csv = form == export_form::csv;
    std::string line = csv ? "" : "{";
    bool first = true;
    for (const column& c : columns_of(row)) {
        line.append(std::exchange(first, false) ? "" : ",");
        if (csv) {
            line += std::visit(as_csv{}, c.value);
        } else {
            line.append(1, '"').append(c.name).append("\":");
            line += std::visit(as_json{}, c.value);
        }
    }
    return line + (csv ? "\r\n" : "}\n");
}

}  // namespace doseline::net

#include "net/import_files.hpp"

#include "net/csv.hpp"
#include "net/json_fields.hpp"
#include "net/programme_file.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <string>
#include <utility>

namespace doseline::net {

namespace {

constexpr std::array<std::string_view, 5> kind_names{"clinics", "programmes", "lots", "shipments",
                                                     "persons"};

constexpr std::array<csv_column, 6> clinic_columns{{{"code"},
                                                    {"name"},
                                                    {"region"},
                                                    {"kind", false},
                                                    {"contract_from", false},
                                                    {"contract_to", false}}};
constexpr std::array<csv_column, 5> lot_columns{
    {{"lot"}, {"product"}, {"programme"}, {"expires"}, {"recalled", false}}};
constexpr std::array<csv_column, 6> shipment_columns{
    {{"clinic"}, {"lot"}, {"quantity"}, {"funding"}, {"product", false}, {"received", false}}};
constexpr std::array<csv_column, 5> person_columns{
    {{"national_id"}, {"programme"}, {"date"}, {"clinic"}, {"doses", false}}};

std::span<const csv_column> columns_of(import_kind kind) noexcept {
    switch (kind) {
        case import_kind::clinics: return clinic_columns;
        case import_kind::lots: return lot_columns;
        case import_kind::shipments: return shipment_columns;
        case import_kind::persons: return person_columns;
        case import_kind::programmes: break;
    }
    return {};
}

// The cells of one row as values. A cell that holds none is refused where it stands.
class row_reader {
public:
    row_reader(std::span<const csv_cell> cells, std::span<const csv_column> columns,
               std::string_view file)
        : cells_(cells), columns_(columns), file_(file) {}

    std::uint32_t digits(std::size_t n, std::size_t count) const {
        const std::string& text = cells_[n].text;
        if (text.size() != count || text.find_first_not_of("0123456789") != std::string::npos) {
            fail(n, "must have " + std::to_string(count) + " digits");
        }
        return number<std::uint32_t>(text).value();
    }

    std::int32_t quantity(std::size_t n, std::int32_t most) const {
        const auto value = number<std::int32_t>(cells_[n].text);
        if (!value || *value < 1 || *value > most) {
            fail(n, "must be a whole number from 1 to " + std::to_string(most));
        }
        return *value;
    }

    core::national_id person(std::size_t n) const {
        const auto id = core::national_id::parse(cells_[n].text);
        if (!id) {
            fail(n, "must be 13 digits of a birth that the calendar has, with a hyphen or without");
        }
        return *id;
    }

    std::string name(std::size_t n, std::size_t characters_max) const {
        const auto characters = characters_of(cells_[n].text);
        if (!characters || *characters == 0 || *characters > characters_max) {
            fail(n, "must have 1 to " + std::to_string(characters_max) +
                        " characters on one line, no control characters");
        }
        return cells_[n].text;
    }

    // What clinics may name on a registration too.
    std::string_view code(std::size_t n, std::size_t bytes_max) const {
        const std::string& text = cells_[n].text;
        const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
            return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                   c == '-';
        });
        if (text.empty() || text.size() > bytes_max || !plain) {
            fail(n, "must have 1 to " + std::to_string(bytes_max) + " letters, digits or hyphens");
        }
        return text;
    }

    core::civil_day day(std::size_t n) const {
        const auto parsed = core::parse_day(cells_[n].text);
        if (!parsed) {
            fail(n, must_be_a_day());
        }
        return *parsed;
    }

    core::civil_day day_or(std::size_t n, core::civil_day by_default) const {
        return cells_[n].text.empty() ? by_default : day(n);
    }

    bool boolean(std::size_t n) const { return word(n, {"false", "true"}) == 1; }

    core::facility_kind facility(std::size_t n) const {
        return static_cast<core::facility_kind>(word(n, {"clinic", "health_centre"}));
    }

    core::funding funding(std::size_t n) const {
        const auto named = core::funding_named(cells_[n].text);
        if (!named || *named == core::funding::private_pay) {
            fail(n, "must be national or local");
        }
        return *named;
    }

    bool empty(std::size_t n) const noexcept { return cells_[n].text.empty(); }

    [[noreturn]] void fail(std::size_t n, std::string_view what_is_wrong) const {
        throw import_error(file_, cells_[n].at,
                           std::string(columns_[n].name) + ' ' + std::string(what_is_wrong),
                           columns_[n].name);
    }

private:
    template <class Integer>
    static std::optional<Integer> number(std::string_view text) noexcept {
        Integer value{};
        const char* end = text.data() + text.size();
        const auto [stopped, error] = std::from_chars(text.data(), end, value);
        return error == std::errc{} && stopped == end ? std::optional(value) : std::nullopt;
    }

    // Which of the two the cell says; the first when it is empty.
    std::size_t word(std::size_t n, const std::array<std::string_view, 2>& words) const {
        const std::string& text = cells_[n].text;
        if (!text.empty() && text != words[0] && text != words[1]) {
            fail(n, "must be " + std::string(words[0]) + " or " + std::string(words[1]));
        }
        return text == words[1] ? 1 : 0;
    }

    std::span<const csv_cell> cells_;
    std::span<const csv_column> columns_;
    std::string_view file_;
};

core::command clinic_of(const row_reader& row) {
    core::register_clinic c;
    c.code = row.digits(0, 8);
    c.name = row.name(1, core::limits::clinic_name_characters_max);
    c.region = row.digits(2, 5);
    c.kind = row.facility(3);
    c.contract_from = row.day_or(4, core::limits::day_min);
    c.contract_to = row.day_or(5, core::limits::day_max);
    if (c.contract_to < c.contract_from) {
        row.fail(5, "lies before contract_from");
    }
    return c;
}

core::command lot_of(const row_reader& row) {
    core::register_lot c;
    c.lot = core::lot_text(row.code(0, core::limits::lot_bytes_max));
    c.product = core::product_text(row.code(1, core::limits::product_bytes_max));
    c.programme = row.name(2, core::limits::programme_code_bytes_max);
    c.expires = row.day(3);
    c.recalled = row.boolean(4);
    return c;
}

core::command shipment_of(const row_reader& row) {
    core::ship_doses c;
    c.clinic_code = row.digits(0, 8);
    c.lot = core::lot_text(row.code(1, core::limits::lot_bytes_max));
    c.quantity = row.quantity(2, core::limits::shipment_doses_max);
    c.funding = row.funding(3);
    if (!row.empty(4)) {
        c.product = core::product_text(row.code(4, core::limits::product_bytes_max));
    }
    c.received = row.boolean(5);
    return c;
}

core::command person_of(const row_reader& row, const person_finder& key_of) {
    const core::national_id id = row.person(0);
    core::import_person c;
    c.person = key_of(id);
    c.programme = row.name(1, core::limits::programme_code_bytes_max);
    c.last_day = row.day(2);
    if (c.last_day < id.birth()) {
        row.fail(2, "lies before the birth that national_id tells");
    }
    c.clinic_code = row.digits(3, 8);
    if (!row.empty(4)) {
        c.doses = static_cast<std::uint8_t>(row.quantity(4, core::limits::schedule_doses_max));
    }
    return c;
}

std::string_view remedy_of(core::errc code) noexcept {
    switch (code) {
        case core::errc::already_exists: return "is registered already: remove it from the file";
        case core::errc::not_found: return "is not known: import it first, or correct it";
        case core::errc::limit_reached: return "is one more than a registry takes: leave it out";
        case core::errc::future_date: return "lies in the future: correct it";
        case core::errc::schedule_full: return "are more than the programme gives: correct it";
        default: return "is refused: correct it";
    }
}

core::command command_of(import_kind kind, const row_reader& row, const person_finder& key_of) {
    switch (kind) {
        case import_kind::clinics: return clinic_of(row);
        case import_kind::lots: return lot_of(row);
        case import_kind::persons: return person_of(row, key_of);
        default: return shipment_of(row);
    }
}

}  // namespace

std::optional<import_kind> import_kind_named(std::string_view name) noexcept {
    const auto it = std::find(kind_names.begin(), kind_names.end(), name);
    if (it == kind_names.end()) {
        return std::nullopt;
    }
    return static_cast<import_kind>(it - kind_names.begin());
}

std::uint64_t read_import(import_kind kind, std::string_view text, std::string_view file,
                          const person_finder& key_of,
                          const std::function<void(positioned_command&&)>& take) {
    positioned_command c;
    if (kind == import_kind::programmes) {
        auto definition = std::make_shared<const core::programme>(read_programme(text, file));
        c.command = core::define_programme{std::move(definition)};
        take(std::move(c));
        return 1;
    }
    const std::span<const csv_column> columns = columns_of(kind);
    csv_reader reader(text, file, columns);
    std::vector<csv_cell> row;
    std::uint64_t rows = 0;
    for (; reader.next(row); ++rows) {
        c.cells.clear();
        for (const csv_cell& cell : row) {
            c.cells.push_back(cell.at);
        }
        c.at = c.cells.front();
        c.command = command_of(kind, row_reader(row, columns, file), key_of);
        take(std::move(c));
    }
    return rows;
}

core::command command_of_row(import_kind kind, const std::vector<std::string>& texts,
                             std::string_view file) {
    std::vector<csv_cell> cells;
    for (const std::string& text : texts) {
        cells.push_back({text, {}});
    }
    return command_of(kind, row_reader(cells, columns_of(kind), file), nullptr);
}

std::vector<std::string_view> column_names(import_kind kind) {
    std::vector<std::string_view> names;
    for (const csv_column& column : columns_of(kind)) {
        names.push_back(column.name);
    }
    return names;
}

import_error refused(import_kind kind, const positioned_command& c, const core::refusal& why,
                     std::string_view file) {
    const std::span<const csv_column> columns = columns_of(kind);
    const auto it = std::find_if(columns.begin(), columns.end(), [&](const csv_column& column) {
        return column.name == why.field;
    });
    const auto n = static_cast<std::size_t>(it - columns.begin());
    return {file, n < c.cells.size() ? c.cells[n] : c.at,
            std::string(why.field) + ' ' + std::string(remedy_of(why.code))};
}

}  // namespace doseline::net

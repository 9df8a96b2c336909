#include "net/programme_file.hpp"

#include "core/limits.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace doseline::net {

namespace {

constexpr std::array<std::string_view, 10> programme_keys{"code",
                                                          "name",
                                                          "starts",
                                                          "ends",
                                                          "utc_offset_minutes",
                                                          "priority",
                                                          "doses",
                                                          "interval_days_min",
                                                          "phase",
                                                          "exception"};
constexpr std::array<std::string_view, 9> exception_keys{
    "code",   "evidence_required", "birth_from", "birth_to", "opens",
    "closes", "facilities",        "funding",    "priority"};
constexpr auto phase_keys = std::span(exception_keys).subspan<2>();

// toml++ leaves what it has no place for, such as an empty text's root, at 0:0.
text_position position_of(const toml::source_region& region) noexcept {
    return {std::max(region.begin.line, 1u), std::max(region.begin.column, 1u)};
}

// One table of the file, read strictly: what nobody knows is refused before anything is read.
class table_reader {
public:
    table_reader(const toml::table& table, std::string_view file,
                 std::span<const std::string_view> keys)
        : table_(table), file_(file) {
        for (const auto& [key, value] : table) {
            if (std::find(keys.begin(), keys.end(), key.str()) == keys.end()) {
                throw import_error(file_, position_of(key.source()),
                                   "unknown key \"" + std::string(key.str()) +
                                       "\": remove it or correct its name");
            }
        }
    }

    std::string text(std::string_view key) const {
        const auto* value = required(key).as_string();
        if (value == nullptr) {
            fail(key, "must be a text in quotes");
        }
        return value->get();
    }

    core::civil_day day(std::string_view key) const {
        const auto* value = required(key).as_date();
        if (value == nullptr) {
            fail(key, must_be_a_day() + ", without quotes");
        }
        const toml::date d = value->get();
        const core::civil_day named = std::chrono::year(d.year) / d.month / d.day;
        if (named < core::limits::day_min || named > core::limits::day_max) {
            fail(key, must_be_a_day());
        }
        return named;
    }

    bool boolean(std::string_view key, bool by_default) const {
        const toml::node* node = table_.get(key);
        if (node == nullptr) {
            return by_default;
        }
        if (!node->is_boolean()) {
            fail(key, "must be true or false");
        }
        return node->as_boolean()->get();
    }

    std::int64_t integer(std::string_view key, std::int64_t by_default, std::int64_t least,
                         std::int64_t most) const {
        const toml::node* node = table_.get(key);
        if (node == nullptr) {
            return by_default;
        }
        const auto* value = node->as_integer();
        if (value == nullptr || value->get() < least || value->get() > most) {
            fail(key, "must be a whole number from " + std::to_string(least) + " to " +
                          std::to_string(most));
        }
        return value->get();
    }

    core::funding funding(std::string_view key) const {
        if (table_.get(key) == nullptr) {
            return core::funding::national;
        }
        const auto named = core::funding_named(text(key));
        if (!named || *named == core::funding::private_pay) {
            fail(key, "must be \"national\" or \"local\"");
        }
        return *named;
    }

    core::facility_kinds facilities(std::string_view key) const {
        const toml::node* node = table_.get(key);
        if (node == nullptr) {
            return core::phase{}.facilities;
        }
        core::facility_kinds kinds = 0;
        const toml::array* names = node->as_array();
        for (std::size_t i = 0; names != nullptr && i < names->size(); ++i) {
            const std::string_view name = (*names)[i].value_or(std::string_view{});
            if (name != "clinic" && name != "health_centre") {
                kinds = 0;
                break;
            }
            const auto kind =
                name == "clinic" ? core::facility_kind::clinic : core::facility_kind::health_centre;
            kinds |= static_cast<core::facility_kinds>(1u << static_cast<unsigned>(kind));
        }
        if (kinds == 0) {
            fail(key, "must be a list of \"clinic\", \"health_centre\" or both");
        }
        return kinds;
    }

    // The tables of [[key]], none when there is none.
    std::vector<const toml::table*> tables(std::string_view key) const {
        std::vector<const toml::table*> found;
        const toml::node* node = table_.get(key);
        if (node == nullptr) {
            return found;
        }
        if (!node->is_array_of_tables()) {
            fail(key, "must be written as [[" + std::string(key) + "]]");
        }
        for (const toml::node& element : *node->as_array()) {
            found.push_back(element.as_table());
        }
        return found;
    }

    // Refuses a defect of core::defect_of(), whose sentence names the key first where one is at
    // fault, after a colon if it names the table too.
    void refuse(const std::string& defect) const {
        if (defect.empty()) {
            return;
        }
        const std::size_t colon = defect.rfind(": ");
        const std::string clause = colon == std::string::npos ? defect : defect.substr(colon + 2);
        const toml::node* node = table_.get(clause.substr(0, clause.find(' ')));
        throw import_error(file_, position_of(node == nullptr ? table_.source() : node->source()),
                           defect);
    }

private:
    const toml::node& required(std::string_view key) const {
        const toml::node* node = table_.get(key);
        if (node == nullptr) {
            throw import_error(file_, position_of(table_.source()),
                               "key \"" + std::string(key) + "\" is missing: add it");
        }
        return *node;
    }

    [[noreturn]] void fail(std::string_view key, std::string_view what_is_wrong) const {
        throw import_error(file_, position_of(table_.get(key)->source()),
                           std::string(key) + ' ' + std::string(what_is_wrong));
    }

    const toml::table& table_;
    std::string_view file_;
};

core::phase read_window(const table_reader& from) {
    core::phase window;
    window.birth_from = from.day("birth_from");
    window.birth_to = from.day("birth_to");
    window.opens = from.day("opens");
    window.closes = from.day("closes");
    window.facilities = from.facilities("facilities");
    window.funding = from.funding("funding");
    window.priority = static_cast<std::uint8_t>(from.integer("priority", 0, 0, 255));
    return window;
}

toml::table parse(std::string_view text, std::string_view file) {
    try {
        return toml::parse(text, file);
    } catch (const toml::parse_error& e) {
        throw import_error(file, position_of(e.source()), e.description());
    }
}

}  // namespace

core::programme read_programme(std::string_view text, std::string_view file) {
    const toml::table root = parse(text, file);
    const table_reader top(root, file, programme_keys);
    core::programme p;
    p.code = top.text("code");
    p.name = top.text("name");
    p.starts = top.day("starts");
    p.ends = top.day("ends");
    p.offset = core::zone_offset{top.integer("utc_offset_minutes", 540, -14 * 60, 14 * 60)};
    p.priority = static_cast<std::uint8_t>(top.integer("priority", 0, 0, 255));
    p.schedule.doses =
        static_cast<std::uint8_t>(top.integer("doses", 1, 1, core::limits::schedule_doses_max));
    p.schedule.interval_days_min =
        static_cast<std::uint16_t>(top.integer("interval_days_min", 0, 0, 3'650));

    // Defects are looked for as the parts are read, so that each is told where it stands; what is
    // wrong with the head shows best beside a phase that has no defect of its own.
    core::programme head = p;
    head.phases.emplace_back();
    top.refuse(core::defect_of(head));
    for (const toml::table* table : top.tables("phase")) {
        const table_reader from(*table, file, phase_keys);
        p.phases.push_back(read_window(from));
        from.refuse(core::defect_of(p));
    }
    top.refuse(core::defect_of(p));
    for (const toml::table* table : top.tables("exception")) {
        const table_reader from(*table, file, exception_keys);
        p.exceptions.push_back(
            {from.text("code"), read_window(from), from.boolean("evidence_required", true)});
        from.refuse(core::defect_of(p));
    }
    return p;
}

}  // namespace doseline::net

#pragma once

#include "core/command.hpp"
#include "core/national_id.hpp"
#include "core/outcome.hpp"
#include "net/import_error.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

// Operators' files to the commands that bring them into a registry. What each has:
//
//     clinics     CSV  code (8 digits), name (1 to 100 characters), region (5 digits),
//                      kind? (clinic | health_centre), contract_from?, contract_to? (days, both
//                      included; 1800-01-01 and 9999-12-31, which is no bound, by default)
//     programmes  TOML one programme, see programme_file.hpp
//     lots        CSV  lot, product (1 to 20 of A-Z a-z 0-9 '-'), programme, expires (the last
//     day),
//                      recalled? (true | false)
//     shipments   CSV  clinic (8 digits), lot, quantity (1 to 1000000), funding (national | local),
//                      product? (where two makers share a lot number), received? (true | false:
//                      the clinic has confirmed it)
//     persons     CSV  national_id (as in a check), programme, date (of the last dose), clinic (8
//                      digits, where that was), doses? (so far; 1 by default, at most 20)
//
// An empty cell of a column with '?' means the first of its values for kind, and false.
namespace doseline::net {

enum class import_kind { clinics, programmes, lots, shipments, persons };

// By the words above.
std::optional<import_kind> import_kind_named(std::string_view name) noexcept;

// The largest file worth reading: clinics_max rows with the longest names. In bytes.
inline constexpr std::size_t import_bytes_max = 512u << 20;

// A command and where it stands: its first cell; a programme at the file's beginning.
struct positioned_command {
    core::command command;
    text_position at;
    // A CSV row's cells in the order of the table above.
    std::vector<text_position> cells;
};

// What finds a person of that number again, as storage::sealer::person_key.
using person_finder = std::function<core::person_key(const core::national_id&)>;

// Calls take with the commands of a file in its order, one at a time: a file of a million rows
// never stands in memory as commands. Returns how many. file names the text in errors, which never
// repeat what stands in a cell. Throws import_error for what the file alone can show; whether a
// code is known or given out is for the registry to decide.
std::uint64_t read_import(import_kind kind, std::string_view text, std::string_view file,
                          const person_finder& key_of,
                          const std::function<void(positioned_command&&)>& take);

// The command of one row whose cells are the table's columns in their order, wherever they were
// written; one that is not there is empty. REQUIRES: kind is neither programmes nor persons. Throws
// as read_import.
core::command command_of_row(import_kind kind, const std::vector<std::string>& cells,
                             std::string_view file);

// The columns' names, in their order.
std::vector<std::string_view> column_names(import_kind kind);

// What to tell when the registry refused a command: the place of the cell at fault, and a remedy.
// Never what stands there.
import_error refused(import_kind kind, const positioned_command& c, const core::refusal& why,
                     std::string_view file);

}  // namespace doseline::net

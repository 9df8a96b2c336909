#pragma once

#include "core/civil_time.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// A programme (a season of free vaccination) as plain data. Rules are by dates, not by code: a new
// season is a new file. Sources of the shipped seasons are named in the files themselves.
namespace doseline::core {

enum class facility_kind : std::uint8_t { clinic = 0, health_centre = 1 };

// A health centre looks after the clinics of its region: it sees what they registered and have on
// hand, and puts registrations right. Of anything that has a kind and a region.
template <class Facility>
constexpr bool looks_after(const Facility& who, const Facility& whom) noexcept {
    return who.kind == facility_kind::health_centre && whom.kind == facility_kind::clinic &&
           who.region == whom.region;
}

// A set of facility kinds, as bits 1 << kind.
using facility_kinds = std::uint8_t;
constexpr bool allows(facility_kinds kinds, facility_kind kind) noexcept {
    return (kinds >> static_cast<unsigned>(kind) & 1u) != 0;
}

enum class funding : std::uint8_t { national = 0, local = 1, private_pay = 2 };
std::string_view name_of(funding f) noexcept;  // "national", "local", "private"
std::optional<funding> funding_named(std::string_view name) noexcept;

// Persons born in [birth_from, birth_to] may come from opens to closes, both days included, to the
// facilities named. Between open phases the highest priority decides the funding.
struct phase {
    civil_day birth_from;
    civil_day birth_to;
    civil_day opens;
    civil_day closes;
    facility_kinds facilities = 0b11;
    core::funding funding = core::funding::national;
    std::uint8_t priority = 0;

    friend bool operator==(const phase&, const phase&) = default;
};

// A reason to be served outside the phases: an underlying disease, a place far from any clinic.
struct exception_kind {
    std::string code;
    phase window;
    bool evidence_required = true;

    friend bool operator==(const exception_kind&, const exception_kind&) = default;
};

struct dose_schedule {
    std::uint8_t doses = 1;
    std::uint16_t interval_days_min = 0;  // between two doses

    friend bool operator==(const dose_schedule&, const dose_schedule&) = default;
};

struct programme {
    std::string code;  // "2016-17"; letters, digits, '-'
    std::string name;
    std::uint16_t version = 1;  // grows by one with each new definition of the same code
    civil_day starts;
    civil_day ends;
    zone_offset offset{540};
    std::uint8_t priority = 0;  // which open programme a request without a name means
    dose_schedule schedule;
    std::vector<phase> phases;
    std::vector<exception_kind> exceptions;

    friend bool operator==(const programme&, const programme&) = default;
};

// Whose midnight "today" ends at in totals over several programmes: the first programme's, as all
// programmes of one nation share a zone; UTC when there is none.
inline zone_offset totals_zone(
    const std::vector<std::shared_ptr<const programme>>& programmes) noexcept {
    return programmes.empty() ? zone_offset{0} : programmes.front()->offset;
}

// The exception of that code, or null. An index into exceptions is what events hold.
const exception_kind* find_exception(const programme& p, std::string_view code) noexcept;

// What is wrong with a definition, in one English sentence, or an empty string: no phases, dates
// out of order, texts or counts past limits.hpp, exception codes twice.
std::string defect_of(const programme& p);

}  // namespace doseline::core

#pragma once

#include "core/command.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

// A season to try the program with. Nobody in it lives or has lived: the births that its rules are
// about lie in the 1800s, and its places and names are made up.
namespace doseline::net {

struct demo_options {
    std::uint32_t clinics = 1'000;          // 1 to limits::clinics_max
    std::int32_t doses_per_clinic = 1'000;  // 1 to limits::shipment_doses_max
    std::uint64_t seed = 1;
    core::civil_day today;  // in Korea
};

// The programmes. A request that names none means the first.
//   demo           born 1800-1869 open since a week, 1870-1879 in seven days, with an exception
//                  today, 1880-1889 with an exception alone; half a year
//   demo-local     the same births at health centres alone: CLOSED_HERE at a clinic
//   demo-two-dose  two doses, 28 days apart
inline constexpr std::string_view demo_programme = "demo";
inline constexpr std::string_view demo_local_programme = "demo-local";
inline constexpr std::string_view demo_two_dose_programme = "demo-two-dose";

// Their lots, of one product. The clinics have the first two on hand, in halves, and health centres
// the local one too, in thirds; the others are known and at no clinic.
inline constexpr std::string_view demo_product = "DEMO-QIV";
inline constexpr std::string_view demo_lot_first = "DEMO-A";  // expires first
inline constexpr std::string_view demo_lot_second = "DEMO-B";
inline constexpr std::string_view demo_lot_local = "DEMO-L";          // of local funding
inline constexpr std::string_view demo_lot_expired = "DEMO-EXPIRED";  // yesterday
inline constexpr std::string_view demo_lot_recalled = "DEMO-RECALLED";

inline constexpr std::uint32_t demo_clinic_code_first = 90'000'001;  // the others follow on it

// The commands for an empty registry, in their order: programmes, lots, each clinic with its
// shipments. Every 20th clinic is a health centre. Every clinic has exactly doses_per_clinic doses
// on hand, all of the programme demo. The same options give the same commands on any machine.
// Throws std::invalid_argument, with a line for the operator, for options out of their range.
std::vector<core::command> demo_season(const demo_options& options);

}  // namespace doseline::net

#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

// What a clinic enters in the evening from the paper forms of its day.
namespace doseline::loadtest {

// The same for all threads of a night.
struct night_plan {
    std::uint32_t threads = 1;
    std::uint32_t clinics = 1;
    std::uint32_t forms_each = 1;
    std::chrono::nanoseconds length{0};  // within which clinics do this, if it suffices
    std::chrono::system_clock::time_point written_before{};  // no form was written later
    std::uint64_t seed = 0;
};

inline constexpr std::uint32_t pcs_a_clinic = 2;

// Each PC's pace. Both together stay a quarter below what a clinic may send (core/limits.hpp).
inline constexpr std::uint32_t pc_rows_per_second = 75;

// One request of an evening.
struct sending {
    std::chrono::nanoseconds due{0};  // from when the clinic begins
    std::uint32_t pc = 0;             // which of the clinic's
    bool alone = false;               // a single registration, and no batch
    std::vector<std::uint32_t> rows;  // forms, by their number at the clinic
};

// Everything that a clinic sends of so many forms, in the order in which it is due: the first PC
// each form once, in batches, in order; the second all of them again in another order, every tenth
// alone. The second begins before the first has ended, so it is sometimes first with a form. The
// same for the same seed. REQUIRES: forms > 0.
std::vector<sending> plan_evening(std::uint32_t forms, std::uint64_t seed);

// From a clinic's begin until the last one is due.
std::chrono::nanoseconds evening_length(const std::vector<sending>& plan) noexcept;

// What a paper form says: some second between this day's midnight (UTC+9) and now, RFC 3339.
std::string time_on_paper(std::chrono::system_clock::time_point now, std::uint64_t seed);

}  // namespace doseline::loadtest

#include "core/programme.hpp"

#include "core/limits.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace doseline::core {

namespace {

constexpr std::array<std::string_view, 3> funding_names{"national", "local", "private"};

bool is_code(std::string_view text, std::size_t bytes_max) noexcept {
    return !text.empty() && text.size() <= bytes_max &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
           });
}

std::string defect_of(const phase& p) {
    if (p.birth_to < p.birth_from) {
        return "birth_to lies before birth_from";
    }
    if (p.closes < p.opens) {
        return "closes lies before opens";
    }
    if (p.facilities == 0 || p.facilities > 0b11) {
        return "facilities names no kind of facility";
    }
    if (p.funding == funding::private_pay) {
        return "a programme does not pay for private doses";
    }
    return {};
}

}  // namespace

std::string_view name_of(funding f) noexcept { return funding_names[static_cast<std::size_t>(f)]; }

std::optional<funding> funding_named(std::string_view name) noexcept {
    const auto it = std::find(funding_names.begin(), funding_names.end(), name);
    if (it == funding_names.end()) {
        return std::nullopt;
    }
    return static_cast<funding>(it - funding_names.begin());
}

const exception_kind* find_exception(const programme& p, std::string_view code) noexcept {
    const auto it = std::find_if(p.exceptions.begin(), p.exceptions.end(),
                                 [&](const exception_kind& e) { return e.code == code; });
    return it == p.exceptions.end() ? nullptr : &*it;
}

std::string defect_of(const programme& p) {
    if (!is_code(p.code, limits::programme_code_bytes_max)) {
        return "code must be 1 to 20 letters, digits or hyphens";
    }
    if (p.name.empty() || p.name.size() > 200) {
        return "name must have 1 to 200 bytes";
    }
    if (p.ends < p.starts) {
        return "ends lies before starts";
    }
    if (p.offset < zone_offset{-14 * 60} || p.offset > zone_offset{14 * 60}) {
        return "offset must be within 14 hours of UTC";
    }
    if (p.schedule.doses == 0 || p.schedule.doses > limits::schedule_doses_max) {
        return "doses must be 1 to 20";
    }
    if (p.schedule.interval_days_min > 3'650) {
        return "interval_days_min must be at most 3650";
    }
    if (p.phases.empty() || p.phases.size() > limits::phases_per_programme_max) {
        return "a programme has 1 to 32 phases";
    }
    if (p.exceptions.size() > limits::exceptions_per_programme_max) {
        return "a programme has at most 16 exceptions";
    }
    for (const phase& window : p.phases) {
        if (std::string defect = defect_of(window); !defect.empty()) {
            return "a phase: " + defect;
        }
    }
    for (const exception_kind& e : p.exceptions) {
        if (!is_code(e.code, limits::exception_code_bytes_max)) {
            return "an exception's code must be 1 to 32 letters, digits, hyphens or underscores";
        }
        if (find_exception(p, e.code) != &e) {
            return "exception " + e.code + " stands twice";
        }
        if (std::string defect = defect_of(e.window); !defect.empty()) {
            return "exception " + e.code + ": " + defect;
        }
    }
    return {};
}

}  // namespace doseline::core

#include "core/event.hpp"

#include <array>

namespace doseline::core {

namespace {

constexpr std::array flags_in_order{
    flag::already_vaccinated,
    flag::not_eligible_age,
    flag::not_yet,
    flag::closed_here,
    flag::late,
    flag::lot_unknown,
    flag::stock_negative,
    flag::lot_expired,
    flag::lot_recalled,
    flag::contract_inactive,
};

}  // namespace

std::string_view name_of(flag f) noexcept {
    switch (f) {
        case flag::already_vaccinated: return "ALREADY_VACCINATED";
        case flag::not_eligible_age: return "NOT_ELIGIBLE_AGE";
        case flag::not_yet: return "NOT_YET";
        case flag::closed_here: return "CLOSED_HERE";
        case flag::late: return "LATE";
        case flag::lot_unknown: return "LOT_UNKNOWN";
        case flag::stock_negative: return "STOCK_NEGATIVE";
        case flag::lot_expired: return "LOT_EXPIRED";
        case flag::lot_recalled: return "LOT_RECALLED";
        case flag::contract_inactive: return "CONTRACT_INACTIVE";
    }
    return "";
}

std::vector<std::string_view> names_of(flag_set set) {
    std::vector<std::string_view> names;
    for (const flag f : flags_in_order) {
        if (has(set, f)) {
            names.push_back(name_of(f));
        }
    }
    return names;
}

std::string_view name_of(claim_state c) noexcept {
    switch (c) {
        case claim_state::auto_ok: return "AUTO_OK";
        case claim_state::review: return "REVIEW";
        case claim_state::not_payable: return "NOT_PAYABLE";
        case claim_state::exception_ok: return "EXCEPTION_OK";
        case claim_state::paid: return "PAID";
    }
    return "";
}

}  // namespace doseline::core

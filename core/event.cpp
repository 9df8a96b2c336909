#include "core/event.hpp"

#include <algorithm>
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
    flag::evidence_missing,
};

constexpr std::array<std::string_view, 4> void_reasons{"WRONG_PERSON", "NOT_GIVEN", "DOUBLE_ENTRY",
                                                       "OTHER"};

constexpr std::array<std::string_view, 5> correction_reasons{"", "MISTYPED", "WRONG_VIAL",
                                                             "FOUND_LATER", "OTHER"};

constexpr std::array<std::string_view, 7> stock_actions{"confirm", "waste",  "return", "transfer",
                                                        "count",   "assign", "replace"};

constexpr std::array<std::string_view, 12> stock_reasons{
    "",           "EXPIRED", "FRIDGE_FAILURE", "POWER_CUT", "BREAKAGE", "CONTAMINATION",
    "COLD_CHAIN", "RECALL",  "LOST",           "MISCOUNT",  "SHORT",    "OTHER"};

template <class Enum, std::size_t N>
std::optional<Enum> named(const std::array<std::string_view, N>& names,
                          std::string_view name) noexcept {
    const auto it = std::find(names.begin(), names.end(), name);
    if (it == names.end()) {
        return std::nullopt;
    }
    return static_cast<Enum>(it - names.begin());
}

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
        case flag::evidence_missing: return "EVIDENCE_MISSING";
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

std::string_view name_of(void_reason r) noexcept {
    return void_reasons[static_cast<std::size_t>(r)];
}

std::optional<void_reason> void_reason_named(std::string_view name) noexcept {
    return named<void_reason>(void_reasons, name);
}

std::string_view name_of(correction_reason r) noexcept {
    return correction_reasons[static_cast<std::size_t>(r)];
}

std::optional<correction_reason> correction_reason_named(std::string_view name) noexcept {
    return named<correction_reason>(correction_reasons, name);
}

std::string_view name_of(stock_action a) noexcept {
    return stock_actions[static_cast<std::size_t>(a)];
}

std::optional<stock_action> stock_action_named(std::string_view name) noexcept {
    return named<stock_action>(stock_actions, name);
}

std::string_view name_of(stock_reason r) noexcept {
    return stock_reasons[static_cast<std::size_t>(r)];
}

std::optional<stock_reason> stock_reason_named(std::string_view name) noexcept {
    return named<stock_reason>(stock_reasons, name);
}

std::string_view name_of(audit_action a) noexcept {
    switch (a) {
        case audit_action::checked: return "CHECKED";
        case audit_action::registered: return "REGISTERED";
        case audit_action::viewed: return "VIEWED";
        case audit_action::enrolled: return "ENROLLED";
        case audit_action::exported: return "EXPORTED";
        case audit_action::voided: return "VOIDED";
        case audit_action::moved: return "MOVED";
        case audit_action::queried: return "QUERIED";
        case audit_action::revoked: return "REVOKED";
        case audit_action::corrected: return "CORRECTED";
        case audit_action::book_closed: return "BOOK_CLOSED";
        case audit_action::book_opened: return "BOOK_OPENED";
        case audit_action::book_destroyed: return "BOOK_DESTROYED";
        case audit_action::decided: return "DECIDED";
        case audit_action::imported: return "IMPORTED";
        case audit_action::reported: return "REPORTED";
        case audit_action::brought_in: return "BROUGHT_IN";
        case audit_action::operated: return "OPERATED";
    }
    return "";
}

std::string_view name_of(operator_act a) noexcept {
    switch (a) {
        case operator_act::none: return "";
        case operator_act::mode_normal: return "mode normal";
        case operator_act::mode_register_only: return "mode register-only";
        case operator_act::mode_read_only: return "mode read-only";
        case operator_act::drain: return "drain";
        case operator_act::reload: return "reload";
        case operator_act::backup: return "backup";
        case operator_act::device_token: return "device token";
        case operator_act::device_certificate: return "client certificate";
        case operator_act::export_: return "export";
        case operator_act::data_key: return "rotate";
        case operator_act::master_key: return "rotate master";
    }
    return "";
}

sequence previous_of_clinic(const event& e, clinic_number clinic) noexcept {
    const auto* stock = std::get_if<stock_changed>(&e);
    const bool as_the_other =
        stock != nullptr && stock->other.clinic == clinic && stock->own.clinic != clinic;
    return as_the_other ? stock->previous_of_other : header_of(e).previous_of_clinic;
}

const amendment* amendment_of(const event& e) noexcept {
    return std::visit(
        [](const auto& what) -> const amendment* {
            if constexpr (requires { what.change; }) {
                return &what.change;
            }
            return nullptr;
        },
        e);
}

dose_origin origin_of(const dose_registered& e) noexcept { return {e.lot, e.source, e.funding}; }

void amend(dose_registered& dose, const event& change) noexcept {
    dose.claim = amendment_of(change)->claim;
    if (const auto* again = std::get_if<dose_reevaluated>(&change)) {
        dose.flags = again->flags;
    } else if (const auto* c = std::get_if<dose_corrected>(&change)) {
        dose.flags = c->flags;
        dose.claim_alone = c->claim_alone;
        dose.claim_by_rules = c->claim_by_rules;
        dose.programme_version = c->programme_version;
        dose.lot = c->after.lot;
        dose.source = c->after.source;
        dose.funding = c->after.funding;
        dose.occurred_at = c->occurred_at;
        dose.dose_ml_hundredths = c->dose_ml_hundredths;
        dose.site = c->site;
        dose.route = c->route;
        dose.confirmed = c->confirmed;
    }
}

}  // namespace doseline::core

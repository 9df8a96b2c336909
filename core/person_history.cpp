#include "core/person_history.hpp"

#include <algorithm>

namespace doseline::core {

std::string_view name_of(registration_state s) noexcept {
    switch (s) {
        case registration_state::registered: return "REGISTERED";
        case registration_state::corrected: return "CORRECTED";
        case registration_state::voided: return "VOIDED";
    }
    return "";
}

registration_state state_after(registration_state before, const event& change) noexcept {
    if (std::holds_alternative<dose_voided>(change)) {
        return registration_state::voided;
    }
    return std::holds_alternative<dose_corrected>(change) ? registration_state::corrected : before;
}

const dose_voided* registration_history::voided() const noexcept {
    return changes.empty() ? nullptr : std::get_if<dose_voided>(&changes.back().second);
}

void person_history::take(sequence seq, const event& e) {
    if (const auto* dose = std::get_if<dose_registered>(&e)) {
        person = dose->person;
        programme = dose->programme;
        registrations.push_back({seq, *dose, {}, *dose, registration_state::registered, {}});
    } else if (const amendment* change = amendment_of(e)) {
        const auto it = std::find_if(registrations.begin(), registrations.end(),
                                     [&](const auto& r) { return r.seq == change->registration; });
        if (it != registrations.end()) {
            amend(it->dose, e);
            it->state = state_after(it->state, e);
            it->changes.emplace_back(seq, e);
        }
    } else if (const auto* before = std::get_if<person_carried>(&e)) {
        person = before->person;
        programme = before->programme;
        imported = *before;
    }
    last_event = seq;
}

const registration_history* person_history::find(sequence registration) const noexcept {
    const auto it = std::find_if(registrations.begin(), registrations.end(),
                                 [&](const auto& r) { return r.seq == registration; });
    return it == registrations.end() ? nullptr : &*it;
}

unsigned payable_beside(const person_history& all, const registration_history& r) noexcept {
    const auto here =
        std::count_if(all.registrations.begin(), all.registrations.end(), [&](const auto& other) {
            return other.seq != r.seq && other.voided() == nullptr && payable(other.dose.claim);
        });
    return all.imported.payable + static_cast<unsigned>(here);
}

sequence previous_of_person(const event& e) noexcept {
    if (const auto* dose = std::get_if<dose_registered>(&e)) {
        return dose->previous_of_person;
    }
    const amendment* change = amendment_of(e);
    return change == nullptr ? 0 : change->previous_of_person;
}

void give_history(command& to, shared_history history) {
    std::visit(
        [&](auto& what) {
            if constexpr (requires { what.history; }) {
                what.history = std::move(history);
            }
        },
        to);
}

}  // namespace doseline::core

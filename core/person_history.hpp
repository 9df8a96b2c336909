#pragma once

#include "core/event.hpp"

#include <utility>
#include <vector>

namespace doseline::core {

enum class registration_state : std::uint8_t { registered, corrected, voided };
std::string_view name_of(registration_state s) noexcept;  // "REGISTERED"

// How that change leaves a registration that was in that state.
registration_state state_after(registration_state before, const event& change) noexcept;

// A registration as its changes left it, and these, oldest first.
struct registration_history {
    sequence seq = 0;
    dose_registered dose;
    std::vector<std::pair<sequence, event>> changes;
    dose_registered recorded;  // before all changes
    registration_state state = registration_state::registered;
    std::vector<std::byte> extension;  // sealed; of the one that was asked for

    version_number version() const noexcept {
        return static_cast<version_number>(1 + changes.size());
    }
    const dose_voided* voided() const noexcept;  // null: it stands
};

// All of a person in one programme: a fold of the events that link to each other by
// previous_of_person. It is up to date while last_event is where the registry says it ends.
struct person_history {
    core::person_key person{};
    programme_number programme = 0;
    sequence last_event = 0;  // 0: only who the person is has been read
    bool too_long = false;    // more than limits::person_events_max: not read
    person_carried imported;  // with doses: those that no registration tells of
    std::vector<registration_history> registrations;  // in recorded order, voided ones too

    void take(sequence seq, const event& e);  // in order
    const registration_history* find(sequence registration) const noexcept;
};

// How many of the person's other doses that stand are payable, or were paid elsewhere.
unsigned payable_beside(const person_history& all, const registration_history& r) noexcept;

// The event of the same person before this one; 0: none, or it is no event of a person.
sequence previous_of_person(const event& e) noexcept;

// Hands a command what it asked for. REQUIRES: it is one that has a history.
void give_history(command& to, shared_history history);

}  // namespace doseline::core

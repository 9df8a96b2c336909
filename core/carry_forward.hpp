#pragma once

#include "core/registry.hpp"

#include <functional>
#include <string_view>

// Books. The ledger is kept in books, mostly one a year, and a start replays the open one alone:
// so a book begins with what the one before left, as events of its own. Numbers go on over books,
// and so do the links from event to event: a history, a list, a receipt may lead into a closed one.
namespace doseline::core {

// What the next book begins with.
struct opening {
    std::uint16_t book = 0;
    std::uint16_t year = 0;
    instant at;              // of recording; not before the last event
    sequence next = 0;       // the number of its first event
    sequence keys_from = 0;  // the idempotency keys of that event and later ones are carried
};

// What the registry itself does not keep.
struct carried_along {
    std::function<std::string_view(clinic_number)> clinic_name;
    std::function<std::uint16_t(const person_record&)> payable_doses;
};

// Calls visit with the book's first events, in their order: the opening; programmes, clinics, lots
// in the order of their numbers; of each clinic the accounts that hold anything, then enrolment
// codes that could still be used again, revocations, persons, keys. A registry that has applied
// them is in the state of this one, but that
//   1. accounts that hold nothing are gone, and persons of settled programmes, and older keys,
//   2. doses are counted from the book's opening on, and a lot's doses begin as shipped,
//   3. registrations of the book before can be seen, and not be changed any more; their claims
//   alone
//      are still decided on.
// REQUIRES: the book is closed.
void carry_forward(const registry& from, const opening& o, const carried_along& along,
                   const std::function<void(const event&)>& visit);

// The programmes, as bits of their numbers, that ended over limits::settled_after before, and those
// that are settled already.
std::uint16_t settled_programmes(const programme_list& programmes, std::uint16_t already,
                                 instant at) noexcept;

}  // namespace doseline::core

#pragma once

#include "core/command.hpp"
#include "core/person_table.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <unordered_map>

namespace doseline::core {

// Time that never goes back, for holds: milliseconds of some steady clock.
using steady_ms = std::int64_t;

struct hold {
    clinic_number clinic = 0;
    steady_ms expires = 0;
};

// Who is about to be vaccinated where: a check that says yes holds the person for its clinic for
// limits::hold_time, so that of many clinics asking at once one gets ELIGIBLE.
//
// Thread safety: none; the registry's.
// Invariant: the list from oldest_ to newest_ goes through all holds in the order of expiry; every
// hold lasts equally long, so the order in which they are made is that order.
class hold_table {
public:
    // The hold in force at now, if any.
    std::optional<hold> find(const person_key& person, programme_number programme,
                             steady_ms now) const;

    // Makes or renews. REQUIRES: expires is not before that of any other hold.
    void set(const person_key& person, programme_number programme, clinic_number clinic,
             steady_ms expires);

    // Ends the person's hold; the clinic that had it, or nothing.
    std::optional<clinic_number> end(const person_key& person, programme_number programme);

    // Forgets what has expired by now, calling ended(clinic) for each; at most that many.
    template <class Ended>
    void expire(steady_ms now, std::size_t at_most, Ended&& ended) {
        while (at_most-- > 0 && oldest_ != nullptr && oldest_->second.expires <= now) {
            ended(oldest_->second.clinic);
            remove(*oldest_);
        }
    }

    std::size_t size() const noexcept { return holds_.size(); }

private:
    struct key {
        person_key person;
        programme_number programme;
        friend bool operator==(const key&, const key&) = default;
    };
    struct key_hasher {
        std::size_t operator()(const key& k) const noexcept {
            return person_hash(k.person, k.programme);
        }
    };
    struct node;
    using map = std::unordered_map<key, node, key_hasher>;
    using entry = map::value_type;
    struct node {
        clinic_number clinic = 0;
        steady_ms expires = 0;
        std::pair<const key, node>* older = nullptr;
        std::pair<const key, node>* newer = nullptr;
    };

    void link(entry& e) noexcept;
    void unlink(entry& e) noexcept;
    void remove(entry& e);

    map holds_;
    entry* oldest_ = nullptr;
    entry* newest_ = nullptr;
};

}  // namespace doseline::core

#pragma once

#include "core/command.hpp"
#include "core/eligibility.hpp"
#include "core/segmented_index.hpp"
#include "core/stable_vector.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace doseline::core {

// The first eight bytes of a keyed hash: uniform already.
inline std::uint64_t leading_bits(const std::array<std::byte, 16>& keyed_hash) noexcept {
    std::uint64_t bits = 0;
    std::memcpy(&bits, keyed_hash.data(), sizeof bits);
    return bits;
}

// A person in one programme, and that programme's stand-in for a name everywhere else.
inline std::uint64_t person_hash(const person_key& person, programme_number programme) noexcept {
    return leading_bits(person) + 0x9e3779b97f4a7c15ull * programme;
}

// What is known of a person in a programme. 40 bytes, and 5 to 10 in the index: within the 64 that
// a person may cost.
struct person_record {
    person_key person{};
    sequence last_event = 0;  // registration or change of one: the person's history ends there
    clinic_number last_clinic = 0;  // where the last dose was given
    std::int32_t last_day = 0;      // and when: the latest of all, days since 1970-01-01
    std::uint32_t doses = 0;        // registered and not voided; 0: the two above say nothing
    programme_number programme = 0;

    dose_history history() const noexcept {
        return {static_cast<std::uint8_t>(std::min(doses, 255u)),
                civil_day{std::chrono::days{last_day}}};
    }
};
static_assert(sizeof(person_record) == 40);

// Thread safety: none; the registry's.
class person_table {
public:
    const person_record* find(const person_key& person, programme_number programme) const {
        const std::uint32_t at = locate(person, programme);
        return at == segmented_index::none ? nullptr : &records_[at];
    }

    // By person_hash() alone, for the proof, which keeps no keys.
    const person_record* find(std::uint64_t hash) const {
        const std::uint32_t at =
            index_.find(hash, [&](std::uint32_t i) { return hash_of(records_[i]) == hash; });
        return at == segmented_index::none ? nullptr : &records_[at];
    }

    // The record, made when there is none.
    person_record& at(const person_key& person, programme_number programme) {
        std::uint32_t i = locate(person, programme);
        if (i == segmented_index::none) {
            i = static_cast<std::uint32_t>(records_.size());
            records_.push_back([&](person_record& r) {
                r.person = person;
                r.programme = programme;
            });
            index_.insert(person_hash(person, programme), i,
                          [&](std::uint32_t n) { return hash_of(records_[n]); });
        }
        return records_[i];
    }

    // For so many, from the beginning.
    void reserve(std::size_t persons) {
        index_.reserve(persons);
        records_.reserve(persons);
    }

    // Three steps, of which each finds near what the one before has asked for.
    void prefetch_place(const person_key& person, programme_number programme) const noexcept {
        index_.prefetch_place(person_hash(person, programme));
    }
    void prefetch(const person_key& person, programme_number programme) const noexcept {
        index_.prefetch(person_hash(person, programme));
    }

    void prefetch_record(const person_key& person, programme_number programme) const noexcept {
        const auto any = [](std::uint32_t) { return true; };
        const std::uint32_t at = index_.find(person_hash(person, programme), any);
        if (at != segmented_index::none) {
            __builtin_prefetch(&records_[at]);
        }
        asm volatile("");  // as segmented_index
    }

    std::size_t size() const noexcept { return records_.size(); }
    const person_record& operator[](std::size_t i) const { return records_[i]; }  // i < size()
    std::size_t memory_bytes() const noexcept {
        return index_.memory_bytes() + records_.size() * sizeof(person_record);
    }

private:
    friend struct registry_poison;  // tests prove that the proof finds what is wrong

    static std::uint64_t hash_of(const person_record& r) noexcept {
        return person_hash(r.person, r.programme);
    }
    std::uint32_t locate(const person_key& person, programme_number programme) const {
        return index_.find(person_hash(person, programme), [&](std::uint32_t i) {
            return records_[i].programme == programme && records_[i].person == person;
        });
    }

    static constexpr std::size_t segment = 16'384;
    segmented_index index_;
    stable_vector<person_record, segment, segmented_index::positions_max / segment> records_;
};

}  // namespace doseline::core

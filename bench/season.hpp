#pragma once

#include "core/registry.hpp"

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace doseline::bench {

// SplitMix64: as evenly spread as the keyed hashes that it stands in for, and made again from its
// number, so that ten million persons need no list.
inline std::uint64_t scatter(std::uint64_t n) noexcept {
    n += 0x9e3779b97f4a7c15ull;
    n = (n ^ n >> 30) * 0xbf58476d1ce4e5b9ull;
    n = (n ^ n >> 27) * 0x94d049bb133111ebull;
    return n ^ n >> 31;
}

inline std::array<std::byte, 16> scattered_key(std::uint64_t domain, std::uint64_t n) noexcept {
    const std::array words{scatter(n ^ domain << 56), scatter(~n ^ domain << 56)};
    std::array<std::byte, 16> key;
    std::memcpy(key.data(), words.data(), key.size());
    return key;
}

inline core::person_key person_of(std::uint64_t n) noexcept { return scattered_key(1, n); }
inline core::key_hash key_of(std::uint64_t n) noexcept { return scattered_key(2, n); }

// A season of made-up people: the events that a registry would have written, and beside them plain
// books of what any registry that has taken these events must show. The books share no code with
// the registry. After the opening every event is one registration.
//
// Thread safety: none.
class season {
public:
    static constexpr std::uint32_t clinics = 20'000;
    static constexpr std::uint32_t regions = 250;
    static constexpr std::int32_t doses_per_lot = 100'000;  // at each clinic, of each of two lots

    // begins: when the first registration is recorded, and whose day is the season's first.
    explicit season(core::instant begins = core::instant{
                        core::civil_day{std::chrono::year{2016} / 10 / 4}});  // 09:00 in Korea

    const std::vector<core::event>& opening() const noexcept { return opening_; }
    std::uint64_t persons() const noexcept { return persons_; }
    std::uint64_t registrations() const noexcept { return registrations_; }
    core::sequence seq() const noexcept { return opening_.size() + registrations_; }
    core::instant now() const noexcept {
        return begins_ + std::chrono::milliseconds{registrations_ / 100};
    }

    // The next registration as the event that it becomes: somebody new, at a random clinic.
    core::dose_registered next_event();

    // As a command; the books already count it. known: somebody who had a dose before.
    core::register_dose next_command(bool known);

    // The first thing in which the registry differs from the books, or an empty string.
    std::string difference(const core::registry& of) const;

private:
    static constexpr core::civil_day born{std::chrono::year{1850} / 5 / 20};

    struct clinic_book {
        std::uint64_t doses = 0;
        std::int64_t remaining = 2 * std::int64_t{doses_per_lot};
        core::sequence last_event = 0;
    };

    static core::programme programme(core::civil_day today);
    static core::sealed_person sealed(std::uint64_t n) noexcept;
    core::clinic_number next_clinic() const noexcept {
        return static_cast<core::clinic_number>(scatter(registrations_ ^ 3ull << 56) % clinics);
    }
    void note(core::clinic_number clinic, bool new_person) {
        ++registrations_;
        persons_ += new_person;
        ++books_[clinic].doses;
        --books_[clinic].remaining;
        books_[clinic].last_event = seq();
    }

    core::instant begins_;
    std::vector<core::event> opening_;
    std::vector<clinic_book> books_{clinics};
    std::uint64_t persons_ = 0;
    std::uint64_t registrations_ = 0;
};

inline core::programme season::programme(core::civil_day today) {
    using namespace std::chrono;
    core::programme p;
    p.code = "2016-17";
    p.name = "Influenza, 65 and older";
    p.starts = today;
    p.ends = today + days{208};
    p.phases.push_back({sys_days{year{1800} / 1 / 1}, sys_days{year{1869} / 12 / 31}, p.starts,
                        p.ends, 0b11, core::funding::national, 0});
    p.phases.push_back({sys_days{year{1870} / 1 / 1}, sys_days{year{1879} / 12 / 31},
                        p.starts + days{7}, p.ends, 0b11, core::funding::national, 0});
    return p;
}

inline season::season(core::instant begins) : begins_(begins) {
    using namespace std::chrono;
    const core::civil_day today = core::day_at(begins, core::programme{}.offset);
    const core::event_header at{begins, 0};
    opening_.emplace_back(core::book_opened{
        at, 1, static_cast<std::uint16_t>(static_cast<int>(year_month_day{today}.year()))});
    opening_.emplace_back(
        core::programme_defined{at, 0, std::make_shared<const core::programme>(programme(today))});
    for (core::clinic_number n = 0; n < clinics; ++n) {
        opening_.emplace_back(core::clinic_registered{
            at, n, 10'000'000 + n, 11'000 + n % regions, core::facility_kind::clinic,
            today - days{365}, today + days{365}, "Clinic " + std::to_string(n)});
        books_[n].last_event = opening_.size();
    }
    for (const core::lot_number lot : {1u, 2u}) {
        core::lot_registered registered;
        registered.header = at;
        registered.number = lot;
        registered.lot = core::lot_text("LOT-" + std::to_string(lot));
        registered.product = core::product_text("QUADRIVALENT");
        registered.expires = today + days{200 + lot};
        registered.verified = true;
        opening_.emplace_back(registered);
    }
    for (core::clinic_number n = 0; n < clinics; ++n) {
        for (const core::lot_number lot : {1u, 2u}) {
            for (const auto kind : {core::movement::shipped, core::movement::received}) {
                opening_.emplace_back(core::stock_moved{{begins, books_[n].last_event},
                                                        kind,
                                                        n,
                                                        lot,
                                                        core::funding::national,
                                                        doses_per_lot});
                books_[n].last_event = opening_.size();
            }
        }
    }
}

inline core::sealed_person season::sealed(std::uint64_t n) noexcept {
    core::sealed_person bytes{};
    for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8) {
        const std::uint64_t word = scatter(n + (at << 40));
        std::memcpy(bytes.data() + at, &word, 8);
    }
    return bytes;
}

inline core::dose_registered season::next_event() {
    core::dose_registered e;
    e.header = {now(), 0};
    e.clinic = next_clinic();
    e.header.previous_of_clinic = books_[e.clinic].last_event;
    e.device = 1;
    e.person = person_of(persons_);
    e.key = key_of(registrations_);
    e.content = scattered_key(4, registrations_);
    e.sealed = sealed(registrations_);
    e.occurred_at = e.header.recorded_at;
    e.lot = 1;
    e.programme_version = 1;
    note(e.clinic, true);
    e.remaining = static_cast<std::int32_t>(books_[e.clinic].remaining);
    return e;
}

inline core::register_dose season::next_command(bool known) {
    core::register_dose c;
    c.by.clinic = next_clinic();
    c.by.device = 1;
    c.person = person_of(known ? scatter(registrations_) % persons_ : persons_);
    c.key = key_of(registrations_);
    c.content = scattered_key(4, registrations_);
    c.sealed = sealed(registrations_);
    c.birth = born;
    note(c.by.clinic, !known);
    return c;
}

inline std::string season::difference(const core::registry& of) const {
    if (of.persons().size() != persons_) {
        return "persons: " + std::to_string(of.persons().size());
    }
    if (of.keys().size() != registrations_) {
        return "keys: " + std::to_string(of.keys().size());
    }
    std::int64_t remaining = 0;
    for (core::clinic_number n = 0; n < clinics; ++n) {
        const clinic_book& book = books_[n];
        const core::clinic_state& clinic = of.clinics()[n];
        if (clinic.doses != book.doses || clinic.last_event != book.last_event ||
            of.remaining(n) != book.remaining) {
            return "clinic " + std::to_string(n);
        }
        remaining += book.remaining;
    }
    for (std::uint32_t r = 0; r < of.regions(); ++r) {
        remaining -= of.remaining_of_region(r);
    }
    if (remaining != 0) {
        return "the regions' stock differs by " + std::to_string(remaining);
    }
    std::int64_t given = 0;
    for (const core::lot_state& lot : of.lots()) {
        given += lot.nation[core::place::person];
    }
    if (given != static_cast<std::int64_t>(registrations_)) {
        return "doses given: " + std::to_string(given);
    }
    constexpr std::uint64_t samples = 1'000;
    for (std::uint64_t i = 0; i < samples; ++i) {
        const std::uint64_t r = registrations_ * i / samples;
        if (of.keys().find(key_of(r)) != opening_.size() + r + 1) {
            return "key of registration " + std::to_string(r);
        }
        if (of.persons().find(person_of(persons_ * i / samples), 0) == nullptr) {
            return "person " + std::to_string(persons_ * i / samples);
        }
    }
    return {};
}

}  // namespace doseline::bench

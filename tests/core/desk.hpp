#pragma once

#include "core/carry_forward.hpp"
#include "core/registry.hpp"
#include "tests/core/seasons.hpp"

#include <boost/test/unit_test.hpp>

#include <cstring>
#include <initializer_list>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace doseline::test {

// Sixteen bytes that look like a keyed hash of n: spread evenly, and different for different n.
inline std::array<std::byte, 16> hash_like(std::uint64_t n, std::uint64_t kind) {
    std::array<std::byte, 16> bytes;
    for (std::size_t half = 0; half < 2; ++half) {
        std::uint64_t z = (n << 8 | kind << 4 | half) + 0x9e3779b97f4a7c15ull;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
        z = (z ^ z >> 27) * 0x94d049bb133111ebull;
        z ^= z >> 31;
        std::memcpy(bytes.data() + 8 * half, &z, sizeof z);
    }
    return bytes;
}
inline core::person_key person(std::uint64_t n) { return hash_like(n, 1); }
inline core::key_hash key(std::uint64_t n) { return hash_like(n, 2); }
inline core::fingerprint content(std::uint64_t n) { return hash_like(n, 3); }

// A registry as the committer drives it: decide, apply what was decided, publish; it keeps all that
// happened. The clocks stand still unless moved.
class desk {
public:
    // One o'clock in the afternoon in Korea.
    explicit desk(core::civil_day today = date(2016, 10, 4)) { go_to(today); }

    core::outcome run(const core::command& c) {
        decided_.clear();
        const core::sequence next = seq() + 1;
        core::outcome answer = state.decide(c, now, next, decided_);
        while (const auto* wanted = std::get_if<core::history_wanted>(&answer)) {
            answer = state.decide(with_history(c, *wanted), now, next, decided_);
        }
        for (const core::event& e : decided_.events) {
            state.apply(e, seq() + 1);
            events.push_back(e);
        }
        for (const core::audit_record& a : decided_.audit) {
            state.apply(a, now.steady);
            audit.push_back(a);
        }
        state.publish(shown, seq(), now.recorded_at);
        return answer;
    }

    // The answer, where no other kind is expected.
    template <class Answer>
    Answer ask(const core::command& c) {
        core::outcome answer = run(c);
        if (const auto* refused = std::get_if<core::refusal>(&answer)) {
            if constexpr (!std::is_same_v<Answer, core::refusal>) {
                throw std::logic_error("refused: " + std::string(code_name(refused->code)));
            }
        }
        return std::get<Answer>(std::move(answer));
    }
    core::check_answer check(const core::check_eligibility& c) {
        return ask<core::check_answer>(core::command{c});
    }
    core::dose_receipt record(core::register_dose c) {
        return ask<core::dose_receipt>(core::command{std::move(c)});
    }
    core::refusal refused(core::command c) { return ask<core::refusal>(c); }

    // Both clocks.
    void pass(std::chrono::milliseconds time) {
        now.recorded_at += time;
        now.steady += time.count();
    }
    void go_to(core::civil_day day) {
        const core::instant one_o_clock = day + std::chrono::hours{13 - 9};
        now.steady += (one_o_clock - now.recorded_at).count();
        now.recorded_at = one_o_clock;
    }

    core::programme_number define(core::programme p) {
        return static_cast<core::programme_number>(
            ask<core::accepted>(
                core::define_programme{std::make_shared<const core::programme>(std::move(p))})
                .number);
    }
    core::clinic_number open_clinic(core::facility_kind kind = core::facility_kind::clinic,
                                    std::uint32_t region = 11'500,
                                    core::civil_day contract_from = date(2016, 1, 1),
                                    core::civil_day contract_to = date(2017, 12, 31)) {
        const auto code = static_cast<std::uint32_t>(10'000'000 + state.clinics().size());
        return ask<core::accepted>(core::register_clinic{code, region, kind, "A clinic",
                                                         contract_from, contract_to})
            .number;
    }
    core::lot_number bring_lot(std::string_view lot, core::civil_day expires = date(2017, 6, 30),
                               bool recalled = false, std::string_view product = "FLU4",
                               std::string programme = "2016-17") {
        return ask<core::accepted>(core::register_lot{std::move(programme), core::lot_text{lot},
                                                      core::product_text{product}, expires,
                                                      recalled})
            .number;
    }
    void ship(core::clinic_number clinic, std::string_view lot, std::int32_t quantity,
              bool received = true, core::funding funding = core::funding::national) {
        ask<core::shipment_receipt>(core::ship_doses{state.clinics()[clinic].code,
                                                     core::lot_text{lot}, core::product_text{},
                                                     funding, quantity, received});
    }

    // Closes the book and opens the next one, as a registry that is started on that.
    void turn(std::uint16_t year, core::sequence keys_from,
              std::function<std::uint16_t(const core::person_record&)> payable) {
        const std::uint16_t book = std::max<std::uint16_t>(state.book().number, 1);
        events.emplace_back(core::book_closed{{now.recorded_at, 0}, book});
        state.apply(events.back(), seq());
        const auto next = static_cast<std::uint16_t>(book + 1);
        std::vector<core::event> carried;
        core::carry_forward(
            state, {next, year, now.recorded_at, seq() + 1, keys_from},
            {[&](core::clinic_number n) -> std::string_view { return shown.clinic(n).name; },
             std::move(payable)},
            [&](const core::event& e) { carried.push_back(e); });
        std::destroy_at(&state);
        std::construct_at(&state);
        std::destroy_at(&shown);
        std::construct_at(&shown);
        for (const core::event& e : carried) {
            events.push_back(e);
            state.apply(e, seq());
        }
        state.publish(shown, seq(), now.recorded_at);
    }

    // As the reader finds it in the ledger.
    core::shared_history history(const core::history_wanted& wanted) const {
        auto found = std::make_shared<core::person_history>();
        if (wanted.head == 0 && wanted.registration - 1 < events.size()) {
            const auto& e = events[wanted.registration - 1];
            if (const auto* dose = std::get_if<core::dose_registered>(&e)) {
                found->person = dose->person;
                found->programme = dose->programme;
            }
        }
        std::vector<core::sequence> newest_first;
        for (core::sequence at = wanted.head; at != 0;
             at = core::previous_of_person(events[at - 1])) {
            newest_first.push_back(at);
        }
        for (auto at = newest_first.rbegin(); at != newest_first.rend(); ++at) {
            found->take(*at, events[*at - 1]);
        }
        return found;
    }

    core::sequence seq() const { return events.size(); }
    const core::dose_registered& dose(core::sequence at) const {
        return std::get<core::dose_registered>(events.at(at - 1));
    }
    std::vector<core::stock_row> stock(core::clinic_number clinic) const {
        std::vector<core::stock_row> rows;
        shown.read_stock(clinic, rows);
        return rows;
    }
    // The rows of one lot; there may be one a funding.
    std::vector<core::stock_row> stock(core::clinic_number clinic, core::lot_number lot) const {
        auto rows = stock(clinic);
        std::erase_if(rows, [lot](const core::stock_row& r) { return r.lot != lot; });
        return rows;
    }

    core::registry state;
    core::published shown;
    core::moment now;
    std::vector<core::event> events;
    std::vector<core::audit_record> audit;

private:
    core::command with_history(const core::command& c, const core::history_wanted& wanted) const {
        return std::visit(
            [&](const auto& what) -> core::command {
                if constexpr (requires { what.history; }) {
                    auto informed = what;
                    informed.history = history(wanted);
                    return informed;
                }
                throw std::logic_error("it has no use for a history");
            },
            c);
    }

    core::decided decided_;
};

// The person n, born in 1841, at that clinic.
inline core::check_eligibility asking(core::clinic_number clinic, std::uint64_t n,
                                      core::civil_day birth = date(1841, 7, 2)) {
    core::check_eligibility c;
    c.by.clinic = clinic;
    c.person = person(n);
    c.birth = birth;
    return c;
}

// A shot for the person n, born in 1841; the key and content are n's too.
inline core::register_dose shot(core::clinic_number clinic, std::uint64_t n,
                                core::civil_day birth = date(1841, 7, 2)) {
    core::register_dose c;
    c.by.clinic = clinic;
    c.person = person(n);
    c.key = key(n);
    c.content = content(n);
    c.birth = birth;
    return c;
}

// Taking back the registration of that number.
inline core::void_registration taking_back(core::clinic_number clinic, core::sequence seq,
                                           core::version_number version = core::any_version) {
    core::void_registration c;
    c.by.clinic = clinic;
    c.seq = seq;
    c.version = version;
    return c;
}

inline core::flag_set flags(std::initializer_list<core::flag> all) {
    core::flag_set set = 0;
    for (const core::flag f : all) {
        set |= bit(f);
    }
    return set;
}

}  // namespace doseline::test

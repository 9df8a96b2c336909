#pragma once

#include "core/published.hpp"
#include "core/registry.hpp"
#include "tests/core/desk.hpp"
#include "tests/core/outcome_text.hpp"

#include <cstdint>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace doseline::test {

// All that can be seen of a registry and of what it has published, a thing a line: two that are
// the same have the same image, byte for byte. Programmes are told by their versions; holds, of
// which there is no list, by what each of some persons would be told now at each clinic.
class registry_image {
public:
    registry_image(const core::registry& state, const core::published& shown,
                   const core::moment& now, unsigned persons)
        : state_(state), shown_(shown), now_(now) {
        line("book", state.book().number, state.book().year, state.book().settled,
             state.book().closed, state.book().opened);
        for (std::size_t n = 0; n < state.programmes().size(); ++n) {
            line("programme", state.programmes()[n]->version,
                 shown.remaining(static_cast<core::programme_number>(n)));
        }
        for (std::uint32_t r = 0; r < state.regions(); ++r) {
            line("region", state.remaining_of_region(r), shown.remaining_of_region(r),
                 shown.newest_in_region(r));
        }
        for (core::clinic_number n = 0; n < state.clinics().size(); ++n) {
            clinic(n);
        }
        for (core::lot_number n = 0; n < state.lots().size(); ++n) {
            lot(n);
        }
        lists();
        line("holds", state.holds());
        for (unsigned n = 0; n < persons; ++n) {
            answers(n);
        }
        line("published", shown.seq(), ms(shown.as_of()));
    }

    std::string text() const { return out_.str(); }

private:
    template <class... Values>
    void line(const Values&... values) {
        ((put(values), out_ << ' '), ...);
        out_ << '\n';
    }
    template <class Value>
    void put(const Value& v) {
        if constexpr (std::is_enum_v<Value>) {
            out_ << static_cast<int>(v);
        } else if constexpr (std::is_integral_v<Value>) {
            out_ << +v;
        } else {
            out_ << v;
        }
    }
    void put(const std::array<std::byte, 16>& hash) {
        for (const std::byte b : hash) {
            out_ << std::to_integer<int>(b) << '.';
        }
    }
    static std::int64_t ms(core::instant at) { return at.time_since_epoch().count(); }
    static std::int64_t day(core::civil_day d) { return d.time_since_epoch().count(); }

    void clinic(core::clinic_number n) {
        const core::clinic_state& c = state_.clinics()[n];
        line("clinic", n, c.code, c.region, c.region_index, c.kind, day(c.contract_from),
             day(c.contract_to), c.last_event, c.holds, c.doses, day(c.day));
        tally({c.doses, state_.remaining(n), c.day, c.by_hour});
        for (const core::account& a : c.accounts) {
            line("account", a.programme, a.funding, a.lot, a.on_hand, a.in_transit, a.suspense,
                 ms(a.last_entry_at));
        }
        const core::clinic_card& card = shown_.clinic(n);
        line("card", card.number, card.code, card.region, card.region_index, card.kind, card.name,
             card.older_in_region, shown_.find_clinic(c.code).value_or(core::no_clinic));
        std::vector<core::stock_row> rows;
        line("stock at", shown_.read_stock(n, rows));
        for (const core::stock_row& r : rows) {
            line("row", r.lot, r.funding, r.on_hand, r.in_transit, r.suspense, ms(r.last_entry_at));
        }
        core::clinic_tally shown;
        line("tally at", shown_.read_tally(n, shown));
        tally(shown);
        const core::civil_day today = core::day_at(now_.recorded_at, core::zone_offset{540});
        for (unsigned ago = 0; ago < core::limits::days_kept; ++ago) {
            const core::clinic_day d = shown_.read_day(n, today - std::chrono::days{ago});
            line("day", ago, packed(d));
        }
    }

    void tally(const core::clinic_tally& t) {
        line("doses", t.doses, t.remaining, day(t.day));
        for (const std::uint32_t doses : t.by_hour) {
            out_ << doses << ' ';
        }
        out_ << '\n';
    }

    void lot(core::lot_number n) {
        const core::lot_state& l = state_.lots()[n];
        line("lot", n, l.programme, l.lot.view(), l.product.view(), day(l.expires), l.recalled,
             l.verified, shown_.recalled(n));
        for (std::size_t p = 0; p < core::places; ++p) {
            line("place", l.nation[static_cast<core::place>(p)]);
        }
        const core::lot_card& card = shown_.lot(n);
        line("card", card.number, card.programme, card.lot.view(), card.product.view(),
             day(card.expires), card.verified);
    }

    void lists() {
        for (std::size_t n = 0; n < state_.persons().size(); ++n) {
            const core::person_record& p = state_.persons()[n];
            line("person", p.person, p.programme, p.last_event, p.last_clinic, p.last_day, p.doses);
        }
        state_.keys().for_each(
            [&](const core::key_hash& key, core::sequence named) { line("key", key, named); });
        const std::map<std::uint64_t, core::used_code> codes(state_.codes_used().begin(),
                                                             state_.codes_used().end());
        for (const auto& [id, code] : codes) {
            line("code", id, code.clinic, code.device, ms(code.expires));
        }
        state_.revoked().for_each(
            [&](core::clinic_number n, std::uint32_t device, core::instant until) {
                line("revoked", n, device, ms(until), shown_.revoked(n, device, until));
            });
    }

    void answers(unsigned n) {
        core::decided unused;
        for (std::size_t p = 0; p < state_.programmes().size(); ++p) {
            for (core::clinic_number at = 0; at < state_.clinics().size(); ++at) {
                core::check_eligibility c = asking(at, n);
                c.programme = static_cast<core::programme_number>(p);
                unused.clear();
                line("answer", n, p, at, text_of(state_.decide(c, now_, shown_.seq() + 1, unused)));
            }
        }
    }

    const core::registry& state_;
    const core::published& shown_;
    const core::moment& now_;
    std::ostringstream out_;
};

}  // namespace doseline::test

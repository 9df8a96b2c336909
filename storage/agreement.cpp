#include "storage/agreement.hpp"

#include "storage/ledger.hpp"

#include <string>

namespace doseline::storage {

namespace {

void compare(const std::string& what, std::int64_t served, std::int64_t in_ledger) {
    if (served != in_ledger) {
        throw fatal_error(what + ": the registry has " + std::to_string(served) +
                          ", the ledger has " + std::to_string(in_ledger) +
                          "; keep this directory and report it: it was recorded so");
    }
}

std::int64_t count(std::uint64_t n) { return static_cast<std::int64_t>(n); }

void compare_clinics(const fold& ledger, const core::registry& state) {
    compare("clinics", count(state.clinics().size()), count(ledger.clinics().size()));
    for (std::size_t n = 0; n < state.clinics().size(); ++n) {
        const core::clinic_state& served = state.clinics()[n];
        const auto clinic = static_cast<core::clinic_number>(n);
        const std::string name = "clinic " + std::to_string(served.code);
        compare(name + ", code", served.code, ledger.clinics()[n].code);
        compare(name + ", region", served.region_index, ledger.clinics()[n].region_index);
        compare(name + ", last event", count(served.last_event),
                count(ledger.clinics()[n].last_event));
        compare(name + ", doses", count(served.doses), count(ledger.clinics()[n].doses));
        compare(name + ", day of the newest dose", served.day.time_since_epoch().count(),
                ledger.clinics()[n].day.time_since_epoch().count());
        for (std::size_t hour = 0; served.by_hour != ledger.clinics()[n].by_hour; ++hour) {
            compare(name + ", doses of hour " + std::to_string(hour), served.by_hour[hour],
                    ledger.clinics()[n].by_hour[hour]);
        }
        compare(name + ", accounts", count(served.accounts.size()),
                count(ledger.accounts_of(clinic).size()));
        for (const core::account& a : served.accounts) {
            const fold::balance b = ledger.balance_of({clinic, a.lot, a.programme, a.funding});
            const std::string account = name + ", lot number " + std::to_string(a.lot);
            compare(account + ", on hand", a.on_hand, b.on_hand);
            compare(account + ", in transit", a.in_transit, b.in_transit);
            compare(account + ", suspense", a.suspense, b.suspense);
        }
    }
}

void compare_persons(const fold& ledger, const core::registry& state) {
    compare("persons", count(state.persons().size()), count(ledger.persons()));
    for (const fold::person& p : ledger.person_slots()) {
        if (p.hash == 0) {
            continue;
        }
        const core::person_record* served = state.persons().find(p.hash);
        compare("doses of a person, last event " +
                    std::to_string(served == nullptr ? 0 : served->last_event),
                served == nullptr ? 0 : served->doses, p.doses);
    }
    compare("payable doses too many", 0, count(ledger.overpaid()));
}

void compare_lots(const fold& ledger, const core::registry& state) {
    compare("lots", count(state.lots().size()), count(ledger.lots().size()));
    for (std::size_t n = 0; n < state.lots().size(); ++n) {
        for (const lot_figure& f : lot_figures(state.lots()[n].nation, ledger.lots()[n])) {
            compare("lot number " + std::to_string(n) + ", " + f.what, f.served, f.in_ledger);
        }
    }
}

void compare_totals(const fold& ledger, const core::registry& state,
                    const core::dose_totals& totals) {
    compare("regions", state.regions(), ledger.regions());
    const core::dose_counts told = totals.snapshot(totals.recovery_shard(), state.regions());
    for (std::uint32_t region = 0; region < state.regions(); ++region) {
        compare("doses left in region index " + std::to_string(region),
                state.remaining_of_region(region), ledger.remaining_of_region(region));
        for (core::programme_number p = 0; p < ledger.programmes(); ++p) {
            const std::string of =
                " of region index " + std::to_string(region) + ", programme " + std::to_string(p);
            const fold::dose_sums sums = ledger.doses(region, p);
            compare("doses" + of, count(told.doses(region, p)), count(sums.doses));
            compare("doses not payable" + of, count(told.not_payable(region, p)),
                    count(sums.not_payable));
        }
    }
}

}  // namespace

std::array<lot_figure, 11> lot_figures(const core::balances& nation, const fold::lot_sums& sums) {
    using core::place;
    return {{
        {"sum of its places", nation.sum(), 0},
        {"shipped and nowhere", 0, sums.lost()},
        {"shipped", -nation[place::nation], sums.shipped},
        // Private stock was never shipped by the nation: what is taken from it stays negative.
        {"given", nation[place::person] + nation[place::private_stock], sums.administered},
        {"on hand", nation[place::on_hand], sums.on_hand},
        {"in transit", nation[place::in_transit], sums.in_transit},
        {"in suspense", nation[place::suspense], sums.suspense},
        {"wasted", nation[place::wasted], sums.wasted},
        {"discrepancy", nation[place::discrepancy], sums.discrepancy},
        {"adjusted", nation[place::adjusted], sums.adjusted},
        {"made good", -nation[place::own], sums.replaced},
    }};
}

void check_agreement(const fold& ledger, const core::registry& state,
                     const core::dose_totals& totals) {
    compare_clinics(ledger, state);
    compare_lots(ledger, state);
    compare_persons(ledger, state);
    compare_totals(ledger, state, totals);
}

}  // namespace doseline::storage

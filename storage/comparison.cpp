#include "storage/comparison.hpp"

#include "storage/agreement.hpp"

#include <algorithm>
#include <string>

namespace doseline::storage {

namespace {

std::uint64_t distance(std::int64_t a, std::int64_t b) noexcept {
    return static_cast<std::uint64_t>(a > b ? a - b : b - a);
}

// Sums of cells that wrap.
std::int64_t count(std::uint64_t n) noexcept { return static_cast<std::int64_t>(n); }

void compare_figure(std::string place, std::int64_t served, std::int64_t in_ledger,
                    proof_round& into) {
    if (served != in_ledger) {
        into.differs(distance(served, in_ledger), std::move(place),
                     std::to_string(served) + ", the ledger has " + std::to_string(in_ledger));
    }
}

std::string name_of(const clinic_view& c) { return "clinic " + std::to_string(c.code); }

// False: there is something to tell.
bool same_accounts(const clinic_view& c, const fold& ledger, proof_round& into) {
    bool same = true;
    for (const core::account& a : c.accounts) {
        const fold::balance b = ledger.balance_of({c.clinic, a.lot, a.programme, a.funding});
        if (b != fold::balance{a.on_hand, a.in_transit, a.suspense}) {
            same = false;
            into.differs(distance(b.on_hand, a.on_hand) + distance(b.in_transit, a.in_transit) +
                             distance(b.suspense, a.suspense),
                         "account: " + name_of(c) + ", lot number " + std::to_string(a.lot),
                         "on hand " + std::to_string(a.on_hand) + ", in transit " +
                             std::to_string(a.in_transit) + ", suspense " +
                             std::to_string(a.suspense) + " served, the ledger has " +
                             std::to_string(b.on_hand) + ", " + std::to_string(b.in_transit) +
                             " and " + std::to_string(b.suspense));
        }
        ++into.answer.accounts;
    }
    const std::size_t in_ledger = ledger.accounts_of(c.clinic).size();
    if (c.accounts.size() != in_ledger) {
        same = false;
        compare_figure("account: " + name_of(c) + ", how many",
                       static_cast<std::int64_t>(c.accounts.size()),
                       static_cast<std::int64_t>(in_ledger), into);
    }
    return same;
}

bool same_tally(const clinic_view& c, const fold::clinic_sums& ledger, proof_round& into) {
    const core::clinic_tally& t = c.tally;
    if (t.doses != ledger.doses) {
        compare_figure("tally: " + name_of(c) + ", doses", count(t.doses), count(ledger.doses),
                       into);
        return false;
    }
    if (t.day != ledger.day) {
        into.differs(1, "tally: " + name_of(c) + ", its day",
                     core::format_day(t.day) + ", the ledger has " + core::format_day(ledger.day));
        return false;
    }
    bool same = true;
    for (std::size_t hour = 0; hour < t.by_hour.size(); ++hour) {
        if (t.by_hour[hour] != ledger.by_hour[hour]) {
            same = false;
            compare_figure("tally: " + name_of(c) + ", hour " + std::to_string(hour),
                           t.by_hour[hour], ledger.by_hour[hour], into);
        }
    }
    return same;
}

bool is_shown(const std::vector<core::stock_row>& rows,
              const std::vector<core::account>& accounts) {
    return std::ranges::equal(rows, accounts, {}, {}, [](const core::account& a) {
        return core::stock_row{a.lot,        a.funding,  a.on_hand,
                               a.in_transit, a.suspense, a.last_entry_at};
    });
}

// The doses of a region's clinics.
struct region_sums {
    std::uint64_t doses = 0;
    core::civil_day day;  // the newest of any
    std::array<std::uint64_t, 24> by_hour{};
};

std::vector<region_sums> sums_of_clinics(const fold& ledger) {
    std::vector<region_sums> sums(ledger.regions());
    for (const fold::clinic_sums& c : ledger.clinics()) {
        region_sums& of = sums[c.region_index];
        of.doses += c.doses;
        if (c.day > of.day) {
            of.day = c.day;
            of.by_hour.fill(0);
        }
        for (std::size_t hour = 0; hour < of.by_hour.size() && c.day == of.day; ++hour) {
            of.by_hour[hour] += c.by_hour[hour];
        }
    }
    return sums;
}

bool same_programmes(const core::dose_counts& told, std::uint32_t region, const fold& ledger,
                     proof_round& into) {
    bool same = true;
    for (core::programme_number p = 0; p < ledger.programmes(); ++p) {
        const fold::dose_sums in_ledger = ledger.doses(region, p);
        const fold::dose_sums by_shards{told.doses(region, p), told.not_payable(region, p)};
        if (by_shards != in_ledger) {
            same = false;
            into.differs(
                distance(count(by_shards.doses), count(in_ledger.doses)) +
                    distance(count(by_shards.not_payable), count(in_ledger.not_payable)),
                "shard: region " + std::to_string(region) + ", programme " + std::to_string(p),
                "clinics were told of " + std::to_string(count(by_shards.doses)) + " doses, " +
                    std::to_string(count(by_shards.not_payable)) + " not payable; the ledger has " +
                    std::to_string(in_ledger.doses) + " and " +
                    std::to_string(in_ledger.not_payable));
        }
    }
    return same;
}

}  // namespace

void clinic_view::take(const core::registry& from, const core::published& shown, std::size_t at) {
    const auto n = static_cast<core::clinic_number>(at);
    const core::clinic_state& c = from.clinics()[n];
    clinic = n;
    code = c.code;
    last_event = c.last_event;
    accounts = c.accounts;
    tally = {c.doses, from.remaining(n), c.day, c.by_hour};
    stock_shown_at = shown.read_stock(n, stock_shown);
    tally_shown_at = shown.read_tally(n, tally_shown);
}

// What is shown is looked at where the registry is right: else it is wrong in the same way, now or
// when the clinic does something next.
void compare(const clinic_view& c, const fold& ledger, proof_round& into) {
    if (c.clinic >= ledger.clinics().size()) {
        into.differs(1, "clinic: " + std::to_string(c.code), "not in the ledger");
        return;
    }
    const fold::clinic_sums& sums = ledger.clinics()[c.clinic];
    if (c.last_event != sums.last_event) {
        into.differs(
            1, "clinic: " + std::to_string(c.code) + ", last event",
            std::to_string(c.last_event) + ", the ledger has " + std::to_string(sums.last_event));
    }
    const bool same_stock = same_accounts(c, ledger, into);
    const bool same_doses = same_tally(c, sums, into);
    if (same_stock &&
        (c.stock_shown_at != sums.last_event || !is_shown(c.stock_shown, c.accounts))) {
        into.differs(1, "account: " + name_of(c), "another stock is shown than there is");
    }
    if (same_stock && same_doses &&
        (c.tally_shown_at != sums.last_event || c.tally_shown != c.tally)) {
        into.differs(1, "tally: " + name_of(c), "other doses are shown than there are");
    }
}

void person_view::take(const core::registry& from, const core::published&, std::size_t at) {
    const core::person_record& p = from.persons()[at];
    hash = core::person_hash(p.person, p.programme);
    doses = p.doses;
    last_event = p.last_event;
    found = from.persons().find(hash) == &p;
}

void compare(const person_view& p, const fold& ledger, proof_round& into) {
    ++into.answer.persons;
    const auto place = [&] {
        return "person: whose last event is " + std::to_string(p.last_event);
    };
    const fold::person known = ledger.person_of_hash(p.hash);
    if (known.hash == 0) {
        into.differs(1, place(), "not in the ledger, has " + std::to_string(p.doses) + " doses");
    } else if (known.doses != p.doses) {
        into.differs(
            distance(p.doses, known.doses), place(),
            std::to_string(p.doses) + " doses, the ledger has " + std::to_string(known.doses));
    } else if (!p.found) {
        into.differs(1, place(), "cannot be found in the registry by the keyed hash");
    }
}

void find_overpaid(const fold& ledger, proof_round& into) {
    if (ledger.overpaid() != 0) {
        into.differs(ledger.overpaid(), "person: payable doses too many",
                     std::to_string(ledger.overpaid()));
    }
}

void remaining_view::take(const core::registry& from, const core::published& shown) {
    for (std::uint32_t r = 0; r < from.regions(); ++r) {
        of_region.push_back(from.remaining_of_region(r));
        of_region_shown.push_back(shown.remaining_of_region(r));
    }
    for (std::size_t p = 0; p < from.programmes().size(); ++p) {
        of_programme_shown.push_back(shown.remaining(static_cast<core::programme_number>(p)));
    }
}

void compare(const remaining_view& served, const fold& ledger, proof_round& into) {
    compare_number("region", served.of_region.size(), ledger.regions(), into);
    const std::size_t regions = std::min<std::size_t>(served.of_region.size(), ledger.regions());
    for (std::uint32_t r = 0; r < regions; ++r) {
        const std::string place = "region: " + std::to_string(r) + ", doses left";
        const std::int64_t in_ledger = ledger.remaining_of_region(r);
        if (served.of_region[r] == in_ledger) {
            compare_figure(place + ", as shown", served.of_region_shown[r], in_ledger, into);
        } else {
            compare_figure(place, served.of_region[r], in_ledger, into);
        }
    }
    compare_number("programme", served.of_programme_shown.size(), ledger.programmes(), into);
    const std::size_t programmes =
        std::min<std::size_t>(served.of_programme_shown.size(), ledger.programmes());
    for (std::size_t p = 0; p < programmes; ++p) {
        compare_figure("programme: " + std::to_string(p) + ", doses left",
                       served.of_programme_shown[p],
                       ledger.remaining(static_cast<core::programme_number>(p)), into);
    }
}

void compare(const core::dose_counts& told, const fold& ledger, proof_round& into) {
    const std::vector<region_sums> clinics = sums_of_clinics(ledger);
    const std::uint32_t regions = std::min(told.regions(), ledger.regions());
    for (std::uint32_t region = 0; region < regions; ++region) {
        ++into.answer.shards;
        const region_sums& sums = clinics[region];
        const std::string place = "shard: region " + std::to_string(region);
        if (same_programmes(told, region, ledger, into)) {
            compare_figure(place + ", sum of its clinics", count(told.doses(region)),
                           count(sums.doses), into);
        }
        for (unsigned hour = 0; hour < sums.by_hour.size() && ledger.one_zone(); ++hour) {
            compare_figure(place + ", hour " + std::to_string(hour),
                           count(told.in_hour(region, hour, sums.day)), count(sums.by_hour[hour]),
                           into);
        }
    }
}

void compare(std::span<const core::balances> lots, const fold& ledger, proof_round& into) {
    compare_number("lot", lots.size(), ledger.lots().size(), into);
    for (std::size_t n = 0; n < std::min(lots.size(), ledger.lots().size()); ++n) {
        ++into.answer.lots;
        for (const lot_figure& f : lot_figures(lots[n], ledger.lots()[n])) {
            if (f.served != f.in_ledger) {
                compare_figure("lot: number " + std::to_string(n) + ", " + f.what, f.served,
                               f.in_ledger, into);
            }
        }
    }
}

void compare_number(const char* what, std::size_t served, std::size_t in_ledger,
                    proof_round& into) {
    compare_figure(std::string(what) + ": how many", static_cast<std::int64_t>(served),
                   static_cast<std::int64_t>(in_ledger), into);
}

}  // namespace doseline::storage

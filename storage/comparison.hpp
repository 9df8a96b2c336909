#pragma once

#include "core/published.hpp"
#include "core/registry.hpp"
#include "core/totals.hpp"
#include "storage/fold.hpp"
#include "storage/proof_round.hpp"

#include <cstdint>
#include <span>
#include <vector>

// What a round of the proof holds against the fold. A view is a copy of what is served, taken on
// the committer's thread between two commits, when the registry, what it published and the ledger
// are all at one sequence number; compare() is called when the fold is there, too, so that whoever
// is at work meanwhile changes nothing. at_once: as many as one visit may copy, which takes a
// fraction of a millisecond.
namespace doseline::storage {

// A clinic: by the registry, and as it is shown. take() uses again what memory it has.
struct clinic_view {
    static constexpr const char* what = "clinic";
    static constexpr std::size_t at_once = 128;
    static std::size_t number(const core::registry& r) { return r.clinics().size(); }
    static std::size_t number(const fold& f) { return f.clinics().size(); }

    core::clinic_number clinic = 0;
    std::uint32_t code = 0;
    core::sequence last_event = 0;
    std::vector<core::account> accounts;
    core::clinic_tally tally;
    core::sequence stock_shown_at = 0;
    std::vector<core::stock_row> stock_shown;
    core::sequence tally_shown_at = 0;
    core::clinic_tally tally_shown;

    void take(const core::registry& from, const core::published& shown, std::size_t at);
};
void compare(const clinic_view& served, const fold& ledger, proof_round& into);

struct person_view {
    static constexpr const char* what = "person";
    static constexpr std::size_t at_once = 256;
    static std::size_t number(const core::registry& r) { return r.persons().size(); }
    static std::size_t number(const fold& f) { return f.persons(); }

    std::uint64_t hash = 0;
    std::uint32_t doses = 0;
    core::sequence last_event = 0;
    bool found = false;  // by its hash, as the next dose will look for it

    void take(const core::registry& from, const core::published& shown, std::size_t at);
};
void compare(const person_view& served, const fold& ledger, proof_round& into);

// Nobody has more payable doses than their programme gives: of the ledger alone.
void find_overpaid(const fold& ledger, proof_round& into);

// Doses that are left: of each region by the registry and as shown, of each programme as shown.
struct remaining_view {
    std::vector<std::int64_t> of_region;
    std::vector<std::int64_t> of_region_shown;
    std::vector<std::int64_t> of_programme_shown;

    void take(const core::registry& from, const core::published& shown);
};
void compare(const remaining_view& served, const fold& ledger, proof_round& into);

// What clinics were told, by all shards: each region's doses by programme and by hour, and that
// they are the sums of its clinics'; so the nation's are, too.
void compare(const core::dose_counts& told, const fold& ledger, proof_round& into);

// Of each lot: what was shipped is somewhere, over the nation, and the same in every place.
void compare(std::span<const core::balances> lots, const fold& ledger, proof_round& into);

// How many there are of something.
void compare_number(const char* what, std::size_t served, std::size_t in_ledger, proof_round& into);

}  // namespace doseline::storage

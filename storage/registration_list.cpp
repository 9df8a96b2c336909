#include "storage/registration_list.hpp"

#include "storage/stored_event.hpp"

#include <unordered_map>

namespace doseline::storage {

namespace {

struct newest_change {
    core::amendment change;
    std::optional<core::flag_set> flags;
    bool voids = false;
};

newest_change change_of(const core::amendment& a, const core::event& e) {
    const auto* again = std::get_if<core::dose_reevaluated>(&e);
    return {a, again != nullptr ? std::optional(again->flags) : std::nullopt,
            std::holds_alternative<core::dose_voided>(e)};
}

}  // namespace

core::registration_page read_page(ledger_reader& from, const core::page_wanted& wanted) {
    core::registration_page page;
    page.as_of = wanted.head;
    std::unordered_map<core::sequence, newest_change> changes;
    std::vector<std::byte> record;
    std::size_t read = 0;
    for (core::sequence seq = wanted.head; seq != 0; ++read) {
        if (read == core::limits::clinic_events_max) {
            return {wanted.head, {}, 0, true};
        }
        const core::event event = read_named_event(from, seq, record);
        const core::event_header& header = core::header_of(event);
        if (wanted.day && core::day_at(header.recorded_at + core::limits::occurred_ahead_max,
                                       wanted.zone) < *wanted.day) {
            break;  // what is older was recorded before that day had come
        }
        if (const core::amendment* a = core::amendment_of(event)) {
            changes.try_emplace(a->registration, change_of(*a, event));
        }
        const auto* dose = std::get_if<core::dose_registered>(&event);
        if (dose != nullptr && (wanted.before == 0 || seq < wanted.before) &&
            (!wanted.day || core::day_at(dose->occurred_at, wanted.zone) == *wanted.day)) {
            if (page.rows.size() == core::limits::list_rows_max) {
                page.next = page.rows.back().seq;
                break;
            }
            core::listed_registration& row = page.rows.emplace_back();
            row.seq = seq;
            row.dose = *dose;
            if (const auto changed = changes.find(seq); changed != changes.end()) {
                const newest_change& c = changed->second;
                row.dose.claim = c.change.claim;
                row.dose.flags = c.flags.value_or(row.dose.flags);
                row.version = c.change.version;
                row.voided = c.voids;
            }
        }
        seq = core::previous_of_clinic(event, wanted.clinic);
    }
    return page;
}

}  // namespace doseline::storage

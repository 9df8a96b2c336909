#pragma once

#include "bench/season.hpp"
#include "storage/event_codec.hpp"
#include "storage/ledger.hpp"

namespace doseline::bench {

inline core::audit_record registration_audited(const core::dose_registered& e, core::sequence seq) {
    core::audit_record a;
    a.action = core::audit_action::registered;
    a.at = e.header.recorded_at;
    a.by.clinic = e.clinic;
    a.by.device = e.device;
    a.person = e.person;
    a.programme = e.programme;
    a.subject = seq;
    return a;
}

// A ledger as after so many registrations of the season, each with its audit record, in batches of
// at_once. Goes on behind what of the opening is there already.
inline void write_season(season& written, storage::ledger& to, core::sequence registrations,
                         std::size_t at_once = 1'000) {
    storage::record_batch events;
    storage::record_batch audit;
    const auto flush = [&] {
        to.append(events, audit, written.now());
        events.clear();
        audit.clear();
    };
    for (std::size_t i = to.head(storage::stream::events).seq; i < written.opening().size(); ++i) {
        storage::encode(written.opening()[i], events);
        if (events.size() == at_once) {
            flush();
        }
    }
    while (written.registrations() < registrations) {
        const core::dose_registered e = written.next_event();
        storage::encode(core::event{e}, events);
        storage::encode(registration_audited(e, written.seq()), audit);
        if (events.size() == at_once) {
            flush();
        }
    }
    flush();
}

}  // namespace doseline::bench

#include "core/registry.hpp"

// What operators bring in, and do. Their errors name the field; the importer adds line and column.
namespace doseline::core {

namespace {

audit_record record_of(audit_action action, const network_address& from, const moment& now) {
    audit_record done;
    done.action = action;
    done.at = now.recorded_at;
    done.by.clinic = no_clinic;
    done.by.address = from;
    return done;
}

// Of the event that comes next.
void note_operator(const operators_address& from, const moment& now, sequence next, decided& into) {
    if (from) {
        into.audit.push_back(record_of(audit_action::brought_in, *from, now));
        into.audit.back().subject = next + into.events.size();
    }
}

}  // namespace

programme_number registry::programme_coded(std::string_view code) const noexcept {
    std::size_t n = 0;
    while (n < programmes_.size() && programmes_[n]->code != code) {
        ++n;
    }
    return n < programmes_.size() ? static_cast<programme_number>(n) : no_programme;
}

outcome registry::decide_on(const define_programme& c, const moment& now, sequence next,
                            decided& into) const {
    std::size_t n = 0;
    while (n < programmes_.size() && programmes_[n]->code != c.definition->code) {
        ++n;
    }
    if (n == limits::programmes_max) {
        return refusal{errc::limit_reached, "code", 0, std::nullopt};
    }
    auto definition = std::make_shared<programme>(*c.definition);
    if (n < programmes_.size()) {
        definition->version = static_cast<std::uint16_t>(programmes_[n]->version + 1);
    }
    const auto number = static_cast<programme_number>(n);
    note_operator(c.from, now, next, into);
    into.events.emplace_back(
        programme_defined{header_for(no_clinic, now), number, std::move(definition)});
    return accepted{number};
}

outcome registry::decide_on(const register_clinic& c, const moment& now, sequence next,
                            decided& into) const {
    if (clinic_by_code_.contains(c.code)) {
        return refusal{errc::already_exists, "code", 0, std::nullopt};
    }
    if (clinics_.size() >= limits::clinics_max) {
        return refusal{errc::limit_reached, "code", 0, std::nullopt};
    }
    if (!regions_.contains(c.region) && regions_.size() >= limits::regions_max) {
        return refusal{errc::limit_reached, "region", 0, std::nullopt};
    }
    const auto number = static_cast<clinic_number>(clinics_.size());
    note_operator(c.from, now, next, into);
    into.events.emplace_back(clinic_registered{header_for(no_clinic, now), number, c.code, c.region,
                                               c.kind, c.contract_from, c.contract_to, c.name});
    return accepted{number};
}

outcome registry::decide_on(const register_lot& c, const moment& now, sequence next,
                            decided& into) const {
    const programme_number n = programme_coded(c.programme);
    if (n == no_programme) {
        return refusal{errc::not_found, "programme", 0, std::nullopt};
    }
    for (const lot_number known : lots_named(c.lot, c.product)) {
        if (lots_[known].verified) {
            return change_recall(c, n, known, now, next, into);
        }
    }
    if (lots_.size() >= limits::lots_max) {
        return refusal{errc::limit_reached, "lot", 0, std::nullopt};
    }
    const auto number = static_cast<lot_number>(lots_.size());
    note_operator(c.from, now, next, into);
    into.events.emplace_back(lot_registered{header_for(no_clinic, now), number, n, c.lot, c.product,
                                            c.expires, c.recalled, true});
    return accepted{number};
}

outcome registry::change_recall(const register_lot& c, programme_number programme, lot_number known,
                                const moment& now, sequence next, decided& into) const {
    const lot_state& lot = lots_[known];
    if (lot.recalled == c.recalled) {
        return refusal{errc::already_exists, "lot", 0, std::nullopt};
    }
    // What else differs is no recall: perhaps it is another lot that is meant.
    if (lot.programme != programme) {
        return refusal{errc::bad_field, "programme", 0, std::nullopt};
    }
    if (lot.expires != c.expires) {
        return refusal{errc::bad_field, "expires", 0, std::nullopt};
    }
    note_operator(c.from, now, next, into);
    into.events.emplace_back(lot_recalled{header_for(no_clinic, now), known, c.recalled});
    return accepted{known};
}

outcome registry::decide_on(const ship_doses& c, const moment& now, sequence next,
                            decided& into) const {
    if (const sequence known = keys_.find(c.key); known != 0) {
        return known_key{known, c.content};
    }
    const auto clinic = clinic_by_code_.find(c.clinic_code);
    if (clinic == clinic_by_code_.end()) {
        return refusal{errc::not_found, "clinic", 0, std::nullopt};
    }
    const lot_number lot = find_lot(c.lot, c.product, no_programme);
    if (lot == 0 || !lots_[lot].verified) {
        return refusal{errc::not_found, "lot", 0, std::nullopt};
    }
    const account_name name{clinic->second, lots_[lot].programme, lot, c.funding};
    if (!has_room_for(name)) {
        return refusal{errc::limit_reached, "lot", 0, std::nullopt};
    }
    const account before = account_of(name);
    if ((c.received ? before.on_hand : before.in_transit) >
        limits::account_doses_max - c.quantity) {
        return refusal{errc::limit_reached, "quantity", 0, std::nullopt};
    }
    const sequence seq = next + into.events.size();
    const stock_moved shipped{header_for(clinic->second, now),
                              movement::shipped,
                              clinic->second,
                              lot,
                              c.funding,
                              c.quantity,
                              c.key,
                              c.content};
    note_operator(c.from, now, next, into);
    into.events.emplace_back(shipped);
    if (c.received) {
        into.events.emplace_back(stock_moved{{now.recorded_at, seq},
                                             movement::received,
                                             clinic->second,
                                             lot,
                                             c.funding,
                                             c.quantity,
                                             {},
                                             {}});
    }
    return shipment_receipt{seq, shipped, false};
}

outcome registry::decide_on(const import_person& c, const moment& now, sequence,
                            decided& into) const {
    const programme_number n = programme_coded(c.programme);
    if (n == no_programme || (book_.settled >> n & 1u) != 0) {
        return refusal{errc::not_found, "programme", 0, std::nullopt};
    }
    const auto clinic = clinic_by_code_.find(c.clinic_code);
    if (clinic == clinic_by_code_.end()) {
        return refusal{errc::not_found, "clinic", 0, std::nullopt};
    }
    const programme& p = *programmes_[n];
    if (c.last_day > day_at(now.recorded_at, p.offset)) {
        return refusal{errc::future_date, "date", 0, std::nullopt};
    }
    if (c.doses > p.schedule.doses) {
        return refusal{errc::schedule_full, "doses", 0, std::nullopt};
    }
    if (persons_.find(c.person, n) != nullptr) {
        return refusal{errc::already_exists, "national_id", 0, std::nullopt};
    }
    // All of them have used up a place: none of the season's is left to be paid here for them.
    into.events.emplace_back(person_carried{header_for(no_clinic, now), c.person, n, 0,
                                            clinic->second, c.last_day, c.doses, c.doses});
    return accepted{n};
}

outcome registry::decide_on(const note_act& c, const moment& now, sequence, decided& into) const {
    into.audit.push_back(record_of(audit_action::operated, c.address, now));
    into.audit.back().act = c.act;
    return accepted{};
}

}  // namespace doseline::core

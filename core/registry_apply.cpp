#include "core/registry.hpp"

#include <algorithm>
#include <cctype>

// The fold. Nothing here decides: an event says all that is needed, so that a replay in ten years
// gives the same state whatever the rules are by then.
namespace doseline::core {

registry::registry() { lots_.resize(1); }  // lot 0: no lot

registry::~registry() = default;

void registry::apply(const event& e, sequence seq) {
    std::visit([&](const auto& what) { apply_to(what, seq); }, e);
}

void registry::prefetch(const event& e, prefetch_step step) const noexcept {
    constexpr std::size_t line = 64;
    const auto ask_for = [](const void* from, std::size_t bytes) {
        const char* const begin = static_cast<const char*>(from);
        for (std::size_t at = 0; at < bytes + line - 1; at += line) {  // it may begin within one
            __builtin_prefetch(begin + at);
        }
    };
    const auto* dose = std::get_if<dose_registered>(&e);
    if (dose == nullptr) {
        return;
    }
    const bool is_known = dose->clinic < clinics_.size();  // else its event is not applied yet
    switch (step) {
        case prefetch_step::first:
            keys_.prefetch_place(dose->key);
            persons_.prefetch_place(dose->person, dose->programme);
            if (is_known) {
                ask_for(&clinics_[dose->clinic], sizeof(clinic_state));
            }
            break;
        case prefetch_step::second:
            keys_.prefetch(dose->key);
            persons_.prefetch(dose->person, dose->programme);
            if (is_known && !clinics_[dose->clinic].accounts.empty()) {
                ask_for(clinics_[dose->clinic].accounts.data(), sizeof(account));
                days_.prefetch(dose->clinic);
            }
            break;
        case prefetch_step::third: persons_.prefetch_record(dose->person, dose->programme); break;
    }
}

void registry::reserve(std::size_t events) {
    persons_.reserve(events);
    keys_.reserve(events);
}

void registry::restore_hold(const audit_record& a, steady_ms steady) {
    if (a.action == audit_action::registered) {
        end_hold(a.person, a.programme);
    } else {
        apply(a, steady);
    }
}

void registry::apply(const audit_record& a, steady_ms steady) {
    if (a.hold_seconds == 0) {
        return;
    }
    end_hold(a.person, a.programme);
    holds_.set(a.person, a.programme, a.by.clinic, steady + a.hold_seconds * 1'000);
    ++clinics_[a.by.clinic].holds;
}

void registry::expire_holds(steady_ms now) {
    constexpr std::size_t at_most = 4 * limits::batch_commands_max;
    holds_.expire(now, at_most, [&](clinic_number c) { --clinics_[c].holds; });
}

void registry::apply_to(const programme_defined& e, sequence) {
    if (e.number >= programmes_.size()) {
        programmes_.resize(e.number + std::size_t{1});
    }
    programmes_[e.number] = e.definition;
    programmes_changed_ = true;
}

void registry::apply_to(const clinic_registered& e, sequence seq) {
    const auto [region, made] =
        regions_.try_emplace(e.region, static_cast<std::uint32_t>(regions_.size()));
    if (e.number == clinics_.size()) {
        clinics_.emplace_back();
        is_touched_.push_back(false);
        clinic_by_code_.emplace(e.code, e.number);
    }
    clinic_state& c = clinics_[e.number];
    c.code = e.code;
    c.region = e.region;
    c.region_index = region->second;
    c.kind = e.kind;
    c.contract_from = e.contract_from;
    c.contract_to = e.contract_to;
    names_unpublished_.push_back(e.name);
    touch(e.number, seq);
}

void registry::apply_to(const lot_registered& e, sequence) {
    lot_state l;
    l.programme = e.programme;
    l.lot = e.lot;
    l.product = e.product;
    l.expires = e.expires;
    l.recalled = e.recalled;
    l.verified = e.verified;
    lots_.push_back(l);
    if (e.recalled) {
        recalls_unpublished_.push_back(e.number);
    }
    lots_by_text_[lot_key(e.lot)].push_back(e.number);
}

void registry::apply_to(const lot_recalled& e, sequence) {
    lots_[e.number].recalled = e.recalled;
    recalls_unpublished_.push_back(e.number);
}

void registry::apply_to(const stock_moved& e, sequence seq) {
    if (e.key != key_hash{}) {
        keys_.insert(e.key, seq);
    }
    const account_name of{e.clinic, lots_[e.lot].programme, e.lot, e.funding};
    post(of, of, posting_of(e), e.header.recorded_at);
    touch(e.clinic, seq);
}

void registry::apply_to(const dose_registered& e, sequence seq) {
    person_record& person = persons_.at(e.person, e.programme);
    person.last_event = seq;
    const civil_day day = day_at(e.occurred_at, programmes_[e.programme]->offset);
    const auto given = static_cast<std::int32_t>(day.time_since_epoch().count());
    if (person.doses == 0 || given >= person.last_day) {  // a late row may be of an earlier dose
        person.last_clinic = e.clinic;
        person.last_day = given;
    }
    ++person.doses;
    keys_.insert(e.key, seq);
    end_hold(e.person, e.programme);

    const account_name of{e.clinic, e.programme, e.lot, e.funding};
    post(of, of, posting_of(e), e.header.recorded_at);
    clinic_state& c = clinics_[e.clinic];
    const zone_offset offset = programmes_[e.programme]->offset;
    if (const civil_day today = day_at(e.header.recorded_at, offset); today != c.day) {
        c.day = today;
        c.by_hour.fill(0);
    }
    ++c.doses;
    ++c.by_hour[hour_at(e.header.recorded_at, offset)];
    enter_day(e.clinic, e.occurred_at, e.header.recorded_at, true);
    touch(e.clinic, seq);
}

void registry::apply_to(const extension_attached& e, sequence seq) { touch(e.clinic, seq); }

void registry::apply_to(const dose_voided& e, sequence seq) {
    const amendment& change = e.change;
    person_record& person = persons_.at(change.person, change.programme);
    person.last_event = seq;
    --person.doses;
    if (e.last_clinic != no_clinic) {
        person.last_clinic = e.last_clinic;
        person.last_day = static_cast<std::int32_t>(e.last_day.time_since_epoch().count());
    }
    const account_name of{change.clinic, change.programme, e.lot, e.funding};
    post(of, of, posting_of(e), e.header.recorded_at);
    clinic_state& c = clinics_[change.clinic];
    --c.doses;
    const zone_offset offset = programmes_[change.programme]->offset;
    std::uint32_t& of_hour = c.by_hour[hour_at(e.registered_at, offset)];
    if (day_at(e.registered_at, offset) == c.day && of_hour > 0) {
        --of_hour;
    }
    touch(change.clinic, seq);
}

void registry::apply_to(const dose_corrected& e, sequence seq) {
    const amendment& change = e.change;
    person_record& person = persons_.at(change.person, change.programme);
    person.last_event = seq;
    person.last_clinic = e.last_clinic;
    person.last_day = static_cast<std::int32_t>(e.last_day.time_since_epoch().count());
    const auto enter_at = [&](const dose_origin& o, const posting& p) {
        const account_name of{change.clinic, change.programme, o.lot, o.funding};
        if (p.quantity != 0) {
            post(of, of, p, e.header.recorded_at);
        }
    };
    const correction_postings postings = postings_of(e);
    enter_at(e.before, postings.back);
    enter_at(e.after, postings.again);
    touch(change.clinic, seq);
}

void registry::apply_to(const dose_reevaluated& e, sequence seq) {
    persons_.at(e.change.person, e.change.programme).last_event = seq;
    touch(e.change.clinic, seq);
}

void registry::end_hold(const person_key& person, programme_number programme) {
    if (const auto ended = holds_.end(person, programme)) {
        --clinics_[*ended].holds;
    }
}

void registry::apply_to(const stock_changed& e, sequence seq) {
    keys_.insert(e.key, seq);
    const auto name = [&](side s) { return s == side::own ? e.own : e.other; };
    bool first = true;
    for (const booking& b : bookings_of(e)) {
        if (first || b.what.quantity != 0) {  // the first: a count that agrees is an entry, too
            post(name(b.from), name(b.to), b.what, e.header.recorded_at);
        }
        first = false;
    }
    enter_day(e.own.clinic, e.occurred_at, e.header.recorded_at, false);
    touch(e.own.clinic, seq);
    if (e.other.clinic != no_clinic) {
        touch(e.other.clinic, seq);
    }
}

void registry::post(const account_name& from, const account_name& to, const posting& p,
                    instant at) {
    lots_[from.lot].nation.post(p);
    if (p.from == place::private_stock || p.to == place::private_stock) {
        return;  // no stock of the programme
    }
    enter_in(from, p.from, -p.quantity, at);
    enter_in(to, p.to, p.quantity, at);
}

void registry::enter_in(const account_name& name, place where, std::int32_t quantity, instant at) {
    if (where != place::on_hand && where != place::in_transit && where != place::suspense) {
        return;
    }
    clinic_state& clinic = clinics_[name.clinic];
    const std::size_t n = find_account(name);
    if (n == clinic.accounts.size()) {
        clinic.accounts.push_back({name.programme, name.funding, name.lot, 0, 0, 0, at});
    }
    account& entered = clinic.accounts[n];
    enter(entered, where, quantity);
    entered.last_entry_at = at;
    if (where != place::in_transit) {
        remaining_by_programme_[name.programme] += quantity;
        remaining_by_region_[clinic.region_index] += quantity;
    }
}

void enter(account& a, place where, std::int32_t quantity) noexcept {
    switch (where) {
        case place::on_hand: a.on_hand += quantity; break;
        case place::in_transit: a.in_transit += quantity; break;
        case place::suspense: a.suspense += quantity; break;
        default: break;
    }
}

std::size_t registry::find_account(const account_name& name) const noexcept {
    const std::vector<account>& accounts = clinics_[name.clinic].accounts;
    const auto it = std::find_if(accounts.begin(), accounts.end(), [&](const account& a) {
        return a.lot == name.lot && a.funding == name.funding && a.programme == name.programme;
    });
    return static_cast<std::size_t>(it - accounts.begin());
}

void registry::touch(clinic_number clinic, sequence seq) {
    clinics_[clinic].last_event = seq;
    if (!is_touched_[clinic]) {
        is_touched_[clinic] = true;
        touched_.push_back(clinic);
    }
}

std::string registry::lot_key(const lot_text& lot) {
    std::string key(lot.view());
    for (char& c : key) {
        c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
    return key;
}

void registry::publish(published& to, sequence seq, instant as_of) {
    if (programmes_changed_) {
        for (std::size_t n = 0; n < programmes_.size(); ++n) {
            to.publish_programme(static_cast<programme_number>(n), programmes_[n]);
        }
        programmes_changed_ = false;
    }
    for (; lots_published_ < lots_.size(); ++lots_published_) {
        const lot_state& l = lots_[lots_published_];
        to.publish_lot({static_cast<lot_number>(lots_published_), l.programme, l.lot, l.product,
                        l.expires, l.verified});
    }
    for (const lot_number n : recalls_unpublished_) {
        to.publish_recall(n, lots_[n].recalled);
    }
    recalls_unpublished_.clear();
    for (std::string& name : names_unpublished_) {
        const clinic_state& c = clinics_[clinics_published_];
        to.publish_clinic({static_cast<clinic_number>(clinics_published_++), c.code, c.region,
                           c.region_index, c.kind, std::move(name)});
    }
    names_unpublished_.clear();
    for (const access_revoked& r : revocations_unpublished_) {
        to.publish_revocation(r.clinic, r.device, r.issued_until);
    }
    revocations_unpublished_.clear();

    for (const clinic_number n : touched_) {
        rows_.clear();
        for (const account& a : clinics_[n].accounts) {
            rows_.push_back(
                {a.lot, a.funding, a.on_hand, a.in_transit, a.suspense, a.last_entry_at});
        }
        const clinic_state& c = clinics_[n];
        to.publish_stock(n, rows_, c.last_event);
        to.publish_tally(n, {c.doses, remaining(n), c.day, c.by_hour}, c.last_event);
        is_touched_[n] = false;
    }
    touched_.clear();
    days_.take_changes([&](clinic_number n, civil_day day, const clinic_day& what) {
        to.publish_day(n, day, what);
    });
    for (std::size_t n = 0; n < programmes_.size(); ++n) {
        to.publish_remaining(static_cast<programme_number>(n), remaining_by_programme_[n]);
    }
    for (std::uint32_t r = 0; r < regions(); ++r) {
        to.publish_remaining_of_region(r, remaining_by_region_[r]);
    }
    to.publish_seq(seq, as_of);
}

std::int64_t registry::remaining(clinic_number clinic) const noexcept {
    std::int64_t doses = 0;
    for (const account& a : clinics_[clinic].accounts) {
        doses += a.on_hand + a.suspense;
    }
    return doses;
}

std::int32_t registry::remaining(clinic_number clinic, programme_number programme) const noexcept {
    std::int32_t doses = 0;
    for (const account& a : clinics_[clinic].accounts) {
        doses += a.programme == programme ? a.on_hand + a.suspense : 0;
    }
    return doses;
}

}  // namespace doseline::core

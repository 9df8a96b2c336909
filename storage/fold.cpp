#include "storage/fold.hpp"

#include <cstring>

namespace doseline::storage {

namespace {

// Not 0, which marks a free slot. The same function of key and programme as the registry's index
// uses, written again on purpose: the proof asks for persons by it.
std::uint64_t hash_of(const core::person_key& key, core::programme_number programme) noexcept {
    std::uint64_t bits = 0;
    std::memcpy(&bits, key.data(), sizeof bits);
    bits += 0x9e3779b97f4a7c15ull * programme;
    return bits == 0 ? 1 : bits;
}

bool is_payable(core::claim_state claim) noexcept {
    return claim != core::claim_state::not_payable;
}

}  // namespace

void fold::take(core::sequence seq, const core::event& e) {
    seq_ = seq;
    const auto touched = [&](core::clinic_number c) { clinics_[c].last_event = seq; };

    if (const auto* p = std::get_if<core::programme_defined>(&e)) {
        define(*p);
    } else if (const auto* c = std::get_if<core::clinic_registered>(&e)) {
        register_clinic(seq, *c);
    } else if (const auto* l = std::get_if<core::lot_registered>(&e)) {
        lots_.resize(l->number + std::size_t{1});
        lot_programmes_.resize(lots_.size());
        lot_programmes_[l->number] = l->programme;
    } else if (const auto* m = std::get_if<core::stock_moved>(&e)) {
        move_stock(*m);
        touched(m->clinic);
    } else if (const auto* d = std::get_if<core::device_enrolled>(&e)) {
        touched(d->clinic);
    } else if (const auto* off = std::get_if<core::access_revoked>(&e)) {
        touched(off->clinic);
    } else if (const auto* x = std::get_if<core::extension_attached>(&e)) {
        touched(x->clinic);
    } else if (const auto* r = std::get_if<core::dose_registered>(&e)) {
        register_dose(*r);
        touched(r->clinic);
    } else if (const auto* v = std::get_if<core::dose_voided>(&e)) {
        void_dose(*v);
        touched(v->change.clinic);
    } else if (const auto* n = std::get_if<core::dose_corrected>(&e)) {
        correct_dose(*n);
        touched(n->change.clinic);
    } else if (const auto* a = std::get_if<core::dose_reevaluated>(&e)) {
        reevaluate_dose(*a);
        touched(a->change.clinic);
    } else if (const auto* by = std::get_if<core::claim_decided>(&e)) {
        change_claim(by->change);
        touched(by->change.clinic);
    } else if (const auto* day = std::get_if<core::day_reported>(&e)) {
        touched(day->clinic);
    } else if (const auto* s = std::get_if<core::stock_changed>(&e)) {
        change_stock(seq, *s);
        touched(s->own.clinic);
    } else if (const auto* b = std::get_if<core::stock_carried>(&e)) {
        add({b->of.clinic, b->of.lot, b->of.programme, b->of.funding},
            {b->on_hand, b->in_transit, b->suspense});
        lots_[b->of.lot].shipped += std::int64_t{b->on_hand} + b->in_transit + b->suspense;
        touched(b->of.clinic);
    } else if (const auto* known = std::get_if<core::person_carried>(&e)) {
        carry_person(*known);
    } else if (std::holds_alternative<core::book_closed>(e)) {
        closed_ = true;
    }
}

void fold::define(const core::programme_defined& e) {
    if (rules_.size() <= e.number) {
        rules_.resize(e.number + std::size_t{1});
    }
    rules_[e.number] = {e.definition->schedule.doses, e.definition->offset};
    zone_ = zone_.value_or(e.definition->offset);
    one_zone_ = one_zone_ && zone_ == e.definition->offset;
}

void fold::register_clinic(core::sequence seq, const core::clinic_registered& e) {
    const auto next = static_cast<std::uint32_t>(regions_.size());
    const std::uint32_t region = regions_.try_emplace(e.region, next).first->second;
    if (e.number == clinics_.size()) {
        clinics_.emplace_back();
        accounts_by_clinic_.emplace_back();
    }
    clinic_sums& c = clinics_[e.number];
    c.code = e.code;
    c.region_index = region;
    c.last_event = seq;
    doses_by_region_.resize(regions_.size());
    remaining_by_region_.resize(regions_.size());
}

fold::clock_hour fold::hour_of(core::instant at, core::programme_number programme) const noexcept {
    const core::instant local = at + rules_[programme].zone;
    const auto day = std::chrono::floor<std::chrono::days>(local);
    return {day, static_cast<std::size_t>((local - day) / std::chrono::hours{1})};
}

void fold::move_stock(const core::stock_moved& e) {
    const account_key key{e.clinic, e.lot, lot_programmes_[e.lot], e.funding};
    if (e.kind == core::movement::shipped) {
        add(key, {0, e.quantity, 0});
        lots_[e.lot].shipped += e.quantity;
    } else {
        add(key, {e.quantity, -e.quantity, 0});
    }
}

void fold::change_stock(core::sequence seq, const core::stock_changed& e) {
    using core::stock_action;
    const auto key = [](const core::account_name& a) {
        return account_key{a.clinic, a.lot, a.programme, a.funding};
    };
    const account_key own = key(e.own);
    lot_sums& lot = lots_[e.own.lot];
    switch (e.action) {
        case stock_action::confirmed: {
            const std::int32_t missing = e.difference < 0 ? -e.difference : 0;
            const std::int32_t over = e.difference > 0 ? e.difference : 0;
            add(own, {e.moved + over - e.settled, -e.moved - missing, e.settled});
            lot.discrepancy += missing - over;
            break;
        }
        case stock_action::wasted:
            add(own, {-e.moved, 0, 0});
            lot.wasted += e.moved;
            break;
        case stock_action::sent:
        case stock_action::sent_back:
            add(own, {-e.moved, 0, 0});
            add(key(e.other), {0, e.moved, 0});
            clinics_[e.other.clinic].last_event = seq;
            break;
        case stock_action::counted:
            add(own, {e.moved, 0, e.settled});
            lot.adjusted -= e.moved + e.settled;
            break;
        case stock_action::assigned:  // as if they had been of the other lot from the beginning
            add(own, {0, 0, e.moved});
            add(key(e.other), {-e.moved, 0, 0});
            lot.administered -= e.moved;
            lots_[e.other.lot].administered += e.moved;
            break;
        case stock_action::replaced:
            add(own, {e.moved, 0, 0});
            lot.replaced += e.moved;
            break;
    }
}

void fold::register_dose(const core::dose_registered& e) {
    ++registrations_;
    if (e.source != core::dose_source::private_stock) {
        const bool on_hand = e.source == core::dose_source::on_hand;
        add({e.clinic, e.lot, e.programme, e.funding}, {on_hand ? -1 : 0, 0, on_hand ? 0 : -1});
        lots_[e.lot].administered += 1;
    }
    const bool payable = is_payable(e.claim);
    dose_sums& sums = sums_of(e.clinic, e.programme);
    sums.doses += 1;
    sums.not_payable += payable ? 0 : 1;
    clinic_sums& clinic = clinics_[e.clinic];
    const clock_hour recorded = hour_of(e.header.recorded_at, e.programme);
    if (clinic.day != recorded.day) {
        clinic.day = recorded.day;
        clinic.by_hour.fill(0);
    }
    clinic.doses += 1;
    clinic.by_hour[recorded.hour] += 1;
    person& p = person_of(e.person, e.programme);
    p.doses += 1;
    pay(p, e.programme, false, payable);
}

void fold::carry_person(const core::person_carried& e) {
    person& p = person_of(e.person, e.programme);
    p.doses = e.doses;
    p.payable = static_cast<std::uint16_t>(e.payable);
}

void fold::void_dose(const core::dose_voided& e) {
    --registrations_;
    const core::amendment& change = e.change;
    give(change, {e.lot, e.source, e.funding}, -1);
    const bool was_payable = is_payable(change.claim_before);
    dose_sums& sums = sums_of(change.clinic, change.programme);
    sums.doses -= 1;
    sums.not_payable -= was_payable ? 0 : 1;
    clinic_sums& clinic = clinics_[change.clinic];
    const clock_hour recorded = hour_of(e.registered_at, change.programme);
    clinic.doses -= 1;
    // None is left of a day that was begun anew, where programmes have different zones.
    if (clinic.day == recorded.day && clinic.by_hour[recorded.hour] > 0) {
        clinic.by_hour[recorded.hour] -= 1;
    }
    person& p = person_of(change.person, change.programme);
    p.doses -= 1;
    pay(p, change.programme, was_payable, false);
}

void fold::correct_dose(const core::dose_corrected& e) {
    const bool moved = e.before.lot != e.after.lot || e.before.source != e.after.source ||
                       e.before.funding != e.after.funding;
    if (moved) {
        give(e.change, e.before, -1);
        give(e.change, e.after, 1);
    }
    change_claim(e.change);
}

void fold::give(const core::amendment& of, const core::dose_origin& from, std::int32_t doses) {
    if (from.source == core::dose_source::private_stock) {
        return;
    }
    const bool on_hand = from.source == core::dose_source::on_hand;
    add({of.clinic, from.lot, of.programme, from.funding},
        {on_hand ? -doses : 0, 0, on_hand ? 0 : -doses});
    lots_[from.lot].administered += doses;
}

void fold::reevaluate_dose(const core::dose_reevaluated& e) { change_claim(e.change); }

void fold::change_claim(const core::amendment& change) {
    const bool was = is_payable(change.claim_before);
    const bool is = is_payable(change.claim);
    if (change.registration > before_) {  // doses of the book before are not counted here
        sums_of(change.clinic, change.programme).not_payable += (was ? 1 : 0) - (is ? 1 : 0);
    }
    pay(person_of(change.person, change.programme), change.programme, was, is);
}

void fold::pay(person& p, core::programme_number programme, bool was, bool is) {
    if (was && !is) {
        --p.payable;
    } else if (is && !was && ++p.payable > rules_[programme].doses) {
        ++overpaid_;
    }
}

fold::dose_sums& fold::sums_of(core::clinic_number clinic, core::programme_number programme) {
    auto& row = doses_by_region_[clinics_[clinic].region_index];
    row.resize(rules_.size());
    return row[programme];
}

fold::person& fold::person_of(const core::person_key& key, core::programme_number programme) {
    if (persons_used_ * 5 >= persons_.size() * 4) {
        grow_persons();
    }
    const std::uint64_t hash = hash_of(key, programme);
    person& p = persons_[slot_of(hash)];
    if (p.hash == 0) {
        p.hash = hash;
        p.programme = programme;
        ++persons_used_;
    }
    return p;
}

fold::person fold::person_of_hash(std::uint64_t hash) const noexcept {
    return persons_[slot_of(hash == 0 ? 1 : hash)];
}

std::size_t fold::slot_of(std::uint64_t hash) const noexcept {
    const std::size_t mask = persons_.size() - 1;
    std::size_t i = (hash ^ hash >> 32) & mask;
    while (persons_[i].hash != 0 && persons_[i].hash != hash) {
        i = (i + 1) & mask;
    }
    return i;
}

void fold::grow_persons() {
    std::vector<person> old(persons_.size() * 2);
    old.swap(persons_);
    for (const person& p : old) {
        if (p.hash != 0) {
            persons_[slot_of(p.hash)] = p;
        }
    }
}

void fold::add(const account_key& key, const balance& change) {
    const auto [it, made] = balances_.try_emplace(key);
    if (made) {
        accounts_by_clinic_[key.clinic].push_back(key);
    }
    it->second.on_hand += change.on_hand;
    it->second.in_transit += change.in_transit;
    it->second.suspense += change.suspense;
    lot_sums& lot = lots_[key.lot];
    lot.on_hand += change.on_hand;
    lot.in_transit += change.in_transit;
    lot.suspense += change.suspense;
    const std::int64_t left = std::int64_t{change.on_hand} + change.suspense;
    remaining_by_region_[clinics_[key.clinic].region_index] += left;
    remaining_by_programme_[key.programme] += left;
}

fold::balance fold::balance_of(const account_key& key) const {
    const auto it = balances_.find(key);
    return it == balances_.end() ? balance{} : it->second;
}

std::span<const fold::account_key> fold::accounts_of(core::clinic_number clinic) const {
    return accounts_by_clinic_[clinic];
}

fold::dose_sums fold::doses(std::uint32_t region_index, core::programme_number p) const noexcept {
    const auto& row = doses_by_region_[region_index];
    return p < row.size() ? row[p] : dose_sums{};
}

}  // namespace doseline::storage

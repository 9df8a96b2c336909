#pragma once

#include "tests/core/desk.hpp"

#include <cstdint>
#include <memory>
#include <string_view>

namespace doseline::test {

// Two clinics of one region and its health centre, a clinic and a centre of another.
struct a_region : desk {
    a_region() {
        auto p = open_season("2016-17", date(2016, 10, 4), date(2016, 11, 30));
        p.exceptions = {{"ILL", p.phases.front(), true}};
        define(p);
        first = open_clinic();
        second = open_clinic();
        centre = open_clinic(core::facility_kind::health_centre);
        far_clinic = open_clinic(core::facility_kind::clinic, 11'680);
        far_centre = open_clinic(core::facility_kind::health_centre, 11'680);
        l1 = bring_lot("L1");
        l2 = bring_lot("L2");
        ship(first, "L1", 10);
        ship(first, "L2", 10);
        ship(second, "L1", 10);
    }

    // The registration of that number, otherwise.
    static core::correct_registration of(core::clinic_number clinic, core::sequence seq,
                                         core::version_number version = core::any_version) {
        core::correct_registration c;
        c.by.clinic = clinic;
        c.seq = seq;
        c.version = version;
        c.content = content(seq * 100 + version);
        return c;
    }
    static core::correct_registration to_lot(core::correct_registration c, std::string_view lot) {
        c.lot = core::lot_text(lot);
        return c;
    }
    static core::correct_registration to_time(core::correct_registration c, core::instant at,
                                              std::uint64_t n) {
        c.occurred_at = at;
        c.person = person(n);
        c.birth = date(1841, 7, 2);
        return c;
    }
    core::correction_receipt correct(const core::correct_registration& c) {
        return ask<core::correction_receipt>(core::command{c});
    }
    core::errc why_not(const core::correct_registration& c) {
        return refused(core::command{c}).code;
    }
    core::dose_receipt shot_of_l1(std::uint64_t n) {
        core::register_dose c = shot(first, n);
        c.lot = core::lot_text("L1");
        return record(std::move(c));
    }
    const core::registration_history& look(core::clinic_number clinic, core::sequence seq) {
        core::view_registration c;
        c.by.clinic = clinic;
        c.seq = seq;
        seen_ = ask<core::registration_view>(core::command{c}).registration;
        return *seen_;
    }
    std::int32_t on_hand(core::clinic_number clinic, core::lot_number lot) {
        return stock(clinic, lot).at(0).on_hand;
    }

    core::clinic_number first = 0;
    core::clinic_number second = 0;
    core::clinic_number centre = 0;
    core::clinic_number far_clinic = 0;
    core::clinic_number far_centre = 0;
    core::lot_number l1 = 0;
    core::lot_number l2 = 0;

private:
    std::shared_ptr<const core::registration_history> seen_;
};

}  // namespace doseline::test

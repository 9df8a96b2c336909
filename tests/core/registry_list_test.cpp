#include "core/registration_page.hpp"
#include "tests/core/desk.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(registry_list)

using namespace doseline::core;
using namespace doseline::test;

namespace {

struct clinic_with_shots : desk {
    clinic_with_shots() {
        define(open_season("2016-17", date(2016, 10, 1), date(2016, 11, 30)));
        clinic = open_clinic();
        last = record(shot(clinic, 1)).seq;
    }
    list_registrations asked() const {
        list_registrations c;
        c.by.clinic = clinic;
        c.by.user = user_code("kim");
        return c;
    }

    clinic_number clinic = 0;
    sequence last = 0;
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_page_is_wanted_from_the_clinics_last_event_on, clinic_with_shots) {
    record(shot(open_clinic(), 2));
    list_registrations c = asked();
    c.before = 7;
    c.day = date(2016, 10, 4);
    const auto wanted = ask<page_wanted>(command{c});
    BOOST_TEST(wanted.head == last);
    BOOST_TEST(wanted.before == 7u);
    BOOST_CHECK(wanted.day == c.day);
    BOOST_CHECK(wanted.zone == std::chrono::hours(9));
    BOOST_TEST(audit.size() == 2u);  // of the two shots
}

BOOST_FIXTURE_TEST_CASE(each_person_who_is_shown_is_audited_by_the_name_of_who_looks,
                        clinic_with_shots) {
    auto page = std::make_shared<registration_page>();
    for (std::uint64_t n = 1; n <= 2; ++n) {
        page->rows.push_back({10 + n, {}, 1, registration_state::registered, {}});
        page->rows.back().dose.person = person(n);
    }
    list_registrations c = asked();
    c.page = page;
    const std::size_t before = audit.size();
    BOOST_CHECK(ask<registration_list>(command{c}).page == page);
    BOOST_REQUIRE(audit.size() == before + 2);
    for (std::size_t n = 0; n < 2; ++n) {
        const audit_record& a = audit[before + n];
        BOOST_CHECK(a.action == audit_action::viewed);
        BOOST_CHECK(a.person == person(n + 1));
        BOOST_TEST(a.subject == 11 + n);
        BOOST_TEST(a.by.user.view() == "kim");
    }
}

BOOST_FIXTURE_TEST_CASE(an_empty_page_shows_nobody, clinic_with_shots) {
    list_registrations c = asked();
    c.page = std::make_shared<registration_page>();
    const std::size_t before = audit.size();
    ask<registration_list>(command{c});
    BOOST_TEST(audit.size() == before);
}

BOOST_FIXTURE_TEST_CASE(a_health_centre_looks_through_its_regions_clinics_and_no_others,
                        clinic_with_shots) {
    const clinic_number far = open_clinic(facility_kind::clinic, 11'680);
    const clinic_number centre = open_clinic(facility_kind::health_centre);
    list_registrations c = asked();
    const clinic_number own = c.by.clinic;
    c.by.clinic = centre;
    c.clinic = own;
    BOOST_TEST(ask<page_wanted>(command{c}).clinic == own);
    c.clinic = far;
    BOOST_CHECK(refused(command{c}).code == errc::not_found);
    c.clinic = centre + 1;  // there is none
    BOOST_CHECK(refused(command{c}).code == errc::not_found);
    c.by.clinic = own;
    c.clinic = centre;
    BOOST_CHECK(refused(command{c}).code == errc::not_found);
}

BOOST_FIXTURE_TEST_CASE(movements_are_wanted_like_registrations_and_audited_for_nobody,
                        clinic_with_shots) {
    const clinic_number far = open_clinic(facility_kind::clinic, 11'680);
    const clinic_number centre = open_clinic(facility_kind::health_centre);
    const std::size_t before = audit.size();
    list_movements c;
    c.by.clinic = clinic;
    c.before = 7;
    c.day = date(2016, 10, 4);
    const page_wanted wanted = ask<movements_wanted>(command{c}).page;
    BOOST_TEST(wanted.clinic == clinic);
    BOOST_TEST(wanted.head == last);
    BOOST_TEST(wanted.before == 7u);
    BOOST_CHECK(wanted.day == c.day);
    BOOST_CHECK(wanted.zone == std::chrono::hours(9));
    c.clinic = far;
    BOOST_CHECK(refused(command{c}).code == errc::not_found);
    c.by.clinic = centre;
    BOOST_CHECK(refused(command{c}).code == errc::not_found);
    c.clinic = clinic;
    BOOST_TEST(ask<movements_wanted>(command{c}).page.clinic == clinic);
    BOOST_TEST(audit.size() == before);
}

BOOST_FIXTURE_TEST_CASE(a_list_too_long_to_be_read_is_told_so, clinic_with_shots) {
    auto page = std::make_shared<registration_page>();
    page->too_long = true;
    list_registrations c = asked();
    c.page = page;
    BOOST_CHECK(refused(command{c}).code == errc::limit_reached);
}

BOOST_AUTO_TEST_SUITE_END()

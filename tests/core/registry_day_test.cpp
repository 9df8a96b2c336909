#include "tests/core/desk.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(registry_day_test)

using namespace doseline::core;
using namespace doseline::test;
using namespace std::chrono_literals;

namespace {

constexpr civil_day monday = date(2016, 10, 10);
constexpr civil_day tuesday = monday + std::chrono::days{1};

// Two clinics of a region and one of another, on a Monday at one o'clock.
struct evening : desk {
    evening() : desk(monday) {
        define(open_season("2016-17", date(2016, 10, 1), date(2016, 11, 30)));
        a = open_clinic();
        b = open_clinic();
        far = open_clinic(facility_kind::clinic, 11'600);
        bring_lot("L1");
        ship(a, "L1", 100);
    }
    static report_day reporting(clinic_number clinic, std::uint16_t unsent,
                                std::optional<civil_day> day = std::nullopt) {
        report_day c;
        c.by.clinic = clinic;
        c.by.device = 7;
        c.by.user = user_code("KIM");
        c.day = day;
        c.unsent = unsent;
        return c;
    }
    day_receipt report(clinic_number clinic, std::uint16_t unsent,
                       std::optional<civil_day> day = std::nullopt) {
        return ask<day_receipt>(command{reporting(clinic, unsent, day)});
    }
    // Of that day at noon; the next person's.
    dose_receipt give(clinic_number clinic, civil_day day) {
        register_dose c = shot(clinic, ++last_person);
        c.occurred_at = day + 12h - 9h;
        return record(std::move(c));
    }
    clinic_day seen(clinic_number clinic, civil_day day) const {
        return shown.read_day(clinic, day);
    }
    day_state state_at(clinic_number clinic, civil_day day) const {
        return state_of(seen(clinic, day));
    }
    void is_refused(const report_day& c, errc code, std::string_view field) {
        const sequence before = seq();
        const std::size_t audited = audit.size();
        const refusal r = refused(command{c});
        BOOST_TEST(code_name(r.code) == code_name(code));
        BOOST_TEST(r.field == field);
        BOOST_TEST(seq() == before);
        BOOST_TEST(audit.size() == audited);
    }

    clinic_number a = 0, b = 0, far = 0;
    std::uint64_t last_person = 0;
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_day_is_begun_by_the_first_thing_that_happened_on_it, evening) {
    BOOST_CHECK(state_at(a, monday) == day_state::none);  // a delivery is the nation's
    give(a, monday);
    BOOST_CHECK(state_at(a, monday) == day_state::open);
    BOOST_TEST(seen(a, monday).registered == 1u);
    BOOST_CHECK(state_at(b, monday) == day_state::none);

    go_to(tuesday);
    give(a, monday);  // is of Monday, and begins no Tuesday
    BOOST_CHECK(state_at(a, tuesday) == day_state::none);
    BOOST_TEST(seen(a, monday).registered == 2u);
}

BOOST_FIXTURE_TEST_CASE(a_movement_begins_a_day_and_is_no_shot, evening) {
    move_stock c;
    c.by.clinic = a;
    c.key = key(1'000);
    c.action = stock_action::counted;
    c.lot = lot_text("L1");
    c.quantity = 100;
    c.occurred_at = monday - 24h;
    ask<movement_receipt>(command{c});
    BOOST_CHECK(state_at(a, monday - std::chrono::days{1}) == day_state::open);
    BOOST_TEST(seen(a, monday - std::chrono::days{1}).registered == 0u);
    BOOST_CHECK(state_at(a, monday) == day_state::none);
}

BOOST_FIXTURE_TEST_CASE(nothing_left_to_send_closes_the_day_and_something_left_does_not, evening) {
    give(a, monday);
    const day_receipt some = report(a, 3);
    BOOST_CHECK(some.day == monday);
    BOOST_TEST(!some.replayed);
    BOOST_CHECK(some.after == seen(a, monday));
    BOOST_CHECK(state_at(a, monday) == day_state::closing);
    BOOST_TEST(seen(a, monday).left() == 3u);
    BOOST_CHECK(state_of(report(a, 0).after) == day_state::closed);
    BOOST_CHECK(state_at(a, monday) == day_state::closed);
    // Where nothing happened, too.
    report(b, 0);
    BOOST_CHECK(state_at(b, monday) == day_state::closed);
    BOOST_TEST(!seen(b, monday).begun);
}

BOOST_FIXTURE_TEST_CASE(rows_that_come_after_the_report_are_those_that_were_missing, evening) {
    give(a, monday);
    report(a, 2);
    give(a, monday);
    BOOST_CHECK(state_at(a, monday) == day_state::closing);
    BOOST_TEST(seen(a, monday).left() == 1u);
    go_to(tuesday);
    give(a, tuesday);  // is none of them
    BOOST_TEST(seen(a, monday).left() == 1u);
    give(b, monday);  // nor is another clinic's
    BOOST_TEST(seen(a, monday).left() == 1u);
    give(a, monday);
    BOOST_CHECK(state_at(a, monday) == day_state::closed);
    BOOST_TEST(seen(a, monday).registered == 3u);
    BOOST_TEST(seen(a, monday).registered_since == 2u);
}

BOOST_FIXTURE_TEST_CASE(late_rows_reopen_nothing_and_are_counted, evening) {
    report(a, 0);
    go_to(tuesday);
    give(a, monday);
    give(a, monday);
    BOOST_CHECK(state_at(a, monday) == day_state::closed);
    BOOST_TEST(seen(a, monday).registered_since == 2u);
    BOOST_TEST(seen(a, monday).registered == 2u);
    BOOST_TEST(seen(a, monday).left() == 0u);
}

BOOST_FIXTURE_TEST_CASE(what_was_said_last_counts, evening) {
    report(a, 5);
    give(a, monday);
    pass(10min);
    report(a, 7, monday);  // found more
    BOOST_TEST(seen(a, monday).left() == 7u);
    BOOST_TEST(seen(a, monday).registered_since == 0u);
    BOOST_CHECK(reported_at(seen(a, monday), monday, 540min) == monday + 13h + 10min - 9h);
    report(a, 0);
    BOOST_CHECK(state_at(a, monday) == day_state::closed);
    report(a, 1);  // one more was found, and the clinic says so
    BOOST_CHECK(state_at(a, monday) == day_state::closing);
}

BOOST_FIXTURE_TEST_CASE(a_report_that_changes_nothing_records_nothing, evening) {
    give(a, monday);
    const day_receipt first = report(a, 2);
    const sequence before = seq();
    const std::size_t audited = audit.size();
    pass(1h);
    const day_receipt again = report(a, 2, monday);
    BOOST_TEST(again.replayed);
    BOOST_CHECK(again.after == first.after);
    BOOST_TEST(seq() == before);
    BOOST_TEST(audit.size() == audited);
    give(a, monday);
    give(a, monday);
    BOOST_TEST(report(a, 0).replayed);  // they were all sent, as it is known
    BOOST_TEST(!report(a, 2).replayed);
    BOOST_TEST(seq() == before + 3);
}

BOOST_FIXTURE_TEST_CASE(a_report_is_audited_and_linked_and_names_who_said_it, evening) {
    const sequence before = state.clinics()[a].last_event;
    report(a, 4);
    const auto& e = std::get<day_reported>(events.back());
    BOOST_TEST(e.clinic == a);
    BOOST_CHECK(e.day == monday);
    BOOST_TEST(e.unsent == 4u);
    BOOST_TEST(e.device == 7u);
    BOOST_TEST(e.user.view() == "KIM");
    BOOST_TEST(e.header.previous_of_clinic == before);
    BOOST_TEST(state.clinics()[a].last_event == seq());
    const audit_record& told = audit.back();
    BOOST_CHECK(told.action == audit_action::reported);
    BOOST_TEST(name_of(told.action) == "REPORTED");
    BOOST_TEST(told.by.clinic == a);
    BOOST_TEST(told.subject == seq());
    BOOST_TEST(told.hold_seconds == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_day_may_be_named_until_seven_days_after_it, evening) {
    constexpr civil_day last = monday - std::chrono::days{7};
    static_assert(limits::days_kept == 8);
    give(a, last);
    report(a, 1, last);
    BOOST_TEST(seen(a, last).left() == 1u);
    BOOST_TEST(seen(a, last).registered == 1u);
    is_refused(reporting(a, 1, last - std::chrono::days{1}), errc::day_forgotten, "date");
    is_refused(reporting(a, 0, tuesday), errc::future_date, "date");
    now.recorded_at = monday + 24h - 9h - 1ms;  // the last moment of Monday
    report(a, 2, last);
    is_refused(reporting(a, 0, tuesday), errc::future_date, "date");
    pass(1ms);
    is_refused(reporting(a, 3, last), errc::day_forgotten, "date");
    report(a, 0, tuesday);
}

BOOST_FIXTURE_TEST_CASE(a_day_that_is_forgotten_gives_its_place_to_another, evening) {
    give(a, monday);
    report(a, 5);
    report(b, 6);
    constexpr civil_day later = monday + std::chrono::days{8};
    go_to(later);
    BOOST_TEST(seen(a, later).registered == 0u);
    give(a, later);
    BOOST_TEST(seen(a, later).registered == 1u);
    BOOST_TEST(seen(a, later).left() == 0u);
    BOOST_CHECK(seen(a, monday) == clinic_day{});
    BOOST_CHECK(seen(b, monday) == clinic_day{});
    BOOST_CHECK(seen(b, later) == clinic_day{});
    BOOST_TEST(shown.unsent_of_region(0, monday) == 0u);
    BOOST_TEST(shown.unsent_of_region(0, later) == 0u);
    give(a, monday);  // is recorded, and of no day that is kept
    BOOST_CHECK(seen(a, monday) == clinic_day{});
    BOOST_TEST(seen(a, later).registered == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_clock_that_is_ahead_makes_no_day_of_its_own, evening) {
    now.recorded_at = monday + 24h - 9h - 1min;
    register_dose c = shot(a, ++last_person);
    c.occurred_at = now.recorded_at + 3min;
    record(std::move(c));
    BOOST_TEST(seen(a, monday).registered == 1u);
    BOOST_CHECK(state_at(a, tuesday) == day_state::none);
}

BOOST_FIXTURE_TEST_CASE(a_region_has_left_what_its_clinics_have, evening) {
    report(a, 5);
    report(b, 6);
    report(far, 7);
    report(a, 3, monday - std::chrono::days{1});
    BOOST_TEST(shown.unsent_of_region(0, monday) == 11u);
    BOOST_TEST(shown.unsent_of_region(1, monday) == 7u);
    BOOST_TEST(shown.unsent_of_region(0, monday - std::chrono::days{1}) == 3u);
    give(a, monday);
    BOOST_TEST(shown.unsent_of_region(0, monday) == 10u);
    report(b, 0);
    BOOST_TEST(shown.unsent_of_region(0, monday) == 4u);
}

BOOST_FIXTURE_TEST_CASE(the_nation_knows_on_how_many_days_something_is_missing, evening) {
    const auto ends = [&] { return shown.ends_of(monday); };
    BOOST_CHECK(ends() == day_ends{});
    give(a, monday);
    BOOST_CHECK((ends() == day_ends{1, 0}));
    give(a, monday);
    report(b, 2);
    report(far, 0);
    BOOST_CHECK((ends() == day_ends{3, 1}));
    report(a, 0);
    give(b, monday);
    BOOST_CHECK((ends() == day_ends{3, 2}));
    give(b, monday);  // the last row that was missing
    BOOST_CHECK((ends() == day_ends{3, 3}));
    report(a, 1);
    BOOST_CHECK((ends() == day_ends{3, 2}));
    BOOST_CHECK(shown.ends_of(tuesday) == day_ends{});
    const civil_day later = monday + std::chrono::days{8};
    go_to(later);
    give(a, later);
    BOOST_CHECK((shown.ends_of(later) == day_ends{1, 0}));
    BOOST_CHECK(ends() == day_ends{});
}

BOOST_FIXTURE_TEST_CASE(a_void_takes_no_row_back, evening) {
    report(a, 2);
    const dose_receipt late = give(a, monday);
    ask<void_receipt>(command{taking_back(a, late.seq)});
    BOOST_TEST(seen(a, monday).registered == 1u);
    BOOST_TEST(seen(a, monday).left() == 1u);
}

BOOST_FIXTURE_TEST_CASE(clinics_that_come_later_have_days_too, evening) {
    give(a, monday);
    const clinic_number late = open_clinic();
    report(late, 9);
    BOOST_TEST(seen(late, monday).left() == 9u);
    BOOST_TEST(seen(a, monday).registered == 1u);
}

BOOST_FIXTURE_TEST_CASE(as_many_rows_may_be_missing_as_the_limit_says, evening) {
    BOOST_TEST(report(a, limits::day_unsent_max).after.left() == limits::day_unsent_max);
    is_refused(reporting(a, limits::day_unsent_max + 1), errc::bad_field, "unsent");
}

BOOST_FIXTURE_TEST_CASE(a_day_comes_back_from_its_bits, evening) {
    clinic_day d;
    BOOST_TEST(packed(d) == 0u);
    d = {true, limits::day_shots_counted_max - 1, limits::day_shots_counted_max,
         limits::day_unsent_max, 11'520};
    BOOST_TEST(packed(d) < std::uint64_t{1} << 63);
    BOOST_CHECK(unpacked(packed(d)) == d);
    d = {false, 1, 2, 3, 4};
    BOOST_CHECK(unpacked(packed(d)) == d);
    BOOST_CHECK(unpacked(0) == clinic_day{});
}

BOOST_FIXTURE_TEST_CASE(counting_ends_where_the_limit_says, evening) {
    clinic_day d;
    d.minute = 1;
    d.registered = d.registered_since = limits::day_shots_counted_max - 1;
    d = with_entry(d, true);
    BOOST_TEST(d.registered == limits::day_shots_counted_max);
    BOOST_TEST(d.registered_since == limits::day_shots_counted_max);
    d = with_entry(d, true);
    BOOST_TEST(d.registered == limits::day_shots_counted_max);
    BOOST_TEST(d.registered_since == limits::day_shots_counted_max);
    BOOST_CHECK(unpacked(packed(d)) == d);
}

BOOST_FIXTURE_TEST_CASE(states_have_names, evening) {
    for (const auto& [of, name] : {std::pair{day_state::none, "NONE"},
                                   {day_state::open, "OPEN"},
                                   {day_state::closing, "CLOSING"},
                                   {day_state::closed, "CLOSED"}}) {
        BOOST_TEST(name_of(of) == name);
        BOOST_CHECK(day_state_named(name) == of);
    }
    BOOST_CHECK(!day_state_named("closed"));
    BOOST_CHECK(!day_state_named(""));
}

BOOST_AUTO_TEST_SUITE_END()

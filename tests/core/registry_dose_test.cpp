#include "tests/core/desk.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(registry_dose_test)

using namespace doseline::core;
using namespace doseline::test;
using namespace std::chrono_literals;

namespace {

// The first day of 2016-17, one in the afternoon; both clinics have a hundred doses.
struct first_day : desk {
    programme_number season = define(season_2016_17());
    clinic_number a = open_clinic();
    clinic_number b = open_clinic();
    lot_number lot = bring_lot("F1");

    first_day() {
        ship(a, "F1", 100);
        ship(b, "F1", 100);
    }

    void told(const dose_receipt& receipt, std::initializer_list<flag> all, claim_state claim) {
        BOOST_TEST(receipt.flags == flags(all));
        BOOST_TEST(name_of(receipt.claim) == name_of(claim));
        BOOST_TEST(dose(receipt.seq).flags == receipt.flags);
        BOOST_CHECK(dose(receipt.seq).claim == receipt.claim);
    }
};

constexpr civil_day born_1942 = date(1942, 1, 1);

}  // namespace

BOOST_FIXTURE_TEST_CASE(an_ordinary_shot_has_no_flag_and_is_paid, first_day) {
    const dose_receipt receipt = record(shot(a, 1));
    told(receipt, {}, claim_state::auto_ok);
    BOOST_TEST(receipt.seq == seq());
    BOOST_TEST(receipt.clinic == a);
    BOOST_TEST(receipt.programme == season);
    BOOST_TEST(receipt.remaining == 99);
    BOOST_TEST(!receipt.replayed);
    BOOST_CHECK(receipt.recorded_at == now.recorded_at);
    BOOST_CHECK(dose(receipt.seq).occurred_at == now.recorded_at);
    BOOST_TEST(stock(a, lot).at(0).on_hand == 99);
    BOOST_TEST(shown.remaining(season) == 199);
}

BOOST_FIXTURE_TEST_CASE(no_check_before_is_no_flag, first_day) {
    check(asking(b, 1));  // nor is another clinic's hold
    told(record(shot(a, 1)), {}, claim_state::auto_ok);
}

BOOST_FIXTURE_TEST_CASE(what_was_sent_is_in_the_record, first_day) {
    register_dose c = shot(a, 1);
    c.by.device = 4;
    c.by.user = user_code{"NURSE-2"};
    c.sealed.fill(std::byte{0x5e});
    c.data_key = 3;
    c.dose_ml_hundredths = 25;
    c.site = body_site::left_thigh;
    c.route = doseline::core::route::subcutaneous;
    c.occurred_at = now.recorded_at - 1h;
    c.extension = std::make_unique<std::vector<std::byte>>(100, std::byte{7});
    const dose_receipt receipt = record(std::move(c));
    const dose_registered& e = dose(receipt.seq);
    BOOST_TEST(e.device == 4u);
    BOOST_TEST(e.user.view() == "NURSE-2");
    BOOST_CHECK(e.person == person(1));
    BOOST_CHECK(e.key == key(1));
    BOOST_CHECK(e.content == content(1));
    BOOST_CHECK(e.sealed.back() == std::byte{0x5e});
    BOOST_TEST(e.data_key == 3u);
    BOOST_TEST(e.dose_ml_hundredths == 25u);
    BOOST_CHECK(e.site == body_site::left_thigh);
    BOOST_CHECK(e.route == doseline::core::route::subcutaneous);
    BOOST_CHECK(e.occurred_at == now.recorded_at - 1h);
    BOOST_TEST(e.programme_version == 1u);
    BOOST_TEST(e.dose_number == 1u);
    BOOST_TEST(e.exception == no_exception);
    BOOST_REQUIRE(e.extended);
    BOOST_REQUIRE(seq() == receipt.seq + 1);
    const auto& extension = std::get<extension_attached>(events.back());
    BOOST_TEST(extension.sealed.size() == 100u);
    BOOST_TEST(extension.data_key == 3u);
    BOOST_TEST(extension.header.previous_of_clinic == receipt.seq);
}

BOOST_FIXTURE_TEST_CASE(every_registration_is_audited_with_its_number, first_day) {
    const dose_receipt receipt = record(shot(a, 1));
    BOOST_CHECK(audit.back().action == audit_action::registered);
    BOOST_CHECK(audit.back().person == person(1));
    BOOST_TEST(audit.back().by.clinic == a);
    BOOST_TEST(audit.back().subject == receipt.seq);
}

BOOST_FIXTURE_TEST_CASE(the_first_that_is_recorded_is_the_payable_one, first_day) {
    const dose_receipt first = record(shot(a, 1));
    pass(1min);
    register_dose again = shot(b, 1);
    again.key = key(2);
    again.occurred_at = now.recorded_at - 2h;  // although it was given before
    const dose_receipt second = record(std::move(again));
    told(first, {}, claim_state::auto_ok);
    told(second, {flag::already_vaccinated}, claim_state::not_payable);
    BOOST_TEST(second.remaining == 99);  // the vaccine is gone all the same
    BOOST_TEST(dose(second.seq).dose_number == 2u);
    BOOST_TEST(dose(second.seq).previous_of_person == first.seq);
    BOOST_TEST(dose(first.seq).previous_of_person == 0u);
}

BOOST_FIXTURE_TEST_CASE(outside_the_phase_is_for_review, first_day) {
    told(record(shot(a, 1, born_1942)), {flag::not_yet}, claim_state::review);
    go_to(date(2016, 11, 20));
    told(record(shot(a, 2)), {flag::closed_here}, claim_state::review);
    told(record(shot(open_clinic(facility_kind::health_centre), 3)), {flag::stock_negative},
         claim_state::auto_ok);
}

BOOST_FIXTURE_TEST_CASE(an_age_that_no_phase_has_is_not_paid, first_day) {
    told(record(shot(a, 1, date(1952, 1, 1))), {flag::not_eligible_age}, claim_state::not_payable);
}

BOOST_FIXTURE_TEST_CASE(an_exception_is_for_review_without_a_flag, first_day) {
    register_dose c = shot(a, 1, born_1942);
    c.exception = exception_text{"UNDERLYING_DISEASE"};
    c.evidence = true;
    c.extension = std::make_unique<std::vector<std::byte>>(9);
    const dose_receipt receipt = record(std::move(c));
    told(receipt, {}, claim_state::review);
    BOOST_TEST(dose(receipt.seq).exception == 0u);
    BOOST_TEST(dose(receipt.seq).evidence);

    register_dose unknown = shot(a, 2);
    unknown.exception = exception_text{"HEADACHE"};
    const refusal no = refused(std::move(unknown));
    BOOST_CHECK(no.code == errc::bad_field);
    BOOST_TEST(no.field == "exception");
}

BOOST_FIXTURE_TEST_CASE(an_exception_whose_evidence_is_missing_is_recorded_and_flagged, first_day) {
    const auto by_exception = [&](std::uint64_t n, civil_day birth) {
        register_dose c = shot(a, n, birth);
        c.exception = exception_text{"UNDERLYING_DISEASE"};
        return c;
    };
    told(record(by_exception(1, born_1942)), {flag::evidence_missing}, claim_state::review);
    register_dose again = by_exception(1, born_1942);
    again.key = key(2);
    told(record(std::move(again)), {flag::already_vaccinated, flag::evidence_missing},
         claim_state::not_payable);
    // Where the exception opens nothing, nothing has to be proven.
    told(record(by_exception(3, date(1952, 1, 1))), {flag::not_eligible_age},
         claim_state::not_payable);
    programme p = season_2016_17();
    p.exceptions[0].evidence_required = false;
    define(p);
    told(record(by_exception(4, born_1942)), {}, claim_state::review);
}

BOOST_FIXTURE_TEST_CASE(several_flags_stand_together_and_the_worst_claim_wins, first_day) {
    record(shot(a, 1, born_1942));
    register_dose again = shot(b, 1, born_1942);
    again.key = key(2);
    again.occurred_at = now.recorded_at - 24h;
    again.lot = lot_text{"NOBODY-KNOWS"};
    told(record(std::move(again)),
         {flag::already_vaccinated, flag::not_yet, flag::late, flag::lot_unknown},
         claim_state::not_payable);
}

BOOST_FIXTURE_TEST_CASE(another_calendar_day_is_late_and_paid, first_day) {
    go_to(date(2016, 10, 5));
    now.recorded_at = date(2016, 10, 4) + 15h + 30min;  // half past midnight of the fifth in Korea
    register_dose before = shot(a, 1);
    before.occurred_at = now.recorded_at - 30min - 1ms;  // the fourth's last moment
    told(record(std::move(before)), {flag::late}, claim_state::auto_ok);
    register_dose after = shot(a, 2);
    after.occurred_at = now.recorded_at - 30min;  // the fifth's first
    told(record(std::move(after)), {}, claim_state::auto_ok);
}

BOOST_FIXTURE_TEST_CASE(the_phase_is_that_of_the_day_it_occurred, first_day) {
    go_to(date(2016, 10, 12));
    register_dose early = shot(a, 1, born_1942);
    early.occurred_at = date(2016, 10, 9) + 14h + 59min;  // the ninth, a minute to midnight
    told(record(std::move(early)), {flag::not_yet, flag::late}, claim_state::review);
    register_dose just = shot(a, 2, born_1942);
    just.occurred_at = date(2016, 10, 9) + 15h;
    told(record(std::move(just)), {flag::late}, claim_state::auto_ok);
}

BOOST_FIXTURE_TEST_CASE(a_clock_may_be_five_minutes_ahead, first_day) {
    register_dose c = shot(a, 1);
    c.occurred_at = now.recorded_at + limits::occurred_ahead_max;
    told(record(std::move(c)), {}, claim_state::auto_ok);

    const sequence before = seq();
    register_dose ahead = shot(a, 2);
    ahead.occurred_at = now.recorded_at + limits::occurred_ahead_max + 1ms;
    const refusal no = refused(std::move(ahead));
    BOOST_CHECK(no.code == errc::future_date);
    BOOST_TEST(no.field == "occurred_at");
    BOOST_TEST(seq() == before);
    BOOST_TEST(audit.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_contract_is_in_force_on_both_its_days_and_between, first_day) {
    const clinic_number short_lived =
        open_clinic(facility_kind::clinic, 11'500, date(2016, 10, 5), date(2016, 10, 7));
    ship(short_lived, "F1", 10);
    go_to(date(2016, 10, 8));
    const auto given_on = [&](civil_day day, std::uint64_t n) {
        register_dose c = shot(short_lived, n);
        c.occurred_at = day + 4h;
        return record(std::move(c));
    };
    told(given_on(date(2016, 10, 4), 1), {flag::late, flag::contract_inactive},
         claim_state::not_payable);
    told(given_on(date(2016, 10, 5), 2), {flag::late}, claim_state::auto_ok);
    told(given_on(date(2016, 10, 7), 3), {flag::late}, claim_state::auto_ok);
    told(given_on(date(2016, 10, 8), 4), {flag::contract_inactive}, claim_state::not_payable);
    BOOST_TEST(stock(short_lived, lot).at(0).on_hand == 6);
}

BOOST_FIXTURE_TEST_CASE(a_private_dose_is_recorded_and_takes_no_stock_of_the_programme, first_day) {
    register_dose c = shot(a, 1);
    c.funding = funding::private_pay;
    const dose_receipt receipt = record(std::move(c));
    told(receipt, {}, claim_state::not_payable);
    BOOST_TEST(receipt.remaining == 100);
    BOOST_CHECK(dose(receipt.seq).source == dose_source::private_stock);
    BOOST_CHECK(dose(receipt.seq).funding == funding::private_pay);
    BOOST_TEST(stock(a).size() == 1u);
    BOOST_TEST(stock(a, lot).at(0).on_hand == 100);
    BOOST_TEST(shown.remaining(season) == 200);
    BOOST_CHECK(check(asking(b, 1)).decision == decision::already_vaccinated);
}

BOOST_FIXTURE_TEST_CASE(the_doses_of_a_schedule_are_all_paid_and_one_more_is_not, first_day) {
    const programme_number series =
        define(open_season("SERIES", date(2016, 10, 1), date(2017, 3, 31), {2, 28}));
    const auto given = [&](std::uint64_t k) {
        register_dose c = shot(a, 1);
        c.key = key(k);
        c.programme = series;
        c.funding = funding::national;
        return record(std::move(c));
    };
    told(given(1), {flag::stock_negative}, claim_state::auto_ok);
    go_to(date(2016, 11, 1));
    told(given(2), {flag::stock_negative}, claim_state::auto_ok);
    go_to(date(2016, 12, 1));
    told(given(3), {flag::already_vaccinated, flag::stock_negative}, claim_state::not_payable);
}

BOOST_FIXTURE_TEST_CASE(a_dose_before_the_interval_is_over_is_for_review, first_day) {
    const programme_number series =
        define(open_season("SERIES", date(2016, 10, 1), date(2017, 3, 31), {2, 28}));
    for (std::uint64_t k = 1; k <= 2; ++k) {
        register_dose c = shot(a, 1);
        c.key = key(k);
        c.programme = series;
        const dose_receipt receipt = record(std::move(c));
        BOOST_TEST(has(receipt.flags, flag::not_yet) == (k == 2));
        BOOST_CHECK(receipt.claim == (k == 2 ? claim_state::review : claim_state::auto_ok));
        go_to(date(2016, 10, 31));  // the 28th day would be the first of November
    }
}

BOOST_AUTO_TEST_SUITE_END()

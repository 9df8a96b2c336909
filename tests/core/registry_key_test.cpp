#include "tests/core/desk.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(registry_key_test)

using namespace doseline::core;
using namespace doseline::test;
using namespace std::chrono_literals;

namespace {

struct one_clinic : desk {
    programme_number season = define(season_2016_17());
    clinic_number a = open_clinic();
    lot_number lot = bring_lot("F1");

    one_clinic() { ship(a, "F1", 10); }
};

}  // namespace

// Whether a known key is a replay or KEY_REUSED is seen by the content in the first one's record.
BOOST_FIXTURE_TEST_CASE(a_known_key_names_its_registration_and_does_nothing, one_clinic) {
    const dose_receipt first = record(shot(a, 1));
    const sequence before = seq();
    const std::size_t audited = audit.size();
    const known_key same = ask<known_key>(command{shot(a, 1)});
    BOOST_TEST(same.seq == first.seq);
    BOOST_CHECK(same.content == dose(first.seq).content);

    register_dose changed = shot(a, 1);
    changed.content = content(99);
    changed.person = person(99);
    const known_key reused = ask<known_key>(command{std::move(changed)});
    BOOST_TEST(reused.seq == first.seq);
    BOOST_CHECK(reused.content != dose(first.seq).content);

    BOOST_TEST(seq() == before);
    BOOST_TEST(audit.size() == audited);
    BOOST_TEST(stock(a, lot).at(0).on_hand == 9);
    BOOST_CHECK(check(asking(a, 99)).decision == decision::eligible);
}

BOOST_FIXTURE_TEST_CASE(a_replay_is_known_whatever_has_changed_since, one_clinic) {
    const dose_receipt first = record(shot(a, 1));
    register_dose later = shot(a, 1);
    later.lot = lot_text{"F1"};
    later.exception = exception_text{"HEADACHE"};
    later.occurred_at = now.recorded_at + 1h;
    go_to(date(2020, 1, 1));
    BOOST_TEST(ask<known_key>(command{std::move(later)}).seq == first.seq);
}

BOOST_FIXTURE_TEST_CASE(a_refusal_does_not_consume_a_key, one_clinic) {
    bring_lot("OLD", date(2016, 10, 3));
    register_dose expired = shot(a, 1);
    expired.lot = lot_text{"OLD"};
    BOOST_CHECK(refused(std::move(expired)).code == errc::lot_expired);
    register_dose ahead = shot(a, 1);
    ahead.occurred_at = now.recorded_at + 1h;
    BOOST_CHECK(refused(std::move(ahead)).code == errc::future_date);
    BOOST_TEST(record(shot(a, 1)).flags == 0u);
}

BOOST_FIXTURE_TEST_CASE(the_record_keeps_all_that_the_first_answer_said, one_clinic) {
    const dose_receipt first = record(shot(a, 1));
    pass(1h);
    record(shot(a, 2));
    const dose_registered& e = dose(first.seq);
    BOOST_TEST(e.remaining == first.remaining);
    BOOST_TEST(e.flags == first.flags);
    BOOST_CHECK(e.claim == first.claim);
    BOOST_CHECK(e.header.recorded_at == first.recorded_at);
    BOOST_TEST(e.clinic == first.clinic);
    BOOST_TEST(e.programme == first.programme);
}

BOOST_AUTO_TEST_SUITE_END()

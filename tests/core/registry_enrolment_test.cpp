#include "tests/core/desk.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(registry_enrolment_test)

using namespace doseline::core;
using namespace doseline::test;
using namespace std::chrono_literals;

namespace {

struct two_clinics : desk {
    programme_number season = define(season_2016_17());
    clinic_number a = open_clinic();
    clinic_number b = open_clinic();

    enroll_device exchange(clinic_number clinic, std::uint64_t code, std::uint32_t device) {
        enroll_device c;
        c.by.clinic = clinic;
        c.by.device = device;
        c.code_id = code;
        c.code_expires = now.recorded_at + 1h;
        return c;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_code_is_exchanged_once, two_clinics) {
    const auto answer = ask<enrolled_answer>(exchange(a, 77, 5));
    BOOST_TEST(answer.clinic == a);
    BOOST_TEST(answer.device == 5u);
    BOOST_CHECK(answer.at == now.recorded_at);
    BOOST_CHECK(audit.back().action == audit_action::enrolled);
    BOOST_TEST(audit.back().subject == seq());
    BOOST_TEST(std::get<device_enrolled>(events.back()).code_id == 77u);

    const sequence before = seq();
    BOOST_CHECK(refused(exchange(a, 77, 6)).code == errc::code_used);
    BOOST_CHECK(refused(exchange(b, 77, 5)).code == errc::code_used);
    BOOST_TEST(seq() == before);
    ask<enrolled_answer>(exchange(a, 78, 6));
}

BOOST_FIXTURE_TEST_CASE(a_code_lives_until_it_expires, two_clinics) {
    enroll_device c = exchange(a, 1, 1);
    c.code_expires = now.recorded_at;
    ask<enrolled_answer>(c);
    c.code_id = 2;
    c.code_expires = now.recorded_at - 1ms;
    BOOST_CHECK(refused(c).code == errc::expired);
}

BOOST_FIXTURE_TEST_CASE(a_code_stays_used_after_a_replay, two_clinics) {
    ask<enrolled_answer>(exchange(a, 77, 5));
    registry again;
    for (std::size_t i = 0; i < events.size(); ++i) {
        again.apply(events[i], i + 1);
    }
    decided into;
    const outcome answer = again.decide(exchange(a, 77, 6), now, seq() + 1, into);
    BOOST_REQUIRE(std::holds_alternative<refusal>(answer));
    BOOST_CHECK(std::get<refusal>(answer).code == errc::code_used);
    BOOST_TEST(into.events.empty());
}

// Who tries one number after another leaves a trace, too.
BOOST_FIXTURE_TEST_CASE(a_view_is_audited_and_granted_to_its_clinic_only, two_clinics) {
    const dose_receipt receipt = record(shot(a, 1));
    view_registration c;
    c.by.clinic = b;
    c.seq = receipt.seq;
    const sequence before = seq();
    BOOST_CHECK(refused(c).code == errc::not_found);
    BOOST_CHECK(audit.back().action == audit_action::viewed);
    BOOST_TEST(audit.back().by.clinic == b);
    BOOST_TEST(audit.back().subject == receipt.seq);
    BOOST_CHECK(audit.back().person == person(1));

    c.by.clinic = a;
    BOOST_TEST(ask<registration_view>(c).registration->seq == receipt.seq);
    BOOST_TEST(audit.back().by.clinic == a);
    BOOST_TEST(seq() == before);

    c.version = 2;
    BOOST_CHECK(refused(c).code == errc::version_conflict);
}

// Each event that names a clinic is linked to the one before, each registration to the person's.
BOOST_FIXTURE_TEST_CASE(events_are_linked_by_clinic_and_by_person, two_clinics) {
    bring_lot("F1");
    ship(a, "F1", 10);
    ask<enrolled_answer>(exchange(b, 1, 1));
    for (std::uint64_t k = 0; k < 6; ++k) {
        register_dose c = shot(k % 2 == 0 ? a : b, k / 3);
        c.key = key(k);
        c.lot = lot_text{k % 2 == 0 ? "F1" : "UNKNOWN"};
        if (k == 4) {
            c.extension = std::make_unique<std::vector<std::byte>>(3);
        }
        record(std::move(c));
    }
    std::vector<sequence> of_clinic(2);
    std::unordered_map<person_key, sequence, keyed_hash_prefix> of_person;
    const auto linked = [&](const auto& e, clinic_number clinic, sequence at) {
        BOOST_TEST(e.header.previous_of_clinic == of_clinic[clinic]);
        of_clinic[clinic] = at;
    };
    for (sequence at = 1; at <= seq(); ++at) {
        const event& e = events[at - 1];
        if (const auto* registered = std::get_if<clinic_registered>(&e)) {
            linked(*registered, registered->number, at);
        } else if (const auto* moved = std::get_if<stock_moved>(&e)) {
            linked(*moved, moved->clinic, at);
        } else if (const auto* enrolled = std::get_if<device_enrolled>(&e)) {
            linked(*enrolled, enrolled->clinic, at);
        } else if (const auto* extension = std::get_if<extension_attached>(&e)) {
            linked(*extension, extension->clinic, at);
        } else if (const auto* given = std::get_if<dose_registered>(&e)) {
            linked(*given, given->clinic, at);
            BOOST_TEST(given->previous_of_person == of_person[given->person]);
            of_person[given->person] = at;
        }
    }
    BOOST_TEST(state.clinics()[a].last_event == of_clinic[a]);
    BOOST_TEST(state.clinics()[b].last_event == of_clinic[b]);
}

BOOST_AUTO_TEST_SUITE_END()

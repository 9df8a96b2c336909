// Decisions on claims as bytes, and to the proof's own fold.
#include "storage/fold.hpp"
#include "tests/core/seasons.hpp"
#include "tests/storage/event_bytes.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <tuple>
#include <vector>

BOOST_AUTO_TEST_SUITE(claim_event)

using namespace doseline;
using namespace std::chrono_literals;
using test::bytes_of;

namespace {

core::claim_decided some_decision() {
    core::claim_decided e;
    e.header = {core::instant{123'456ms}, 99};
    e.change = {7, 9, 0x1122334455667788, 12, 13, {}, 3, 5, {}, {}};
    e.change.person.fill(std::byte{0xab});
    e.change.claim_before = core::claim_state::not_payable;
    e.change.claim = core::claim_state::exception_ok;
    e.device = 0x01020304;
    e.user = core::user_code("NURSE-7");
    e.decision = core::claim_decision::accepted;
    e.reason = core::claim_reason::could_not_know;
    return e;
}

bool refused_with(std::size_t at, unsigned value) {
    auto bytes = bytes_of(some_decision());
    bytes.at(at) = std::byte(value);
    return !storage::decode_event(bytes).has_value();
}

// One season of so many doses, one clinic; the person's doses are registered as they are.
struct folded {
    explicit folded(std::uint8_t schedule_doses) {
        auto season = test::open_season("S", test::date(2016, 10, 4), test::date(2016, 11, 30),
                                        {schedule_doses, 0});
        take(core::programme_defined{
            {}, 0, std::make_shared<const core::programme>(std::move(season))});
        take(core::clinic_registered{});
    }
    core::sequence take(const core::event& e) {
        fold.take(++seq, e);
        return seq;
    }
    core::sequence dose(core::claim_state claim) {
        core::dose_registered e;
        e.claim = claim;
        return take(e);
    }
    void decide(core::sequence registration, core::claim_state before, core::claim_state after) {
        core::claim_decided e;
        e.change.registration = registration;
        e.change.claim_before = before;
        e.change.claim = after;
        take(e);
    }
    std::uint64_t not_payable() const { return fold.doses(0, 0).not_payable; }

    storage::fold fold;
    core::sequence seq = 0;
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_decision_reads_back_as_it_was_written) {
    const core::claim_decided e = some_decision();
    const auto bytes = bytes_of(e);
    BOOST_TEST(bytes.size() == 96u);
    BOOST_TEST(std::to_integer<int>(bytes[0]) == 19);
    BOOST_TEST(std::to_integer<int>(bytes[24]) == 9);  // who acted
    BOOST_TEST(std::to_integer<int>(bytes[74]) == 4);  // the device, little-endian
    BOOST_TEST(std::to_integer<char>(bytes[78]) == 'N');
    BOOST_TEST(std::to_integer<int>(bytes[94]) == 0);  // accepted
    BOOST_TEST(std::to_integer<int>(bytes[95]) == 2);  // could not know
    const auto read = storage::decode_event(bytes);
    BOOST_REQUIRE(read.has_value());
    const auto& back = std::get<core::claim_decided>(*read);
    const auto fields = [](const core::claim_decided& of) {
        const core::amendment& c = of.change;
        return std::tuple(of.header.recorded_at, of.header.previous_of_clinic, c.clinic, c.acting,
                          c.registration, c.previous_of_registration, c.previous_of_person,
                          c.person, c.programme, c.version, c.claim_before, c.claim, of.device,
                          of.user, of.decision, of.reason);
    };
    BOOST_CHECK(fields(back) == fields(e));
}

BOOST_AUTO_TEST_CASE(a_payment_has_nobody_who_acted_and_no_reason) {
    core::claim_decided e = some_decision();
    e.change.acting = core::no_clinic;
    e.decision = core::claim_decision::paid;
    e.reason = core::claim_reason::none;
    const auto read = storage::decode_event(bytes_of(e));
    BOOST_REQUIRE(read.has_value());
    const auto& back = std::get<core::claim_decided>(*read);
    BOOST_TEST(back.change.acting == core::no_clinic);
    BOOST_CHECK(back.decision == core::claim_decision::paid);
    BOOST_CHECK(back.reason == core::claim_reason::none);
}

BOOST_AUTO_TEST_CASE(what_no_decision_can_be_is_malformed) {
    const auto good = bytes_of(some_decision());
    BOOST_TEST(storage::decode_event(good).has_value());
    BOOST_TEST(refused_with(1, 2));  // an old version
    BOOST_TEST(refused_with(2, 1));  // flags, of which a decision has none
    BOOST_TEST(refused_with(68, core::limits::programmes_max));
    BOOST_TEST(refused_with(72, 5));  // claims
    BOOST_TEST(refused_with(73, 5));
    BOOST_TEST(refused_with(94, 4));  // a decision
    BOOST_TEST(refused_with(95, 7));  // a reason
    BOOST_TEST(refused_with(95, 0));  // none, which is a payment's
    BOOST_TEST(refused_with(94, 3));  // a payment with one
    auto other_size = good;
    other_size.push_back({});
    BOOST_TEST(!storage::decode_event(other_size).has_value());
    other_size.resize(good.size() - 1);
    BOOST_TEST(!storage::decode_event(other_size).has_value());
}

BOOST_AUTO_TEST_CASE(a_decision_is_an_audit_action_of_its_own) {
    core::audit_record a;
    a.action = core::audit_action::decided;
    a.by.clinic = core::no_clinic;
    a.subject = 77;
    storage::record_batch batch;
    storage::encode(a, batch);
    BOOST_TEST(std::to_integer<int>(batch[0][0]) == 13);
    const auto read = storage::decode_audit(batch[0]);
    BOOST_REQUIRE(read.has_value());
    BOOST_CHECK(read->action == core::audit_action::decided);
    BOOST_TEST(read->by.clinic == core::no_clinic);
    std::vector<std::byte> bytes(batch[0].begin(), batch[0].end());
    bytes[0] = std::byte{18};
    BOOST_TEST(!storage::decode_audit(bytes).has_value());
}

BOOST_AUTO_TEST_CASE(an_operators_act_stands_in_a_record_of_acts_alone) {
    core::audit_record a;
    a.action = core::audit_action::operated;
    a.act = core::operator_act::backup;
    storage::record_batch batch;
    storage::encode(a, batch);
    const auto read = storage::decode_audit(batch[0]);
    BOOST_REQUIRE(read.has_value());
    BOOST_CHECK(read->action == core::audit_action::operated);
    BOOST_CHECK(read->act == core::operator_act::backup);
    const auto is_refused = [&](std::uint8_t action, std::uint8_t act) {
        std::vector<std::byte> bytes(batch[0].begin(), batch[0].end());
        bytes[0] = std::byte{action};
        bytes[3] = std::byte{act};
        return !storage::decode_audit(bytes).has_value();
    };
    BOOST_TEST(!is_refused(17, 11));
    BOOST_TEST(!is_refused(17, 1));
    BOOST_TEST(is_refused(17, 0));   // none
    BOOST_TEST(is_refused(17, 12));  // there is no such act
    BOOST_TEST(is_refused(16, 1));
    BOOST_TEST(!is_refused(16, 0));
}

BOOST_AUTO_TEST_CASE(the_fold_counts_what_is_payable_by_decisions) {
    using enum core::claim_state;
    folded f(1);
    const auto first = f.dose(review);
    const auto second = f.dose(not_payable);
    BOOST_TEST(f.not_payable() == 1u);
    f.decide(first, review, not_payable);
    BOOST_TEST(f.not_payable() == 2u);
    f.decide(second, not_payable, exception_ok);
    f.decide(second, exception_ok, paid);
    BOOST_TEST(f.not_payable() == 1u);
    BOOST_TEST(f.fold.overpaid() == 0u);
    BOOST_TEST(f.fold.registrations() == 2u);
    BOOST_TEST(f.fold.clinics()[0].last_event == f.seq);
}

// What the rules of core/claim.hpp never decide, and a forged ledger could say.
BOOST_AUTO_TEST_CASE(the_fold_finds_a_decision_that_pays_one_dose_too_many) {
    using enum core::claim_state;
    folded f(2);
    f.dose(auto_ok);
    const auto second = f.dose(not_payable);
    const auto third = f.dose(not_payable);
    f.decide(second, not_payable, exception_ok);
    BOOST_TEST(f.fold.overpaid() == 0u);
    f.decide(third, not_payable, exception_ok);
    BOOST_TEST(f.fold.overpaid() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

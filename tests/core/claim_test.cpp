#include "core/claim.hpp"

#include "core/event.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <map>
#include <set>
#include <string_view>
#include <utility>

BOOST_AUTO_TEST_SUITE(claim)

using namespace doseline::core;
using enum claim_state;

namespace {

constexpr std::array states{auto_ok, review, not_payable, exception_ok, paid};
constexpr std::array decisions{claim_decision::accepted, claim_decision::rejected,
                               claim_decision::reopened, claim_decision::paid};
constexpr std::array reasons{claim_reason::none,           claim_reason::evidence_seen,
                             claim_reason::could_not_know, claim_reason::evidence_missing,
                             claim_reason::not_covered,    claim_reason::mistaken,
                             claim_reason::other};

// What the rules say, and where people have taken it.
claim_facts claim_of(claim_state rules, claim_state now) {
    claim_facts f;
    f.ruling.claim = rules;
    f.claim = now;
    return f;
}

void is(const result<claim_state>& got, claim_state expected) {
    BOOST_REQUIRE(got.has_value());
    BOOST_TEST(name_of(*got) == name_of(expected));
}

void is_refused(const result<claim_state>& got, errc why) {
    BOOST_REQUIRE(got.has_error());
    BOOST_CHECK(got.error() == why);
}

}  // namespace

// Of all pairs there are, those that are not named are refused.
BOOST_AUTO_TEST_CASE(each_decision_on_each_claim_is_allowed_or_refused) {
    const std::map<std::pair<claim_state, claim_decision>, claim_state> allowed{
        {{review, claim_decision::accepted}, exception_ok},
        {{not_payable, claim_decision::accepted}, exception_ok},
        {{review, claim_decision::rejected}, not_payable},
        {{exception_ok, claim_decision::rejected}, not_payable},
        {{not_payable, claim_decision::reopened}, review},  // back to what the rules say
        {{exception_ok, claim_decision::reopened}, review},
        {{auto_ok, claim_decision::reopened}, review},
        {{auto_ok, claim_decision::paid}, paid},
        {{exception_ok, claim_decision::paid}, paid},
    };
    for (const claim_state now : states) {
        for (const claim_decision d : decisions) {
            BOOST_TEST_CONTEXT(name_of(now) << " " << name_of(d)) {
                const auto got = after_decision(claim_of(review, now), d, claim_reason::other);
                const auto way = allowed.find({now, d});
                way == allowed.end() ? is_refused(got, errc::claim_state) : is(got, way->second);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(nothing_is_taken_back_where_nobody_decided) {
    for (const claim_state rules : {auto_ok, review, not_payable}) {
        is_refused(after_decision(claim_of(rules, rules), claim_decision::reopened,
                                  claim_reason::mistaken),
                   errc::claim_state);
    }
    is(after_decision(claim_of(not_payable, exception_ok), claim_decision::reopened,
                      claim_reason::mistaken),
       not_payable);
}

BOOST_AUTO_TEST_CASE(a_duplicate_is_accepted_where_nobody_could_know_and_there_is_room) {
    claim_facts f = claim_of(not_payable, not_payable);
    f.duplicate = true;
    is_refused(after_decision(f, claim_decision::accepted, claim_reason::other),
               errc::claim_duplicate);
    is_refused(after_decision(f, claim_decision::accepted, claim_reason::evidence_seen),
               errc::claim_duplicate);
    is(after_decision(f, claim_decision::accepted, claim_reason::could_not_know), exception_ok);
    f.payable_others = 1;
    is_refused(after_decision(f, claim_decision::accepted, claim_reason::could_not_know),
               errc::schedule_full);
    f.schedule_doses = 2;
    is(after_decision(f, claim_decision::accepted, claim_reason::could_not_know), exception_ok);
}

// Whatever makes a dose payable that was not; what is payable already takes nobody's place.
BOOST_AUTO_TEST_CASE(no_decision_pays_more_doses_than_the_schedule_gives) {
    for (const claim_state rules : {auto_ok, review, not_payable}) {
        for (const claim_state now : states) {
            for (const claim_decision d : decisions) {
                claim_facts f = claim_of(rules, now);
                const auto alone = after_decision(f, d, claim_reason::could_not_know);
                f.payable_others = 1;
                const auto beside = after_decision(f, d, claim_reason::could_not_know);
                const bool one_more = alone && !payable(now) && payable(*alone);
                BOOST_TEST_CONTEXT(name_of(now) << " " << name_of(d)) {
                    if (one_more) {
                        is_refused(beside, errc::schedule_full);
                    } else {
                        BOOST_CHECK(beside == alone);
                    }
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(what_its_patient_paid_for_is_not_claimed) {
    claim_facts f = claim_of(not_payable, not_payable);
    f.ruling.own_expense = true;
    is_refused(after_decision(f, claim_decision::accepted, claim_reason::other),
               errc::claim_private);
}

BOOST_AUTO_TEST_CASE(each_decision_has_reasons_of_its_own) {
    using enum claim_reason;
    const std::map<claim_decision, std::set<claim_reason>> expected{
        {claim_decision::accepted, {evidence_seen, could_not_know, other}},
        {claim_decision::rejected, {evidence_missing, not_covered, other}},
        {claim_decision::reopened, {mistaken, other}},
        {claim_decision::paid, {none}}};
    for (const claim_decision d : decisions) {
        for (const claim_reason r : reasons) {
            BOOST_TEST(is_reason_for(r, d) == expected.at(d).contains(r), name_of(d)
                                                                              << " " << name_of(r));
        }
    }
}

BOOST_AUTO_TEST_CASE(judged_again_a_decision_stands_while_the_rules_say_the_same) {
    const claim_ruling before{review, bit(flag::not_yet), false};
    for (const claim_state now : {review, not_payable, exception_ok, paid}) {
        BOOST_TEST(name_of(after_judgement(now, before, before)) == name_of(now));
    }
    for (const claim_ruling& other :
         {claim_ruling{auto_ok, 0, false}, claim_ruling{review, bit(flag::closed_here), false},
          claim_ruling{not_payable, bit(flag::not_yet), true}}) {
        for (const claim_state now : {review, not_payable, exception_ok}) {
            BOOST_TEST(name_of(after_judgement(now, before, other)) == name_of(other.claim));
        }
        BOOST_TEST(name_of(after_judgement(paid, before, other)) == "PAID");
    }
}

BOOST_AUTO_TEST_CASE(a_ruling_leaves_out_what_bears_on_no_payment) {
    dose_registered dose;
    dose.claim = exception_ok;  // by people: not the rules'
    dose.claim_alone = review;
    dose.flags = bit(flag::late) | bit(flag::lot_unknown) | bit(flag::stock_negative) |
                 bit(flag::lot_expired);
    BOOST_CHECK((ruling_of(dose) == claim_ruling{review, bit(flag::lot_expired), false}));
    dose.flags = bit(flag::already_vaccinated);
    dose.source = dose_source::private_stock;
    BOOST_CHECK(
        (ruling_of(dose) == claim_ruling{not_payable, bit(flag::already_vaccinated), true}));
}

BOOST_AUTO_TEST_CASE(names_are_read_back) {
    for (const claim_state c : states) {
        BOOST_CHECK(claim_state_named(name_of(c)) == c);
    }
    for (const claim_decision d : decisions) {
        BOOST_CHECK(claim_decision_named(name_of(d)) == d);
    }
    for (const claim_reason r : reasons) {
        BOOST_CHECK(claim_reason_named(name_of(r)) == r);
    }
    for (const std::string_view other : {"auto_ok", "ACCEPT", "Other"}) {
        BOOST_CHECK(!claim_state_named(other));
        BOOST_CHECK(!claim_decision_named(other));
        BOOST_CHECK(!claim_reason_named(other));
    }
}

BOOST_AUTO_TEST_SUITE_END()

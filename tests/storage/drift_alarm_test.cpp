#include "storage/proof_round.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(drift_alarm)

using namespace doseline;
using storage::proof_round;

namespace {

proof_round finished(core::sequence seq, std::uint64_t drift, const std::string& place = "",
                     const std::string& figures = "") {
    proof_round r;
    r.answer.seq = seq;
    if (drift != 0) {
        r.differs(drift, place, figures);
    }
    return r;
}

}  // namespace

BOOST_AUTO_TEST_CASE(nothing_is_said_of_rounds_without_a_drift) {
    storage::drift_alarm alarm;
    BOOST_TEST(alarm.since_last(finished(1, 0)) == "");
    BOOST_TEST(alarm.since_last(finished(2, 0)) == "");
}

BOOST_AUTO_TEST_CASE(a_drift_is_told_once_whatever_its_figures_do) {
    storage::drift_alarm alarm;
    BOOST_TEST(
        alarm.since_last(finished(7, 2, "account: clinic 1", "3 served, the ledger has 5")) ==
        "2 at record 7; account: clinic 1: 3 served, the ledger has 5");
    BOOST_TEST(
        alarm.since_last(finished(9, 2, "account: clinic 1", "1 served, the ledger has 3")) == "");
}

BOOST_AUTO_TEST_CASE(more_of_it_another_place_and_its_end_are_told) {
    storage::drift_alarm alarm;
    alarm.since_last(finished(1, 2, "account: clinic 1", "a"));
    BOOST_TEST(alarm.since_last(finished(2, 3, "account: clinic 1", "b")) ==
               "3 at record 2; account: clinic 1: b");
    BOOST_TEST(alarm.since_last(finished(3, 3, "account: clinic 2", "c")) ==
               "3 at record 3; account: clinic 2: c");
    BOOST_TEST(alarm.since_last(finished(4, 0)) == "none any more at record 4");
    BOOST_TEST(alarm.since_last(finished(5, 0)) == "");
}

BOOST_AUTO_TEST_CASE(of_very_many_findings_the_first_ones_are_told) {
    proof_round r;
    for (int n = 0; n < 50; ++n) {
        r.differs(1, "lot: " + std::to_string(n), "x");
    }
    BOOST_TEST(r.answer.drift == 50u);
    BOOST_TEST(r.answer.findings.size() == 20u);
    BOOST_TEST(r.places.size() == 20u);
}

BOOST_AUTO_TEST_SUITE_END()

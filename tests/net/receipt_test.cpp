#include "net/receipt.hpp"

#include "net/registration_id.hpp"
#include "tests/support/known_ring.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>

BOOST_AUTO_TEST_SUITE(receipt)

using namespace doseline;
using namespace std::chrono_literals;

namespace {

constexpr core::instant at{1'475'539'200'123ms};

struct fixture {
    test::temporary_directory dir;
    storage::key_ring ring = test::open_known_ring(dir.path());
    net::receipts receipts{ring};

    std::string number(core::sequence seq) {
        return std::string(receipts.receipt_number(seq, at).view());
    }
};

}  // namespace

// Computed by a program of another language, from the layout in the source alone.
BOOST_FIXTURE_TEST_CASE(a_receipt_is_what_another_implementation_writes, fixture) {
    BOOST_TEST(number(572) == "5724-DYJG16");
}

BOOST_FIXTURE_TEST_CASE(a_registration_always_has_the_same_receipt, fixture) {
    const std::string first = number(1);
    BOOST_TEST(number(2) != first);
    BOOST_TEST(number(1) == first);
}

BOOST_FIXTURE_TEST_CASE(a_receipt_begins_with_the_registrations_id, fixture) {
    for (const core::sequence seq : {core::sequence{12'345}, ~core::sequence{0} / 10}) {
        BOOST_TEST(number(seq).starts_with(net::registration_id(seq) + '-'));
        BOOST_TEST(number(seq).size() == net::registration_id(seq).size() + 7);
    }
}

BOOST_FIXTURE_TEST_CASE(number_time_and_registry_each_change_the_proof, fixture) {
    test::temporary_directory other;
    const auto ring_of_other = storage::key_ring::create(other.path(), 1, 2026);
    net::receipts receipts_of_other(ring_of_other);
    const auto proof = [](const net::receipt_text& receipt) {
        return std::string(receipt.view().substr(receipt.view().find('-') + 1));
    };
    const std::set<std::string> seen{proof(receipts.receipt_number(572, at)),
                                     proof(receipts.receipt_number(573, at)),
                                     proof(receipts.receipt_number(572, at + 1ms)),
                                     proof(receipts_of_other.receipt_number(572, at))};
    BOOST_TEST(seen.size() == 4u);
}

BOOST_AUTO_TEST_SUITE_END()

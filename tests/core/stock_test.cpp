#include "core/stock.hpp"

#include <boost/test/unit_test.hpp>

#include <rapidcheck.h>

#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(stock_test)

using namespace doseline::core;

namespace {

void goes(const posting& p, place from, place to, std::int32_t quantity) {
    BOOST_CHECK(p.from == from);
    BOOST_CHECK(p.to == to);
    BOOST_TEST(p.quantity == quantity);
}

dose_registered dose_from(dose_source source) {
    dose_registered e;
    e.source = source;
    return e;
}

}  // namespace

BOOST_AUTO_TEST_CASE(each_event_moves_doses_from_one_place_to_the_next) {
    stock_moved moved;
    moved.quantity = 40;
    goes(posting_of(moved), place::nation, place::in_transit, 40);
    moved.kind = movement::received;
    goes(posting_of(moved), place::in_transit, place::on_hand, 40);
    goes(posting_of(dose_from(dose_source::on_hand)), place::on_hand, place::person, 1);
    goes(posting_of(dose_from(dose_source::suspense)), place::suspense, place::person, 1);
    goes(posting_of(dose_from(dose_source::private_stock)), place::private_stock, place::person, 1);
}

BOOST_AUTO_TEST_CASE(what_leaves_one_place_arrives_at_another) {
    const bool holds = rc::check("balances sum to zero after any postings", [] {
        const auto draws = *rc::gen::arbitrary<std::vector<std::pair<unsigned, std::int32_t>>>();
        balances b;
        for (const auto& [draw, quantity] : draws) {
            const auto from = static_cast<place>(draw % places);
            const auto to = static_cast<place>(draw / places % places);
            const std::int64_t had = b[to];
            b.post({from, to, quantity});
            RC_ASSERT(b.sum() == 0);
            RC_ASSERT(b[to] == had + (from == to ? 0 : quantity));
        }
    });
    BOOST_TEST(holds);
}

BOOST_AUTO_TEST_SUITE_END()

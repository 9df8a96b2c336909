#include "net/descriptor_plan.hpp"

#include "core/limits.hpp"

#include <boost/test/unit_test.hpp>

#include <rapidcheck.h>

#include <cmath>
#include <random>
#include <vector>

BOOST_AUTO_TEST_SUITE(descriptor_plan)

using namespace doseline;
using net::descriptor_wish;
using net::plan_descriptors;

namespace {

constexpr std::size_t limit = 20'000;

// What one table holds beside the connections of clinics, with that many reactors.
constexpr std::size_t own(std::size_t reactors) {
    return 7 * (reactors + 1) + core::limits::descriptors_reserved +
           core::limits::operator_connections_max;
}

}  // namespace

BOOST_AUTO_TEST_CASE(one_table_serves_as_long_as_it_is_enough) {
    const auto p = plan_descriptors(limit, true, {2, 18'000});
    BOOST_TEST(!p.private_tables);
    BOOST_TEST(p.reactors == 2u);
    BOOST_TEST(p.connections_max == 18'000u);
    BOOST_TEST(p.reactor_connections_max == 18'000u);
}

BOOST_AUTO_TEST_CASE(the_last_connection_of_one_table_and_one_more) {
    const std::size_t most = limit - own(2);
    BOOST_TEST(!plan_descriptors(limit, true, {2, most}).private_tables);
    const auto p = plan_descriptors(limit, true, {2, most + 1});
    BOOST_TEST(p.private_tables);
    BOOST_TEST(p.reactors == 2u);
    BOOST_TEST(p.connections_max == most + 1);
    BOOST_TEST(p.reactor_connections_max == most);
}

BOOST_AUTO_TEST_CASE(more_reactors_are_made_where_connections_need_them) {
    const auto p = plan_descriptors(limit, true, {2, 300'000});
    BOOST_TEST(p.private_tables);
    BOOST_TEST(p.reactors == 16u);
    BOOST_TEST(p.connections_max == 300'000u);
    BOOST_TEST(p.reactor_connections_max == limit - own(16));
}

BOOST_AUTO_TEST_CASE(more_reactors_than_needed_are_made_where_asked_for) {
    BOOST_TEST(plan_descriptors(limit, true, {32, 300'000}).reactors == 32u);
}

BOOST_AUTO_TEST_CASE(where_tables_stay_shared_the_number_is_lowered) {
    const descriptor_wish wish{2, 28'000};
    const auto p = plan_descriptors(limit, false, wish);
    BOOST_TEST(!p.private_tables);
    BOOST_TEST(p.reactors == 2u);
    BOOST_TEST(p.connections_max == limit - own(2));
    const std::string said = net::explain(p, wish, limit, "Operation not permitted");
    BOOST_TEST(said.find("28000") != std::string::npos);
    BOOST_TEST(said.find("Operation not permitted") != std::string::npos);
    BOOST_TEST(said.find("ulimit -Hn") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(where_even_the_most_tables_are_too_few_the_number_is_lowered) {
    constexpr std::size_t low = 1'024;
    const descriptor_wish wish{2, core::limits::connections_max};
    const auto p = plan_descriptors(low, true, wish);
    BOOST_TEST(p.private_tables);
    BOOST_TEST(p.reactors <= core::limits::reactors_max);
    BOOST_TEST(p.connections_max < wish.connections_max);
    BOOST_TEST(net::explain(p, wish, low, "").find(std::to_string(p.connections_max)) !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_limit_that_leaves_room_for_one_connection_and_one_that_does_not) {
    BOOST_TEST(plan_descriptors(own(1) + 1, false, {1, 1}).connections_max == 1u);
    BOOST_CHECK_THROW(plan_descriptors(own(1), true, {1, 1}), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(what_was_asked_for_needs_no_words) {
    const descriptor_wish wish{2, 100};
    BOOST_TEST(net::explain(plan_descriptors(limit, true, wish), wish, limit, "") == "");
}

// The kernel's hash is as good as chance: no table may run full while the whole number is not
// reached.
BOOST_AUTO_TEST_CASE(chance_leaves_room_in_every_table) {
    const bool holds = rc::check("any number on any reactors", [] {
        const auto connections = *rc::gen::inRange<std::size_t>(20'000, 300'000);
        const auto p = plan_descriptors(limit, true, {2, connections});
        std::mt19937_64 random(*rc::gen::arbitrary<std::uint64_t>());
        std::uniform_int_distribution<std::size_t> reactor(0, p.reactors - 1);
        std::vector<std::size_t> in(p.reactors);
        for (std::size_t n = 0; n < p.connections_max; ++n) {
            ++in[reactor(random)];
        }
        for (const std::size_t n : in) {
            RC_ASSERT(n <= p.reactor_connections_max);
        }
    });
    BOOST_TEST(holds);
}

BOOST_AUTO_TEST_SUITE_END()

#include "core/person_table.hpp"

#include "core/key_table.hpp"
#include "tests/core/desk.hpp"

#include <boost/test/unit_test.hpp>

#include <rapidcheck.h>

#include <map>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(person_table_test)

using namespace doseline::core;
using doseline::test::key;
using doseline::test::person;

BOOST_AUTO_TEST_CASE(a_person_is_made_once_in_each_programme) {
    person_table table;
    BOOST_CHECK(table.find(person(1), 0) == nullptr);
    table.at(person(1), 0).doses = 3;
    table.at(person(1), 7).doses = 5;
    BOOST_TEST(table.size() == 2u);
    BOOST_TEST(table.at(person(1), 0).doses == 3u);
    BOOST_TEST(table.size() == 2u);
    BOOST_REQUIRE(table.find(person(1), 7) != nullptr);
    BOOST_TEST(table.find(person(1), 7)->doses == 5u);
    BOOST_TEST(table.find(person(1), 7)->programme == 7u);
    BOOST_CHECK(table.find(person(1), 7)->person == person(1));
    BOOST_CHECK(table.find(person(1), 1) == nullptr);
    BOOST_CHECK(table.find(person(2), 0) == nullptr);
}

BOOST_AUTO_TEST_CASE(it_is_a_map_of_persons_in_programmes) {
    const bool holds = rc::check("records are those of a std::map", [] {
        person_table table;
        std::map<std::pair<person_key, programme_number>, sequence> map;
        const auto draws = *rc::gen::scale(
            20.0, rc::gen::container<std::vector<std::pair<int, int>>>(
                      rc::gen::pair(rc::gen::inRange(0, 800), rc::gen::inRange(0, 16))));
        sequence seq = 0;
        for (const auto& [n, p] : draws) {
            const auto programme = static_cast<programme_number>(p);
            const person_key who = person(static_cast<std::uint64_t>(n));
            table.at(who, programme).last_event = ++seq;
            map[{who, programme}] = seq;
        }
        RC_ASSERT(table.size() == map.size());
        for (const auto& [who, last] : map) {
            const person_record* found = table.find(who.first, who.second);
            RC_ASSERT(found != nullptr);
            RC_ASSERT(found->last_event == last);
            RC_ASSERT(table.find(person_hash(who.first, who.second)) == found);
        }
        RC_ASSERT(table.find(person(900), 0) == nullptr);
        RC_ASSERT(table.find(person_hash(person(900), 0)) == nullptr);
    });
    BOOST_TEST(holds);
}

// A record may be held on to while others are added: the proof and the registry do.
BOOST_AUTO_TEST_CASE(a_person_costs_64_bytes_at_most_and_stays_where_it_is) {
    person_table table;
    const person_record* first = &table.at(person(0), 0);
    for (std::uint64_t n = 1; n < 200'000; ++n) {
        table.at(person(n), 0).last_event = n;
    }
    BOOST_TEST(table.memory_bytes() <= 64 * table.size());
    BOOST_CHECK(table.find(person(0), 0) == first);
    bool all = true;
    for (std::uint64_t n = 1; n < 200'000; ++n) {
        all = all && table.find(person(n), 0)->last_event == n;
    }
    BOOST_TEST(all);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(key_table_test)

using namespace doseline::core;
using doseline::test::key;

BOOST_AUTO_TEST_CASE(a_key_names_its_registration) {
    key_table table;
    BOOST_TEST(table.find(key(1)) == 0u);
    table.insert(key(1), 77);
    BOOST_TEST(table.find(key(1)) == 77u);
    BOOST_TEST(table.find(key(2)) == 0u);
    key_hash near = key(1);
    near[15] ^= std::byte{1};  // the first eight bytes are the same
    BOOST_TEST(table.find(near) == 0u);
    table.insert(near, 78);
    BOOST_TEST(table.find(near) == 78u);
    BOOST_TEST(table.find(key(1)) == 77u);
}

BOOST_AUTO_TEST_CASE(sequence_numbers_have_48_bits) {
    key_table table;
    const std::vector<sequence> edges{1, 0xff, 0x100, 0xffff'ffff, 0x1'0000'0000, (1ull << 48) - 1};
    for (std::size_t i = 0; i < edges.size(); ++i) {
        table.insert(key(i), edges[i]);
        BOOST_TEST(table.find(key(i)) == edges[i]);
    }
}

BOOST_AUTO_TEST_CASE(it_is_a_map_of_keys_and_a_key_costs_32_bytes_at_most) {
    key_table table;
    std::unordered_map<key_hash, sequence, keyed_hash_prefix> map;
    for (std::uint64_t n = 0; n < 200'000; ++n) {
        table.insert(key(n), n * 3 + 1);
        map[key(n)] = n * 3 + 1;
    }
    BOOST_TEST(table.size() == map.size());
    BOOST_TEST(table.memory_bytes() <= 32 * table.size());
    bool all = true;
    for (const auto& [hash, seq] : map) {
        all = all && table.find(hash) == seq;
    }
    BOOST_TEST(all);
    for (std::uint64_t n = 200'000; n < 201'000; ++n) {
        all = all && table.find(key(n)) == 0;
    }
    BOOST_TEST(all);
}

BOOST_AUTO_TEST_SUITE_END()

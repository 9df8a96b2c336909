#include "loadtest/synthetic_person.hpp"

#include "core/national_id.hpp"
#include "loadtest/random.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <set>
#include <string>

BOOST_AUTO_TEST_SUITE(synthetic_person)

using namespace doseline::loadtest;
using doseline::core::national_id;

namespace {

constexpr std::uint64_t seed = 99;

std::string digits_of(std::uint64_t person) {
    const auto digits = synthetic_national_id(person);
    return {digits.begin(), digits.end()};
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_number_is_valid_and_of_a_birth_between_1800_and_1869) {
    BOOST_TEST_MESSAGE("seed " << seed);
    random_source random(seed);
    for (int i = 0; i < 100'000; ++i) {
        const std::uint64_t person = random.next() % synthetic_people;
        const auto id = national_id::parse(digits_of(person));
        BOOST_REQUIRE(id.has_value());
        BOOST_REQUIRE(id->checksum_matches());
        const std::chrono::year_month_day birth{id->birth()};
        BOOST_REQUIRE(birth.year() >= std::chrono::year{1800});
        BOOST_REQUIRE(birth.year() <= std::chrono::year{1869});
    }
}

BOOST_AUTO_TEST_CASE(the_first_and_the_last_person_are_at_the_ends) {
    BOOST_TEST(digits_of(0).substr(0, 12) == "000101900000");
    BOOST_TEST(digits_of(synthetic_people - 1).substr(0, 12) == "691231099999");
    BOOST_TEST(national_id::parse(digits_of(synthetic_people - 1))->checksum_matches());
}

BOOST_AUTO_TEST_CASE(another_person_has_other_digits) {
    std::set<std::string> seen;
    for (std::uint64_t n = 0; n < 200'000; ++n) {
        BOOST_REQUIRE(seen.insert(digits_of(synthetic_person_at(seed, n))).second);
    }
}

BOOST_AUTO_TEST_CASE(steps_meet_everybody_once_before_anybody_twice) {
    BOOST_TEST(synthetic_person_at(seed, 0) == synthetic_person_at(seed, synthetic_people));
    BOOST_TEST(synthetic_person_at(seed, 0) != synthetic_person_at(seed, synthetic_people / 2));
    for (const std::uint64_t n : {std::uint64_t{0}, synthetic_people - 1, ~std::uint64_t{0}}) {
        BOOST_TEST(synthetic_person_at(seed, n) < synthetic_people);
    }
}

BOOST_AUTO_TEST_CASE(keys_are_uuids_of_version_4_that_repeat_only_with_seed_and_number) {
    std::set<std::string> seen;
    for (std::uint64_t n = 0; n < 50'000; ++n) {
        const std::string key = idempotency_key(seed, n);
        BOOST_REQUIRE(key.size() == 36u);
        for (std::size_t i = 0; i < key.size(); ++i) {
            const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
            BOOST_REQUIRE(hyphen
                              ? key[i] == '-'
                              : std::string("0123456789abcdef").find(key[i]) != std::string::npos);
        }
        BOOST_REQUIRE(key[14] == '4');
        BOOST_REQUIRE(std::string("89ab").find(key[19]) != std::string::npos);
        BOOST_REQUIRE(seen.insert(key).second);
    }
    BOOST_TEST(idempotency_key(seed, 5) == idempotency_key(seed, 5));
    BOOST_TEST(idempotency_key(seed, 5) != idempotency_key(seed + 1, 5));
}

BOOST_AUTO_TEST_SUITE_END()

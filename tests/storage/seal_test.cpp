#include "storage/seal.hpp"

#include "tests/support/hex.hpp"
#include "tests/support/known_ring.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(seal)

using namespace doseline;
using storage::sealer;

namespace {

constexpr std::uint32_t clinic = 12'345'678;
constexpr std::uint64_t number = 9'001'019'123'456;
constexpr std::uint64_t number_max = 9'999'999'999'999;

core::key_hash counting_from(unsigned first) {
    core::key_hash made;
    std::ranges::generate(made, [&first] { return static_cast<std::byte>(first++); });
    return made;
}

struct fixture {
    test::temporary_directory dir;
    storage::key_ring ring = test::open_known_ring(dir.path());
    sealer one{ring, 0x01020304, 0x0506};
    core::key_hash key = counting_from(0x10);

    boost::system::error_code refusal(const core::sealed_person& sealed) {
        return one.open_person(sealed, 3, clinic, key).error();
    }
};

std::vector<std::byte> bytes_of(std::string_view text) {
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
}

}  // namespace

// The expected bytes of this and the next two cases come from an implementation of SP 800-38D and
// RFC 2104 that shares no code with OpenSSL.
BOOST_FIXTURE_TEST_CASE(hashes_are_what_another_implementation_computes, fixture) {
    BOOST_TEST(test::hex(one.person_key("9001019123456")) == "503e725124d25a19e0afc3ec2b21aa57");
    BOOST_TEST(test::hex(one.key_hash(clinic, counting_from(0))) ==
               "24b47ad2218b3d01a1382c336615a8cd");
    BOOST_TEST(test::hex(one.fingerprint(bytes_of("abc"))) == "99c0cc01ff71a40b00a85a969a0a3255");
}

BOOST_FIXTURE_TEST_CASE(a_sealed_person_is_what_another_implementation_seals, fixture) {
    BOOST_TEST(test::hex(one.seal_person(number, "홍길동", clinic, key)) ==
               "04030201060500000000000045499432bea1234397b161e0c06ef73f"
               "8f26fb3bae8d1e2c50cbd7dfe84b8efc447a724a0f89a3907b73a92298d35baf5905");
}

BOOST_FIXTURE_TEST_CASE(a_sealed_extension_is_what_another_implementation_seals, fixture) {
    one.seal_person(number, "", clinic, key);  // so that the counter stands at 1
    std::array<std::byte, 36> sealed;
    BOOST_TEST(one.seal_extension(bytes_of("evidence"), clinic, key, sealed) == sealed.size());
    BOOST_TEST(test::hex(sealed) ==
               "0403020106050100000000004d338523bc5d2b97e26fb74038a32a900e02698d9625093a");
}

BOOST_FIXTURE_TEST_CASE(hashes_of_one_message_differ_by_purpose_and_by_clinic, fixture) {
    const core::key_hash uuid = counting_from(0);
    std::array<std::byte, 20> same{};
    std::ranges::copy(uuid, same.begin() + 4);
    const std::string_view text(reinterpret_cast<const char*>(same.data()), same.size());
    const std::set<std::string> seen{
        test::hex(one.person_key(text)), test::hex(one.key_hash(0, uuid)),
        test::hex(one.key_hash(1, uuid)), test::hex(one.fingerprint(same))};
    BOOST_TEST(seen.size() == 4u);
}

BOOST_FIXTURE_TEST_CASE(whoever_was_sealed_is_opened_again, fixture) {
    const bool passed = rc::check("seal, open", [this] {
        const auto id = *rc::gen::inRange<std::uint64_t>(0, number_max + 1);
        const auto length = *rc::gen::inRange<std::size_t>(0, 28);
        const auto name = *rc::gen::container<std::string>(length, rc::gen::arbitrary<char>());
        const auto code = *rc::gen::arbitrary<std::uint32_t>();
        const auto sealed = one.seal_person(id, name, code, key);
        const auto opened = one.open_person(sealed, 3, code, key);
        RC_ASSERT(opened.has_value());
        RC_ASSERT(opened->number == id);
        RC_ASSERT(opened->name.view() == name);
    });
    BOOST_TEST(passed);
}

BOOST_FIXTURE_TEST_CASE(the_longest_name_and_the_last_number_fit_and_the_next_do_not, fixture) {
    const std::string longest(core::limits::sealed_name_bytes_max, 'n');
    const auto sealed = one.seal_person(number_max, longest, clinic, key);
    const auto opened = one.open_person(sealed, 3, clinic, key).value();
    BOOST_TEST(opened.number == number_max);
    BOOST_TEST(opened.name.view() == longest);
    BOOST_CHECK_THROW(one.seal_person(number, longest + 'n', clinic, key), std::length_error);
    BOOST_CHECK_THROW(one.seal_person(number_max + 1, "", clinic, key), std::length_error);
}

BOOST_FIXTURE_TEST_CASE(every_flipped_bit_of_a_sealed_person_is_refused, fixture) {
    const auto sealed = one.seal_person(number, "name", clinic, key);
    for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
        BOOST_TEST_CONTEXT("bit " << bit) {
            auto wrong = sealed;
            wrong[bit / 8] ^= std::byte{1} << (bit % 8);
            BOOST_TEST((refusal(wrong) == core::errc::malformed));
        }
    }
    // A refusal leaves the sealer fit for the next.
    BOOST_TEST(one.open_person(sealed, 3, clinic, key).has_value());
}

BOOST_FIXTURE_TEST_CASE(a_sealed_person_opens_only_where_it_was_sealed, fixture) {
    const auto sealed = one.seal_person(number, "name", clinic, key);
    auto other_key = key;
    other_key[15] ^= std::byte{1};
    BOOST_TEST((one.open_person(sealed, 3, clinic + 1, key).error() == core::errc::malformed));
    BOOST_TEST((one.open_person(sealed, 3, clinic, other_key).error() == core::errc::malformed));
    BOOST_TEST((one.open_person(sealed, 1, clinic, key).error() == core::errc::malformed));
    BOOST_TEST(one.open_person(sealed, 3, clinic, key).has_value());
}

BOOST_FIXTURE_TEST_CASE(a_record_of_a_destroyed_key_is_unreadable_and_the_others_are_not, fixture) {
    std::filesystem::rename(dir.path() / "keys" / "data-003.key", dir.path() / "put-away");
    const storage::key_ring before = storage::key_ring::open(dir.path());
    sealer then(before, 1, 0);
    const auto of_first_key = then.seal_person(number, "first", clinic, key);
    const auto of_third_key = one.seal_person(number, "third", clinic, key);
    BOOST_TEST((then.open_person(of_third_key, 3, clinic, key).error() == core::errc::not_found));
    for (int round = 0; round < 2; ++round) {
        BOOST_TEST(one.open_person(of_first_key, 1, clinic, key)->name.view() == "first");
        BOOST_TEST(one.open_person(of_third_key, 3, clinic, key)->name.view() == "third");
    }
}

BOOST_FIXTURE_TEST_CASE(extensions_fit_up_to_their_limit, fixture) {
    std::vector<std::byte> sealed(core::limits::extension_bytes_max + 1);
    std::vector<std::byte> opened(core::limits::extension_bytes_max);
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{1}, std::size_t{16}, sealer::extension_plaintext_max}) {
        BOOST_TEST_CONTEXT(size << " bytes") {
            const std::vector<std::byte> plain(size, std::byte{'e'});
            const auto written = one.seal_extension(plain, clinic, key, sealed);
            BOOST_TEST(written == size + sealer::extension_overhead);
            const auto read =
                one.open_extension(std::span(sealed).first(written), 3, clinic, key, opened);
            BOOST_TEST(read.value() == size);
            BOOST_TEST(std::ranges::equal(plain, std::span(opened).first(size)));
        }
    }
    const std::vector<std::byte> too_long(sealer::extension_plaintext_max + 1);
    BOOST_CHECK_THROW(one.seal_extension(too_long, clinic, key, sealed), std::length_error);
    BOOST_TEST(
        (one.open_extension(sealed, 3, clinic, key, opened).error() == core::errc::malformed));
}

BOOST_FIXTURE_TEST_CASE(an_extension_is_neither_sealed_nor_opened_into_too_little_room, fixture) {
    const auto plain = bytes_of("evidence");
    std::vector<std::byte> sealed(plain.size() + sealer::extension_overhead);
    BOOST_CHECK_THROW(one.seal_extension(plain, clinic, key, std::span(sealed).first(35)),
                      std::length_error);
    one.seal_extension(plain, clinic, key, sealed);
    std::vector<std::byte> room(plain.size());
    BOOST_TEST(one.open_extension(sealed, 3, clinic, key, room).value() == plain.size());
    BOOST_TEST((one.open_extension(sealed, 3, clinic, key, std::span(room).first(7)).error() ==
                core::errc::limit_reached));
}

BOOST_FIXTURE_TEST_CASE(every_flipped_or_cut_byte_of_an_extension_is_refused, fixture) {
    const auto plain = bytes_of("evidence");
    std::vector<std::byte> sealed(plain.size() + sealer::extension_overhead);
    std::vector<std::byte> room(plain.size());
    one.seal_extension(plain, clinic, key, sealed);
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        BOOST_TEST_CONTEXT("byte " << i) {
            auto wrong = sealed;
            wrong[i] ^= std::byte{0x80};
            BOOST_TEST(
                (one.open_extension(wrong, 3, clinic, key, room).error() == core::errc::malformed));
            BOOST_TEST(
                (one.open_extension(std::span(sealed).first(i), 3, clinic, key, room).error() ==
                 core::errc::malformed));
        }
    }
}

BOOST_FIXTURE_TEST_CASE(a_person_and_an_extension_cannot_be_exchanged, fixture) {
    const auto person = one.seal_person(number, "name", clinic, key);
    const std::vector<std::byte> plain(person.size() - sealer::extension_overhead);
    core::sealed_person extension;
    one.seal_extension(plain, clinic, key, extension);
    std::vector<std::byte> room(plain.size());
    BOOST_TEST(one.open_extension(extension, 3, clinic, key, room).has_value());
    BOOST_TEST((one.open_extension(person, 3, clinic, key, room).error() == core::errc::malformed));
    BOOST_TEST((refusal(extension) == core::errc::malformed));
}

BOOST_FIXTURE_TEST_CASE(nonces_never_repeat_over_threads_and_starts, fixture) {
    std::set<std::string> seen;
    const std::size_t each = 1'000;
    std::array<std::byte, 28> extension;
    for (const std::uint32_t epoch : {1u, 2u, 0xffffffffu}) {
        for (const unsigned thread : {0u, 1u, 0xffffu}) {
            sealer s(ring, epoch, static_cast<std::uint16_t>(thread));
            for (std::size_t i = 0; i < each / 2; ++i) {
                const auto person = s.seal_person(number, "", clinic, key);
                s.seal_extension({}, clinic, key, extension);
                seen.insert(test::hex(std::span(person).first(12)));
                seen.insert(test::hex(std::span(extension).first(12)));
            }
        }
    }
    BOOST_TEST(seen.size() == 3 * 3 * each);
}

BOOST_FIXTURE_TEST_CASE(the_last_nonce_of_a_thread_is_used_and_then_none, fixture) {
    storage::nonce_sequence nonces(1, 2, storage::nonce_sequence::counter_end - 1);
    BOOST_TEST(test::hex(nonces.next()) == "010000000200ffffffffffff");
    BOOST_CHECK_THROW(nonces.next(), std::length_error);
    BOOST_CHECK_THROW(nonces.next(), std::length_error);
}

BOOST_FIXTURE_TEST_CASE(under_a_renewed_ring_what_was_sealed_before_still_opens, fixture) {
    const core::sealed_person before = one.seal_person(number, "before", clinic, key);
    BOOST_TEST(one.data_key() == 3);
    storage::key_ring::add_data_key(dir.path(), 1, 2026);
    const storage::key_ring renewed = storage::key_ring::open(dir.path());
    one.renew(renewed);
    BOOST_TEST(one.data_key() == 4);
    const core::sealed_person after = one.seal_person(number, "after", clinic, key);
    BOOST_TEST(one.open_person(before, 3, clinic, key).value().name.view() == "before");
    BOOST_TEST(one.open_person(after, 4, clinic, key).value().name.view() == "after");
    BOOST_TEST((one.open_person(after, 3, clinic, key).error() == core::errc::malformed));
    BOOST_TEST(test::hex(one.person_key("9001019123456")) == "503e725124d25a19e0afc3ec2b21aa57");
}

BOOST_AUTO_TEST_SUITE_END()

#include "storage/signature.hpp"

#include "storage/private_file.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/known_ring.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(signature)

using namespace doseline;

namespace {

struct fixture {
    test::temporary_directory dir;
    storage::key_ring ring = test::open_known_ring(dir.path());
    storage::signer sign{ring};
    storage::public_key key = storage::read_public_key(dir.path() / "anchor.pub");
    storage::verifier check{key};
    std::vector<std::byte> message = test::from_hex("72");
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(signatures_are_those_of_rfc_8032, fixture) {
    BOOST_TEST(test::hex(key) ==
               "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    BOOST_TEST(test::hex(sign.sign(message)) ==
               "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
               "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
}

BOOST_FIXTURE_TEST_CASE(the_public_key_alone_verifies, fixture) {
    const auto made = sign.sign(message);
    BOOST_TEST(check.verify(message, made));
    BOOST_TEST(!check.verify(test::from_hex("73"), made));
    BOOST_TEST(!check.verify({}, made));
}

BOOST_FIXTURE_TEST_CASE(every_flipped_byte_of_a_signature_is_refused, fixture) {
    const auto made = sign.sign(message);
    for (std::size_t i = 0; i < made.size(); ++i) {
        BOOST_TEST_CONTEXT("byte " << i) {
            auto wrong = made;
            wrong[i] ^= std::byte{1};
            BOOST_TEST(!check.verify(message, wrong));
        }
    }
    BOOST_TEST(check.verify(message, made));
}

BOOST_FIXTURE_TEST_CASE(another_registrys_signature_is_refused, fixture) {
    test::temporary_directory other;
    const auto ring_of_other = storage::key_ring::create(other.path(), 1, 2026);
    storage::signer other_sign(ring_of_other);
    BOOST_TEST(!check.verify(message, other_sign.sign(message)));
}

BOOST_FIXTURE_TEST_CASE(what_is_no_public_key_is_refused, fixture) {
    const auto path = dir.path() / "anchor.pub";
    // The second is a P-256 key: PEM, and of the wrong kind.
    for (const char* const wrong :
         {"",
          "-----BEGIN PUBLIC KEY-----\n"
          "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt\n"
          "6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==\n"
          "-----END PUBLIC KEY-----\n"}) {
        storage::write_file(path, wrong, storage::public_mode);
        BOOST_CHECK_THROW(storage::read_public_key(path), std::runtime_error);
        BOOST_CHECK_THROW(storage::key_ring::open(dir.path()), std::runtime_error);
    }
}

BOOST_AUTO_TEST_SUITE_END()

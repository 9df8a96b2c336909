#include "storage/sha256.hpp"

#include "tests/support/hex.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(sha256)

using namespace doseline;

namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text));
}

}  // namespace

BOOST_AUTO_TEST_CASE(digests_are_those_of_fips_180) {
    storage::sha256_stream stream;
    BOOST_TEST(test::hex(stream.finish()) ==
               "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    BOOST_TEST(test::hex(stream.update(bytes_of("abc")).finish()) ==
               "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    BOOST_TEST(test::hex(stream
                             .update(bytes_of("abcdbcdecdefdefgefghfghighijhijk"
                                              "ijkljklmklmnlmnomnopnopq"))
                             .finish()) ==
               "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

BOOST_AUTO_TEST_CASE(pieces_make_the_same_digest_as_the_whole) {
    const std::string text(1'000, 'x');
    storage::sha256_stream stream;
    const storage::digest whole = stream.update(bytes_of(text)).finish();
    for (const char& c : text) {
        stream.update(bytes_of(std::string_view(&c, 1)));
    }
    BOOST_TEST((stream.finish() == whole));
}

// Each message's first byte goes in as the domain.
BOOST_AUTO_TEST_CASE(keyed_hashes_are_those_of_rfc_4231) {
    struct vector {
        std::string key;
        std::string message;
        const char* expected;
    };
    const std::vector<vector> vectors{
        {std::string(20, '\x0b'), "Hi There",
         "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {"Jefe", "what do ya want for nothing?",
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {std::string(20, '\xaa'), std::string(50, '\xdd'),
         "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
        {std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First",
         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
    };
    for (const vector& v : vectors) {
        BOOST_TEST_CONTEXT(v.message) {
            storage::hmac_sha256 hmac(bytes_of(v.key));
            const auto message = bytes_of(v.message);
            for (int round = 0; round < 2; ++round) {
                BOOST_TEST(test::hex(hmac.of(message[0], message.subspan(1))) == v.expected);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(only_equal_bytes_of_equal_size_are_equal) {
    BOOST_TEST(storage::equal_in_constant_time(bytes_of("abc"), bytes_of("abc")));
    BOOST_TEST(storage::equal_in_constant_time({}, {}));
    BOOST_TEST(!storage::equal_in_constant_time(bytes_of("abc"), bytes_of("abd")));
    BOOST_TEST(!storage::equal_in_constant_time(bytes_of("abc"), bytes_of("ab")));
    BOOST_TEST(!storage::equal_in_constant_time(bytes_of(""), bytes_of("a")));
}

BOOST_AUTO_TEST_SUITE_END()

#include "storage/recovery.hpp"

#include "storage/book_codec.hpp"
#include "tests/storage/written_registry.hpp"

#include <boost/test/unit_test.hpp>

#include <array>

BOOST_AUTO_TEST_SUITE(recovery)

using namespace doseline;

namespace {

// What a start says of a registry; empty when it would serve it.
std::string told_at_start(const test::written_registry& of) {
    return test::told_by([&] {
        storage::lmdb_ledger ledger(of.path(), storage::lmdb::access::write, 0);
        core::registry state;
        core::dose_totals totals(0);
        storage::recover(*ledger.reader(), of.heads(), {}, state, totals);
    });
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_whole_registry_starts) {
    const test::written_registry whole(20);
    BOOST_TEST(told_at_start(whole) == "");
}

// Which book is open, its number, its year and where the streams stood before it lie in a table of
// their own, under no seal: records, their chain and the tables' names vouch for them.
BOOST_AUTO_TEST_CASE(every_flipped_byte_of_what_is_said_of_the_books_is_named) {
    const test::written_registry registry(20);
    std::vector<std::string> texts{"doseline"};
    texts.back() += std::string("\3\0\0\0\1\0", 6);  // format, open book
    {
        storage::lmdb_ledger ledger(registry.path(), storage::lmdb::access::read);
        std::array<std::byte, storage::book_facts_bytes> facts;
        storage::field_writer w(facts);
        storage::write(ledger.book(), w);
        texts.emplace_back(reinterpret_cast<const char*>(facts.data()), facts.size());
    }
    const test::altered_file file(registry.data());
    constexpr std::size_t copies_max = 2;  // the pages of the last two transactions
    for (const std::string& text : texts) {
        std::vector<std::size_t> places;
        for (std::size_t at = file.original().find(text); at != std::string::npos;
             at = file.original().find(text, at + 1)) {
            places.push_back(at);
        }
        BOOST_TEST_REQUIRE(!places.empty());
        BOOST_TEST_REQUIRE(places.size() <= copies_max);
        for (std::size_t byte = 0; byte < text.size(); ++byte) {
            for (const unsigned mask : {0x01u, 0x80u}) {
                std::string bytes = file.original();
                for (const std::size_t place : places) {
                    bytes[place + byte] =
                        static_cast<char>(static_cast<unsigned char>(bytes[place + byte]) ^ mask);
                }
                file.write(bytes);
                const std::string told = told_at_start(registry);
                BOOST_TEST((told.find("ledger") != std::string::npos ||
                            told.find("audit is damaged") != std::string::npos),
                           text.size() << " bytes, byte " << byte << ": " << told);
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

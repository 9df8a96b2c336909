#include "storage/recovery.hpp"

#include "tests/storage/written_registry.hpp"

#include <boost/test/unit_test.hpp>

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

BOOST_AUTO_TEST_SUITE(recovery)

BOOST_AUTO_TEST_CASE(a_whole_registry_starts) {
    const test::written_registry whole(20);
    BOOST_TEST(told_at_start(whole) == "");
}

// Number, year and id of the book stand in a table of their own, under no seal: the first record,
// the table's name and the chain's start vouch for them.
BOOST_AUTO_TEST_CASE(every_flipped_byte_of_the_book_s_facts_is_named) {
    const test::written_registry registry(20);
    const test::altered_file file(registry.data());
    constexpr std::string_view magic = "doseline";
    constexpr std::size_t facts_bytes = 32;
    constexpr std::size_t copies_max = 2;  // the pages of the last two transactions
    std::vector<std::size_t> places;
    for (std::size_t at = file.original().find(magic); at != std::string::npos;
         at = file.original().find(magic, at + 1)) {
        places.push_back(at);
    }
    BOOST_TEST_REQUIRE(!places.empty());
    BOOST_TEST_REQUIRE(places.size() <= copies_max);
    for (std::size_t byte = 0; byte < facts_bytes; ++byte) {
        for (const unsigned mask : {0x01u, 0x80u}) {
            std::string bytes = file.original();
            for (const std::size_t place : places) {
                bytes[place + byte] =
                    static_cast<char>(static_cast<unsigned char>(bytes[place + byte]) ^ mask);
            }
            file.write(bytes);
            const std::string told = told_at_start(registry);
            BOOST_TEST(told.find("ledger") != std::string::npos, "byte " << byte << ": " << told);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

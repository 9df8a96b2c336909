#include "net/backup_job.hpp"

#include "tests/support/known_ring.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>

BOOST_AUTO_TEST_SUITE(backup_job)

using namespace doseline;

// The ledger's own bytes, and the reserve: refused before a byte is written.
BOOST_AUTO_TEST_CASE(room_is_asked_for_what_the_ledger_uses_beside_the_reserve) {
    const test::temporary_directory directory;
    const storage::key_ring keys = test::open_known_ring(directory.path());
    const std::uint64_t there = std::filesystem::space(directory.path()).available;
    bool begun = false;
    const auto is_refused = [&](std::uint64_t ledger, std::uint64_t reserve) {
        net::backup_job job({directory.path(), directory.path() / "backups", reserve, keys,
                             [&]() -> std::unique_ptr<storage::ledger_reader> {
                                 begun = true;
                                 throw std::runtime_error("there is no ledger");
                             },
                             [=] { return ledger; }});
        try {
            job.start(core::instant{});
        } catch (const std::runtime_error& e) {
            return std::string(e.what()).find("may need") != std::string::npos;
        }
        return false;
    };
    BOOST_TEST(is_refused(there / 4 * 3, there / 2));
    BOOST_TEST(is_refused(there * 2, 0));
    BOOST_TEST(is_refused(0, there * 2));
    BOOST_TEST(!begun);
    BOOST_TEST(!is_refused(there / 4, there / 2));
    BOOST_TEST(begun);
}

BOOST_AUTO_TEST_SUITE_END()

#include "storage/lmdb_ledger.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(ledger_space)

// What a ledger may grow into. The real map is larger than most disks, so its end is reached in
// numbers alone.
using namespace doseline;
using core::shortage;

namespace {

constexpr std::uint64_t plenty = std::uint64_t{1} << 50;

}  // namespace

BOOST_AUTO_TEST_CASE(of_the_disk_the_reserve_stays) {
    const storage::space at{1'000 + core::limits::disk_reserve_bytes,
                            core::limits::disk_reserve_bytes, 0, plenty};
    BOOST_CHECK(at.short_of_beside(0) == shortage::none);
    BOOST_CHECK(at.short_of_beside(1'000) == shortage::none);
    BOOST_CHECK(at.short_of_beside(1'001) == shortage::disk);
}

BOOST_AUTO_TEST_CASE(of_the_map_a_reserve_stays_too) {
    const std::uint64_t last = core::limits::map_bytes - core::limits::map_reserve_bytes;
    const storage::space at{plenty, core::limits::disk_reserve_bytes, last - 1'000,
                            core::limits::map_bytes};
    BOOST_CHECK(at.short_of_beside(1'000) == shortage::none);
    BOOST_CHECK(at.short_of_beside(1'001) == shortage::map);
    BOOST_CHECK((storage::space{plenty, 0, last + 1, core::limits::map_bytes}.short_of_beside(0) ==
                 shortage::map));
}

BOOST_AUTO_TEST_CASE(of_both_the_disk_is_told) {
    BOOST_CHECK((
        storage::space{0, 1, core::limits::map_bytes, core::limits::map_bytes}.short_of_beside(0) ==
        shortage::disk));
}

BOOST_AUTO_TEST_SUITE_END()

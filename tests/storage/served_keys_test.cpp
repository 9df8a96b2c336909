#include "storage/served_keys.hpp"

#include "tests/support/hex.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

BOOST_AUTO_TEST_SUITE(served_keys)

using namespace doseline;
using storage::key_ring;

namespace {

struct fixture {
    test::temporary_directory dir;
    storage::served_keys keys{key_ring::create(dir.path(), 1, 2026)};

    key_ring on_disk() const { return key_ring::open(dir.path()); }
    std::filesystem::path data_key(const char* number) const {
        return dir.path() / "keys" / (std::string("data-") + number + ".key");
    }
    std::string refusal(key_ring ring) {
        try {
            keys.renew(std::move(ring));
        } catch (const std::exception& e) {
            return e.what();
        }
        return {};
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_new_data_key_is_used_when_it_is_taken_and_not_before, fixture) {
    const key_ring& first = keys.now();
    key_ring::add_data_key(dir.path(), 1, 2026);
    BOOST_TEST(keys.now().current_data_key_id() == 1);
    keys.renew(on_disk());
    BOOST_TEST(keys.now().current_data_key_id() == 2);
    BOOST_TEST(first.current_data_key_id() == 1);  // and is still there
    BOOST_TEST(test::hex(keys.now().data_key(1).value()) == test::hex(first.data_key(1).value()));
}

BOOST_FIXTURE_TEST_CASE(without_the_data_key_in_use_nothing_is_taken, fixture) {
    key_ring::add_data_key(dir.path(), 1, 2026);
    keys.renew(on_disk());
    std::filesystem::remove(data_key("002"));
    BOOST_TEST(refusal(on_disk()).starts_with("data key 2, which is in use, is gone or another"));
    BOOST_TEST(keys.now().current_data_key_id() == 2);
    key_ring::add_data_key(dir.path(), 1, 2026);  // another one of that number
    BOOST_TEST(refusal(on_disk()).starts_with("data key 2, which is in use, is gone or another"));
}

BOOST_FIXTURE_TEST_CASE(an_older_data_key_may_be_destroyed, fixture) {
    key_ring::add_data_key(dir.path(), 1, 2026);
    keys.renew(on_disk());
    std::filesystem::remove(data_key("001"));
    BOOST_TEST(refusal(on_disk()) == "");
    BOOST_TEST((keys.now().data_key(1).error() == core::errc::not_found));
}

BOOST_FIXTURE_TEST_CASE(the_keys_of_another_registry_are_refused, fixture) {
    const test::temporary_directory other;
    BOOST_TEST(refusal(key_ring::create(other.path(), 1, 2026))
                   .starts_with("the keys are not those that this server was started with"));
    BOOST_TEST(test::hex(keys.now().lookup_key()) == test::hex(on_disk().lookup_key()));
}

BOOST_AUTO_TEST_SUITE_END()

#include "storage/key_ring.hpp"

#include "storage/boot_epoch.hpp"
#include "storage/data_key_file.hpp"
#include "storage/private_file.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/known_ring.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(key_ring_)

using namespace doseline;
using storage::key_ring;

namespace {

const std::vector<std::string> key_files{"master.key",  "lookup.key", "token.key",
                                         "receipt.key", "anchor.key", "data-001.key"};

struct fixture {
    test::temporary_directory dir;
    std::filesystem::path keys = dir.path() / "keys";

    // What open() says when it refuses, or nothing.
    std::string refusal() const {
        try {
            key_ring::open(dir.path());
        } catch (const std::exception& e) {
            return e.what();
        }
        return {};
    }

    std::string content(const std::string& name) const {
        return storage::read_file(keys / name, 4'096);
    }
    void replace(const std::string& name, std::string_view with) const {
        storage::write_file(keys / name, with, storage::private_mode);
    }
};

bool says(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos && text.find('\n') == std::string::npos;
}

// The flags of the mapping in which an address lies.
std::string mapping_flags(const void* address) {
    std::ifstream maps("/proc/self/smaps");
    bool inside = false;
    for (std::string line; std::getline(maps, line);) {
        std::uintptr_t from = 0;
        std::uintptr_t to = 0;
        char dash = 0;
        std::istringstream fields(line);
        if (fields >> std::hex >> from >> dash >> to && dash == '-') {
            const auto at = reinterpret_cast<std::uintptr_t>(address);
            inside = from <= at && at < to;
        } else if (inside && line.starts_with("VmFlags:")) {
            return line + ' ';
        }
    }
    return {};
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_ring_that_was_made_opens_with_the_same_keys, fixture) {
    const key_ring made = key_ring::create(dir.path(), 1, 2026);
    const key_ring opened = key_ring::open(dir.path());
    BOOST_TEST(test::hex(opened.lookup_key()) == test::hex(made.lookup_key()));
    BOOST_TEST(test::hex(opened.token_key()) == test::hex(made.token_key()));
    BOOST_TEST(test::hex(opened.receipt_key()) == test::hex(made.receipt_key()));
    BOOST_TEST(test::hex(opened.anchor_key()) == test::hex(made.anchor_key()));
    BOOST_TEST(test::hex(opened.data_key(1).value()) == test::hex(made.data_key(1).value()));
    BOOST_TEST(opened.current_data_key_id() == 1);
}

BOOST_FIXTURE_TEST_CASE(no_two_keys_are_equal, fixture) {
    test::temporary_directory other;
    std::set<std::string> seen;
    for (const auto& at : {dir.path(), other.path()}) {
        const key_ring ring = key_ring::create(at, 1, 2026);
        for (const auto key : {ring.lookup_key(), ring.token_key(), ring.receipt_key(),
                               ring.anchor_key(), ring.data_key(1).value()}) {
            seen.insert(test::hex(key));
        }
    }
    BOOST_TEST(seen.size() == 10u);
}

BOOST_FIXTURE_TEST_CASE(only_the_owner_can_read_the_keys, fixture) {
    namespace fs = std::filesystem;
    key_ring::create(dir.path(), 1, 2026);
    BOOST_TEST((fs::status(keys).permissions() == fs::perms::owner_all));
    for (const auto& entry : fs::directory_iterator(keys)) {
        BOOST_TEST_CONTEXT(entry.path()) {
            BOOST_TEST(
                (entry.status().permissions() == (fs::perms::owner_read | fs::perms::owner_write)));
        }
    }
}

BOOST_FIXTURE_TEST_CASE(keys_are_never_overwritten, fixture) {
    key_ring::create(dir.path(), 1, 2026);
    const std::string before = content("lookup.key");
    BOOST_CHECK_THROW(key_ring::create(dir.path(), 1, 2026), std::runtime_error);
    BOOST_TEST(content("lookup.key") == before);
}

BOOST_FIXTURE_TEST_CASE(a_key_file_open_to_others_is_refused, fixture) {
    key_ring::create(dir.path(), 1, 2026);
    for (const auto& name : key_files) {
        for (const auto open_to :
             {std::filesystem::perms::group_read, std::filesystem::perms::others_read}) {
            BOOST_TEST_CONTEXT(name) {
                const auto path = keys / name;
                std::filesystem::permissions(path, open_to, std::filesystem::perm_options::add);
                BOOST_TEST(says(refusal(), "chmod 600"));
                std::filesystem::permissions(path, open_to, std::filesystem::perm_options::remove);
            }
        }
    }
    BOOST_TEST(refusal().empty());
}

BOOST_FIXTURE_TEST_CASE(a_missing_short_long_or_empty_file_is_refused, fixture) {
    key_ring::create(dir.path(), 1, 2026);
    for (const auto& name : key_files) {
        BOOST_TEST_CONTEXT(name) {
            const std::string whole = content(name);
            for (const std::string& wrong :
                 {std::string(), whole.substr(1), whole + 'x', whole + whole}) {
                replace(name, wrong);
                BOOST_TEST(says(refusal(), name));
            }
            std::filesystem::remove(keys / name);
            BOOST_TEST(says(refusal(), "restore"));
            replace(name, whole);
        }
    }
    BOOST_TEST(refusal().empty());
}

BOOST_FIXTURE_TEST_CASE(every_flipped_byte_of_a_data_key_is_refused, fixture) {
    key_ring::create(dir.path(), 1, 2026);
    const std::string whole = content("data-001.key");
    for (std::size_t i = 0; i < whole.size(); ++i) {
        BOOST_TEST_CONTEXT("byte " << i) {
            std::string wrong = whole;
            wrong[i] = static_cast<char>(wrong[i] ^ 1);
            replace("data-001.key", wrong);
            BOOST_TEST(says(refusal(), "data-001.key"));
        }
    }
}

BOOST_FIXTURE_TEST_CASE(keys_of_another_ring_are_refused, fixture) {
    test::temporary_directory other;
    key_ring::create(dir.path(), 1, 2026);
    key_ring::create(other.path(), 1, 2026);
    for (const auto* name : {"master.key", "lookup.key", "anchor.key", "data-001.key"}) {
        BOOST_TEST_CONTEXT(name) {
            const std::string own = content(name);
            replace(name, storage::read_file(other.path() / "keys" / name, 4'096));
            BOOST_TEST(says(refusal(), "restore"));
            replace(name, own);
        }
    }
    BOOST_TEST(refusal().empty());
}

BOOST_FIXTURE_TEST_CASE(the_highest_data_key_is_current_and_a_destroyed_one_is_not_found, fixture) {
    const key_ring ring = test::open_known_ring(dir.path());
    BOOST_TEST(ring.current_data_key_id() == 3);
    BOOST_TEST(ring.data_key(1).has_value());
    for (const int unknown : {0, 2, 4, 255}) {
        BOOST_TEST_CONTEXT(unknown) {
            BOOST_TEST((ring.data_key(static_cast<std::uint8_t>(unknown)).error() ==
                        core::errc::not_found));
        }
    }
}

BOOST_FIXTURE_TEST_CASE(an_added_data_key_is_current_and_those_before_it_stay, fixture) {
    const key_ring before = key_ring::create(dir.path(), 1, 2026);
    BOOST_TEST(key_ring::add_data_key(dir.path(), 1, 2026) == 2);
    BOOST_TEST(key_ring::add_data_key(dir.path(), 1, 2026) == 3);
    const key_ring ring = key_ring::open(dir.path());
    BOOST_TEST(ring.current_data_key_id() == 3);
    BOOST_TEST(test::hex(ring.data_key(1).value()) == test::hex(before.data_key(1).value()));
    BOOST_TEST(test::hex(ring.data_key(2).value()) != test::hex(ring.data_key(3).value()));
    BOOST_TEST(test::hex(ring.lookup_key()) == test::hex(before.lookup_key()));
    BOOST_TEST(before.current_data_key_id() == 1);
    // Of a ring that does not open, nothing is made.
    replace("lookup.key", "short");
    BOOST_CHECK_THROW(key_ring::add_data_key(dir.path(), 1, 2026), std::runtime_error);
    BOOST_TEST(!std::filesystem::exists(keys / "data-004.key"));
}

BOOST_FIXTURE_TEST_CASE(under_a_new_master_key_the_data_keys_are_the_same, fixture) {
    const key_ring before = key_ring::create(dir.path(), 1, 2026);
    key_ring::add_data_key(dir.path(), 1, 2026);
    const std::string master = content("master.key");
    const std::string wrapped = content("data-001.key");
    key_ring::renew_master_key(dir.path());
    BOOST_TEST(content("master.key") != master);
    BOOST_TEST(!std::filesystem::exists(keys / "master.next.key"));
    const key_ring ring = key_ring::open(dir.path());
    BOOST_TEST(ring.current_data_key_id() == 2);
    BOOST_TEST(test::hex(ring.data_key(1).value()) == test::hex(before.data_key(1).value()));
    // What was wrapped under the old one is of no use with the new one, and the other way round.
    const std::string wrapped_anew = content("data-001.key");
    replace("data-001.key", wrapped);
    BOOST_TEST(says(refusal(), "data-001.key does not open"));
    replace("data-001.key", wrapped_anew);
    replace("master.key", master);
    BOOST_TEST(says(refusal(), "data-001.key does not open"));
}

// Each file is whole or of before: whatever lies there when the process is killed, opens, and the
// next call brings it to its end.
BOOST_FIXTURE_TEST_CASE(a_new_master_key_may_be_interrupted_anywhere, fixture) {
    const key_ring made = key_ring::create(dir.path(), 1, 2026);
    key_ring::add_data_key(dir.path(), 1, 2026);
    const std::vector<std::string> order{"data-001.key", "data-002.key", "master.key"};
    for (std::size_t done = 0; done <= order.size(); ++done) {
        BOOST_TEST_CONTEXT(done << " files written") {
            std::vector<std::string> before;
            for (const std::string& name : order) {
                before.push_back(content(name));
            }
            key_ring::renew_master_key(dir.path());
            replace("master.next.key", content("master.key"));
            for (std::size_t n = done; n < order.size(); ++n) {
                replace(order[n], before[n]);
            }
            BOOST_TEST(refusal() == "");
            key_ring::renew_master_key(dir.path());
            BOOST_TEST(!std::filesystem::exists(keys / "master.next.key"));
            const key_ring ring = key_ring::open(dir.path());
            BOOST_TEST(test::hex(ring.data_key(1).value()) == test::hex(made.data_key(1).value()));
            BOOST_TEST(ring.current_data_key_id() == 2);
        }
    }
}

BOOST_FIXTURE_TEST_CASE(a_data_key_under_another_number_is_refused, fixture) {
    key_ring::create(dir.path(), 1, 2026);
    replace("data-002.key", content("data-001.key"));
    BOOST_TEST(says(refusal(), "data-002.key is not data key 2"));
}

BOOST_FIXTURE_TEST_CASE(the_last_data_key_number_can_be_used, fixture) {
    test::write_known_keys(dir.path());
    std::array<std::byte, storage::key_bytes> master;
    std::array<std::byte, storage::key_bytes> lookup;
    storage::read_private_file(keys / "master.key", master);
    storage::read_private_file(keys / "lookup.key", lookup);
    storage::write_data_key(keys, {255, 9, 2099}, lookup, master, lookup);
    const key_ring ring = key_ring::open(dir.path());
    BOOST_TEST(ring.current_data_key_id() == 255);
    BOOST_TEST(test::hex(ring.data_key(255).value()) == test::hex(lookup));
    BOOST_CHECK_EXCEPTION(
        key_ring::add_data_key(dir.path(), 9, 2099), std::runtime_error,
        [](const std::exception& e) { return says(e.what(), "all 255 data keys"); });
}

BOOST_FIXTURE_TEST_CASE(keys_stay_out_of_core_dumps, fixture) {
    const key_ring ring = key_ring::create(dir.path(), 1, 2026);
    BOOST_TEST(says(mapping_flags(ring.lookup_key().data()), " dd "));
    BOOST_TEST(says(mapping_flags(ring.data_key(1).value().data()), " dd "));
}

BOOST_FIXTURE_TEST_CASE(boot_epochs_grow_whatever_the_clock_does, fixture) {
    using namespace std::chrono_literals;
    key_ring::create(dir.path(), 1, 2026);
    const core::instant now{1'475'539'200s};
    const auto advance = [this](core::instant at) {
        return storage::advance_boot_epoch(dir.path(), at);
    };
    BOOST_TEST(advance(now) == 1'475'539'200u);
    BOOST_TEST(advance(now) == 1'475'539'201u);
    BOOST_TEST(advance(now - 24h) == 1'475'539'202u);
    BOOST_TEST(advance(core::instant{-5s}) == 1'475'539'203u);
    BOOST_TEST(advance(now + 24h) == 1'475'625'600u);
    // Keys restored from an old copy: the clock has gone on.
    std::filesystem::remove(keys / "boot.epoch");
    BOOST_TEST(advance(now + 25h) == 1'475'629'200u);
}

BOOST_FIXTURE_TEST_CASE(the_boot_epoch_ends_with_its_four_bytes, fixture) {
    using namespace std::chrono_literals;
    key_ring::create(dir.path(), 1, 2026);
    BOOST_TEST(storage::advance_boot_epoch(dir.path(), core::instant{4'294'967'295s}) ==
               4'294'967'295u);
    BOOST_CHECK_THROW(storage::advance_boot_epoch(dir.path(), core::instant{1s}),
                      std::runtime_error);
    replace("boot.epoch", "abc");
    BOOST_CHECK_THROW(storage::advance_boot_epoch(dir.path(), core::instant{1s}),
                      std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()

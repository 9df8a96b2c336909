// What has been damaged is named in one line and never served, by the program as its user starts
// it.
#include "tests/crash/stopped_registry.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <random>
#include <vector>

namespace doseline::test {

BOOST_AUTO_TEST_SUITE(damage)

namespace {

constexpr std::size_t page = 4'096;
constexpr std::size_t record_bytes = 192;  // of a registration, at least
constexpr std::size_t audit_record_bytes = 80;
constexpr std::size_t seal_bytes_max = 110;    // of the batch between two records
constexpr std::size_t transaction_at = 144;    // in a meta page of LMDB: the last of its numbers
constexpr std::size_t meta_numbers_end = 152;  // behind it a meta page is zero

const stopped_registry& registry() {
    static const stopped_registry made;
    return made;
}

std::mt19937& random_source() {
    static const unsigned seed = [] {
        const char* const given = std::getenv("DOSELINE_SEED");
        return given == nullptr ? std::random_device{}() : static_cast<unsigned>(std::stoul(given));
    }();
    static std::mt19937 random(seed);
    static bool told = false;
    if (!std::exchange(told, true)) {
        BOOST_TEST_MESSAGE("DOSELINE_SEED=" << seed);
    }
    return random;
}

std::size_t below(std::size_t bound) { return random_source()() % bound; }

char flipped(char byte) {
    return static_cast<char>(static_cast<unsigned char>(byte) ^ (1u << below(8)));
}

bool is_one_line(const std::string& text) {
    return text.size() > 1 && text.find('\n') == text.size() - 1;
}

// Empty when a start is refused as it should be; otherwise what happened instead.
std::string serve_refuses(const std::filesystem::path& dir, std::string_view what) {
    std::filesystem::remove(dir.string() + ".err");
    try {
        const server_process server(dir);
        return "it serves";
    } catch (const std::runtime_error& e) {
        const std::string said = e.what();
        const std::string_view expected = "serve ended with 1: ";
        if (!said.starts_with(expected)) {
            return said;
        }
        const std::string line = said.substr(expected.size());
        return is_one_line(line) && line.find(what) != std::string::npos ? "" : said;
    }
}

// what: a word that the one line must have.
void is_refused(std::string_view what) {
    const std::string dir = registry().dir().string();
    const run_result verified = doseline({"verify", dir});
    BOOST_TEST(verified.exit_code == 1);
    BOOST_TEST(is_one_line(verified.err), verified.err);
    BOOST_TEST(verified.err.find(what) != std::string::npos, verified.err);
    BOOST_TEST(serve_refuses(dir, what) == "");
}

struct repaired_afterwards {
    ~repaired_afterwards() { registry().repair(); }
};

std::vector<std::size_t> places_of(std::string_view text, std::string_view in) {
    std::vector<std::size_t> places;
    for (std::size_t at = in.find(text); at != std::string_view::npos; at = in.find(text, at + 1)) {
        places.push_back(at);
    }
    return places;
}

// Where a registration's record lies. Old copies of a page stay in the file until they are used
// again, so there are several places, and one of them is what counts.
struct record_places {
    std::vector<std::size_t> starts;
    std::size_t length = 0;  // to the next record's same byte
};

// Of the n-th registration: from its user code to that of the record before it, which LMDB puts
// behind it. REQUIRES: 0 < n.
record_places places_of_record(unsigned n, std::size_t bytes = record_bytes) {
    const std::string& file = registry().ledger_bytes();
    const auto own = places_of(stopped_registry::user(n), file);
    const auto before = places_of(stopped_registry::user(n - 1), file);
    record_places found;
    for (const std::size_t start : own) {
        const auto next = std::ranges::upper_bound(before, start);
        // Ledger and audit both name users, in records of their own lengths.
        if (next != before.end() && *next / page == start / page && *next - start > bytes &&
            *next - start < bytes + seal_bytes_max) {
            found.length = *next - start;
            found.starts.push_back(start);
        }
    }
    return found;
}

void serves_what_was_recorded() {
    server_process server(registry().dir());
    clinic_desk desk(registry().dir(), server, demo_clinics(registry().dir()).front());
    const auto totals = desk.get_json("/v1/totals?scope=nation");
    BOOST_TEST(number_of(totals, "doses") == stopped_registry::registrations);
    BOOST_TEST(number_of(operator_desk(registry().dir(), server).fresh_proof(), "drift") == 0);
    BOOST_TEST(server.terminate() == 0);
}

std::size_t newest_meta() {
    const auto transaction = [](std::size_t meta) {
        std::uint64_t n = 0;
        std::memcpy(&n, registry().ledger_bytes().data() + meta + transaction_at, sizeof n);
        return n;
    };
    return transaction(0) < transaction(page) ? page : 0;
}

void flip_and_see(const std::vector<std::size_t>& places, std::string_view what) {
    std::string bytes = registry().ledger_bytes();
    for (const std::size_t at : places) {
        bytes[at] = flipped(bytes[at]);
    }
    write_content(registry().data(), bytes);
    is_refused(what);
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(an_undamaged_registry_is_verified_and_served, repaired_afterwards) {
    const run_result verified = doseline({"verify", registry().dir().string()});
    BOOST_TEST(verified.exit_code == 0, verified.err);
    BOOST_TEST(serve_refuses(registry().dir(), "") == "it serves");
}

BOOST_FIXTURE_TEST_CASE(a_flipped_byte_of_a_record_is_named, repaired_afterwards) {
    unsigned records = 0;
    for (unsigned round = 0; round < 100; ++round) {
        const auto n = static_cast<unsigned>(1 + below(stopped_registry::registrations - 1));
        record_places record = places_of_record(n);
        if (record.starts.empty()) {
            continue;  // the first of its page
        }
        ++records;
        const std::size_t byte = below(record.length);
        BOOST_TEST_CONTEXT("registration " << n << ", byte " << byte << " from its user code") {
            std::ranges::for_each(record.starts, [&](std::size_t& at) { at += byte; });
            flip_and_see(record.starts, "ledger");
        }
    }
    BOOST_TEST(records > 60u);
}

// The audit is not replayed, but the holds of the last half hour are read from it.
BOOST_FIXTURE_TEST_CASE(a_flipped_byte_of_a_recent_audit_record_is_named, repaired_afterwards) {
    for (unsigned round = 0; round < 40; ++round) {
        const auto n = static_cast<unsigned>(1 + below(stopped_registry::registrations - 1));
        record_places record = places_of_record(n, audit_record_bytes);
        if (record.starts.empty()) {
            continue;
        }
        const std::size_t byte = below(record.length);
        BOOST_TEST_CONTEXT("registration " << n << ", byte " << byte << " from its user code") {
            std::ranges::for_each(record.starts, [&](std::size_t& at) { at += byte; });
            flip_and_see(record.starts, "audit");
        }
    }
}

BOOST_FIXTURE_TEST_CASE(a_record_in_the_place_of_another_is_named, repaired_afterwards) {
    for (const unsigned n : {20u, 40u, 60u, 80u, 100u, 119u}) {
        const record_places record = places_of_record(n);
        for (const bool zeros : {false, true}) {
            BOOST_TEST_CONTEXT("registration " << n << ", zeros: " << zeros) {
                std::string bytes = registry().ledger_bytes();
                for (const std::size_t at : record.starts) {
                    const std::string before =
                        bytes.substr(at + record.length, stopped_registry::user(n).size());
                    bytes.replace(at, before.size(),
                                  zeros ? std::string(before.size(), '\0') : before);
                }
                if (!record.starts.empty()) {
                    write_content(registry().data(), bytes);
                    is_refused("ledger");
                }
            }
        }
    }
}

// Anywhere: pages that no longer count included. Whatever is served must be what was recorded.
BOOST_FIXTURE_TEST_CASE(flipped_bytes_are_refused_or_change_nothing, repaired_afterwards) {
    unsigned refused = 0;
    for (unsigned round = 0; round < 60; ++round) {
        std::string bytes = registry().ledger_bytes();
        const std::size_t byte = below(bytes.size());
        bytes[byte] = flipped(bytes[byte]);
        write_content(registry().data(), bytes);
        BOOST_TEST_CONTEXT("byte " << byte) {
            const run_result verified = doseline({"verify", registry().dir().string()});
            if (verified.exit_code == 0) {
                serves_what_was_recorded();
            } else {
                ++refused;
                is_refused("restore a backup");
            }
        }
    }
    BOOST_TEST_MESSAGE(refused << " of 60 were refused");
    BOOST_TEST(refused > 0u);
    BOOST_TEST(refused < 60u);
}

// What a ledger is found by: its tables' names, and the format and the books in one of them.
BOOST_FIXTURE_TEST_CASE(every_flipped_byte_of_what_names_the_ledger_is_named, repaired_afterwards) {
    constexpr std::size_t format_and_book = 6;
    const std::string& file = registry().ledger_bytes();
    for (const std::string_view name :
         {"meta", "book.1.events", "book.1.audit", "facts", "fence", "book.1", "doseline"}) {
        const std::size_t behind = name == "doseline" ? format_and_book : 0;
        for (std::size_t byte = 0; byte < name.size() + behind; ++byte) {
            BOOST_TEST_CONTEXT(name << ", byte " << byte) {
                auto places = places_of(name, file);
                BOOST_TEST_REQUIRE(!places.empty());
                std::ranges::for_each(places, [&](std::size_t& at) { at += byte; });
                flip_and_see(places, "restore a backup");
            }
        }
    }
}

BOOST_FIXTURE_TEST_CASE(a_flipped_byte_of_the_newest_meta_page_is_named, repaired_afterwards) {
    for (unsigned round = 0; round < 64; ++round) {
        const std::size_t byte = round % 4 == 3 ? below(page) : below(meta_numbers_end);
        BOOST_TEST_CONTEXT("byte " << byte) { flip_and_see({newest_meta() + byte}, "ledger"); }
    }
}

BOOST_FIXTURE_TEST_CASE(every_flipped_byte_of_the_anchor_is_named, repaired_afterwards) {
    for (std::size_t byte = 0; byte < registry().anchor_bytes().size(); ++byte) {
        BOOST_TEST_CONTEXT("byte " << byte) {
            std::string bytes = registry().anchor_bytes();
            bytes[byte] = flipped(bytes[byte]);
            write_content(registry().anchor(), bytes);
            is_refused("anchor");
        }
    }
}

BOOST_FIXTURE_TEST_CASE(an_anchor_of_another_length_is_named, repaired_afterwards) {
    const std::string& whole = registry().anchor_bytes();
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{1}, whole.size() / 2, whole.size() - 1}) {
        write_content(registry().anchor(), whole.substr(0, size));
        is_refused("anchor");
    }
    write_content(registry().anchor(), whole + '\0');
    is_refused("anchor");
}

BOOST_FIXTURE_TEST_CASE(a_missing_anchor_is_named, repaired_afterwards) {
    std::filesystem::remove(registry().anchor());
    is_refused("anchor");
}

BOOST_FIXTURE_TEST_CASE(a_ledger_cut_short_is_named, repaired_afterwards) {
    const std::string& whole = registry().ledger_bytes();
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{1}, meta_numbers_end - 1, page - 1, page, 2 * page - 1,
          2 * page, 3 * page, whole.size() / 4, whole.size() / 2}) {
        BOOST_TEST_CONTEXT("cut to " << size) {
            write_content(registry().data(), whole.substr(0, size));
            is_refused("data.mdb");
        }
    }
}

BOOST_FIXTURE_TEST_CASE(a_missing_ledger_is_named_and_none_is_made, repaired_afterwards) {
    std::filesystem::remove(registry().data());
    is_refused("data.mdb");
    BOOST_TEST(!std::filesystem::exists(registry().data()));
    std::filesystem::remove_all(registry().data().parent_path());
    is_refused("data.mdb");
    BOOST_TEST(!std::filesystem::exists(registry().data().parent_path()));
    std::filesystem::create_directory(registry().data().parent_path());
}

BOOST_FIXTURE_TEST_CASE(another_registry_s_ledger_is_named, repaired_afterwards) {
    const temporary_directory scratch;
    const std::filesystem::path other = scratch.path() / "other";
    make_demo(other, 3, 50);
    write_content(registry().data(), content_of(other / "ledger" / "data.mdb"));
    is_refused("ledger");

    // With the anchor that goes with it, the signature is another registry's.
    write_content(registry().anchor(), content_of(other / "anchor"));
    is_refused("anchor");
}

BOOST_FIXTURE_TEST_CASE(an_older_ledger_put_back_is_named, repaired_afterwards) {
    write_content(registry().data(), registry().early_ledger_bytes());
    is_refused("ledger");
}

// After a crash the anchor may be older than the ledger.
BOOST_FIXTURE_TEST_CASE(an_older_anchor_is_no_damage, repaired_afterwards) {
    write_content(registry().anchor(), registry().early_anchor_bytes());
    const run_result verified = doseline({"verify", registry().dir().string()});
    BOOST_TEST(verified.exit_code == 0, verified.err);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test

#include "core/published.hpp"
#include "tests/support/sanitized.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

BOOST_AUTO_TEST_SUITE(published_threads_test)

using namespace doseline::core;
using doseline::test::sanitized;

namespace {

// The rows that belong to a sequence number: none to 39 of them, each telling the number itself.
std::vector<stock_row> rows_at(sequence seq) {
    std::vector<stock_row> rows(seq % 40);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto n = static_cast<std::int32_t>(seq * 64 + i);
        rows[i] = {static_cast<lot_number>(n),
                   seq % 2 == 0 ? funding::national : funding::local,
                   n,
                   -n,
                   n ^ 0x5555,
                   instant{std::chrono::milliseconds{n}}};
    }
    return rows;
}

}  // namespace

BOOST_AUTO_TEST_CASE(readers_see_a_clinics_rows_whole_and_never_older_than_before) {
    constexpr sequence last = 150'000;
    published p;
    p.publish_clinic({0, 10'000'000, 0, 0, facility_kind::clinic, ""});
    std::atomic<unsigned> torn{0};
    std::atomic<unsigned> backwards{0};
    std::atomic<unsigned> ahead{0};
    const auto read = [&] {
        std::vector<stock_row> rows;
        for (sequence seen = 0; seen < last;) {
            const sequence committed = p.seq();
            const sequence seq = p.read_stock(0, rows);
            torn += rows != rows_at(seq) ? 1u : 0u;
            backwards += seq < seen ? 1u : 0u;
            ahead += seq < committed ? 1u : 0u;  // rows of an event that is told are there
            seen = seq;
        }
    };
    std::thread one(read);
    std::thread two(read);
    for (sequence seq = 1; seq <= last; ++seq) {
        p.publish_stock(0, rows_at(seq), seq);
        p.publish_seq(seq, instant{});
    }
    one.join();
    two.join();
    BOOST_TEST(torn == 0u);
    BOOST_TEST(backwards == 0u);
    BOOST_TEST(ahead == 0u);
}

BOOST_AUTO_TEST_CASE(a_clinic_that_is_found_is_complete_while_the_directory_grows) {
    constexpr std::uint32_t many = 30'000;
    published p;
    std::atomic<unsigned> wrong{0};
    const auto code_of = [](std::uint32_t n) { return 10'000'000 + n * 7; };
    std::thread reader([&] {
        std::vector<stock_row> rows;
        std::uint32_t next = 0;
        while (next < many) {
            const auto found = p.find_clinic(code_of(next));
            if (!found) {
                wrong += p.find_clinic(code_of(next) + 1) ? 1u : 0u;  // nobody has this one
                std::this_thread::yield();
                continue;
            }
            const clinic_card& card = p.clinic(*found);
            const bool whole =
                *found == next && card.number == next && card.code == code_of(next) &&
                card.name == "A name of more than fifteen bytes " + std::to_string(next) &&
                p.clinics() > next;
            p.read_stock(*found, rows);
            wrong += whole && rows.size() <= 1 ? 0u : 1u;
            ++next;
        }
    });
    for (std::uint32_t n = 0; n < many; ++n) {
        p.publish_clinic({n, code_of(n), 0, 0, facility_kind::clinic,
                          "A name of more than fifteen bytes " + std::to_string(n)});
        p.publish_stock(n, std::vector<stock_row>(1), n + 1);
    }
    reader.join();
    BOOST_TEST(wrong == 0u);
}

// Days take each other's places; what is read of one is its own, or nothing.
BOOST_AUTO_TEST_CASE(a_day_that_is_read_is_that_day_while_days_pass) {
    constexpr std::uint32_t days = sanitized ? 10'000 : 100'000;
    published p;
    p.publish_clinic({0, 10'000'000, 0, 0, facility_kind::clinic, "", no_clinic});
    const auto numbered = [](std::uint32_t n) { return civil_day{std::chrono::days{n}}; };
    std::atomic<std::uint32_t> newest{0};
    std::atomic<unsigned> wrong{0};
    std::atomic<unsigned> seen{0};
    const auto read = [&] {
        for (std::uint32_t n = 0; n != days - 1;) {
            n = newest.load();  // the last one, too
            for (std::uint32_t ago = 0; ago < limits::days_kept && ago <= n; ++ago) {
                const std::uint32_t day = n - ago;
                const clinic_day d = p.read_day(0, numbered(day));
                const std::uint64_t rows = p.unsent_of_region(0, numbered(day));
                seen += d.begun ? 1u : 0u;
                wrong += d.begun && d.registered != day ? 1u : 0u;
                wrong += rows != 0 && rows != day % 1'000 ? 1u : 0u;
                const day_ends ends = p.ends_of(numbered(day));
                wrong += ends.begun > 1 || ends.closed > ends.begun ? 1u : 0u;
            }
        }
    };
    std::thread one(read);
    std::thread two(read);
    std::thread three(read);  // more than there are processors: one waits in the midst of a look
    for (std::uint32_t n = 0; n < days; ++n) {
        p.publish_day(0, numbered(n), {true, n, 0, static_cast<std::uint16_t>(n % 1'000), 1});
        newest.store(n);
    }
    one.join();
    two.join();
    three.join();
    BOOST_TEST(wrong == 0u);
    BOOST_TEST(seen > 0u);
}

BOOST_AUTO_TEST_CASE(programmes_are_whole_while_versions_follow_each_other) {
    constexpr std::uint16_t versions = 2'000;
    published p;
    std::atomic<unsigned> wrong{0};
    std::thread reader([&] {
        for (std::uint16_t seen = 0; seen < versions;) {
            const programme_list& all = p.programmes();
            if (all.empty()) {
                std::this_thread::yield();
                continue;
            }
            const programme& told = *all[0];
            wrong += told.version < seen || told.name != std::to_string(told.version) ? 1u : 0u;
            seen = told.version;
        }
    });
    for (std::uint16_t v = 1; v <= versions; ++v) {
        auto next = std::make_shared<programme>();
        next->version = v;
        next->name = std::to_string(v);
        p.publish_programme(0, std::move(next));
    }
    reader.join();
    BOOST_TEST(wrong == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

#include "storage/check_ahead.hpp"

#include "tests/storage/listed_events.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(check_ahead)

using namespace doseline;
using storage::stream;
using storage::stream_head;

namespace {

// Batches of those sizes; the one behind the last is damaged, if that is said.
class batches final : public test::listed_events {
public:
    static constexpr std::size_t first_max = 10;

    explicit batches(std::vector<std::size_t> sizes, bool damaged = false)
        : sizes_(std::move(sizes)), damaged_(damaged),
          numbers_(std::accumulate(sizes_.begin(), sizes_.end(), std::size_t{first_max})) {
        std::iota(numbers_.begin(), numbers_.end(), core::sequence{0});
    }

    stream_head check_from(stream, const stream_head& after, const visitor& visit,
                           const sealed& at_seal) override {
        stream_head head = after;
        for (const std::size_t size : sizes_) {
            for (std::size_t n = 0; n < size; ++n) {
                const core::sequence seq = head.seq + 1 + n;
                visit(seq, std::as_bytes(std::span(numbers_).subspan(seq, 1)));
            }
            head = {head.seq + size, {std::byte(head.seq + size)}};
            at_seal(head);
            ++read;
        }
        if (damaged_) {
            throw storage::fatal_error("damaged");
        }
        return head;
    }

    std::size_t read = 0;

private:
    const std::vector<std::size_t> sizes_;
    const bool damaged_;
    std::vector<core::sequence> numbers_;  // each record is its own number, and stays
};

struct heard {
    std::vector<core::sequence> records;
    std::vector<stream_head> seals;
    stream_head end;
    std::string error;
};

heard hear(batches& from, const stream_head& after = {}, core::sequence throw_at = 0,
           core::sequence not_prepared = 0) {
    heard h;
    try {
        h.end = storage::check_ahead<core::sequence>(
            from, stream::events, after,
            [&](core::sequence seq, std::span<const std::byte> record, core::sequence& written) {
                if (seq == not_prepared) {
                    throw std::runtime_error("not prepared");
                }
                std::memcpy(&written, record.data(), std::min(record.size(), sizeof written));
            },
            [&](core::sequence seq, core::sequence written) {
                BOOST_REQUIRE(written == seq);
                if (seq == throw_at) {
                    throw std::runtime_error("enough");
                }
                h.records.push_back(seq);
            },
            [&](const stream_head& head) { h.seals.push_back(head); });
    } catch (const std::runtime_error& e) {
        h.error = e.what();
    }
    return h;
}

}  // namespace

BOOST_AUTO_TEST_CASE(all_records_come_once_in_order_with_the_seals_behind_them) {
    for (const std::vector<std::size_t>& sizes : {std::vector<std::size_t>{},
                                                  {1},
                                                  {4'096},
                                                  {4'095, 1, 1},
                                                  {10'000, 1, 7'000},
                                                  std::vector<std::size_t>(30'000, 3)}) {
        batches from(sizes);
        const heard h = hear(from, {5, {}});
        BOOST_TEST(h.error == "");
        core::sequence last = 5;
        BOOST_TEST_REQUIRE(h.seals.size() == sizes.size());
        for (std::size_t n = 0; n < sizes.size(); ++n) {
            last += sizes[n];
            BOOST_REQUIRE(h.seals[n].seq == last);
        }
        BOOST_TEST_REQUIRE(h.records.size() == last - 5);
        for (std::size_t n = 0; n < h.records.size(); ++n) {
            BOOST_REQUIRE(h.records[n] == 6 + n);
        }
        BOOST_TEST(h.end.seq == last);
    }
}

BOOST_AUTO_TEST_CASE(damage_is_told_behind_no_more_than_what_was_right) {
    for (const std::size_t right : {0u, 1u, 5'000u}) {
        batches from(std::vector<std::size_t>(right, 2), true);
        const heard h = hear(from);
        BOOST_TEST(h.error == "damaged");
        BOOST_TEST(h.records.size() <= 2 * right);
        BOOST_TEST(h.seals.size() <= right);
    }
}

BOOST_AUTO_TEST_CASE(what_cannot_be_prepared_is_told_behind_what_could) {
    batches from(std::vector<std::size_t>(3'000, 2));
    const heard h = hear(from, {}, 0, 4'001);
    BOOST_TEST(h.error == "not prepared");
    BOOST_TEST(h.records.size() <= 4'000u);
    BOOST_TEST(h.records.size() >= 3'000u);  // the chunks before it
}

BOOST_AUTO_TEST_CASE(a_visitor_that_gives_up_stops_the_reading_a_little_further_on) {
    batches from(std::vector<std::size_t>(100'000, 10));
    const heard h = hear(from, {}, 100);
    BOOST_TEST(h.error == "enough");
    BOOST_TEST(h.records.size() == 99u);
    BOOST_TEST(from.read < 5'000u);  // its thread has ended: nobody writes this any more
}

BOOST_AUTO_TEST_SUITE_END()

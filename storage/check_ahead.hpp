#pragma once

#include "storage/ledger.hpp"

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace doseline::storage {

namespace ahead {

// No more under way than caches hold, or each byte would come from memory twice.
inline constexpr std::size_t chunk_items = 512;  // or as many more as the last batch of it has
inline constexpr std::size_t chunks_ahead = 4;

// Whole batches, one behind the other.
template <class Item>
struct chunk {
    std::vector<Item> items;  // the first used ones; the others' memory is used again
    std::size_t used = 0;
    std::vector<stream_head> seals;  // of each batch

    Item& add() {
        if (used == items.size()) {
            items.emplace_back();
        }
        return items[used++];
    }
    void clear() {
        used = 0;
        seals.clear();
    }
};

// The visitors gave up: ends the reading thread, and is told nobody.
struct given_up {};

// Chunks from one thread to one other. Emptied ones go back, so that their memory is used again.
template <class Item>
class belt {
public:
    chunk<Item> empty_one() {
        const std::lock_guard lock(mutex_);
        if (empty_.empty()) {
            return {};
        }
        chunk<Item> c = std::move(empty_.back());
        empty_.pop_back();
        return c;
    }

    // Waits for room. Throws given_up.
    void put(chunk<Item>&& full) {
        std::unique_lock lock(mutex_);
        moved_.wait(lock, [&] { return given_up_ || full_.size() < chunks_ahead; });
        if (given_up_) {
            throw given_up{};
        }
        full_.push_back(std::move(full));
        moved_.notify_all();
    }

    // No more will come; with an error, that is thrown when all have been taken.
    void end(std::exception_ptr error) {
        const std::lock_guard lock(mutex_);
        ended_ = true;
        error_ = std::move(error);
        moved_.notify_all();
    }

    // The next one, or nothing at the end.
    std::optional<chunk<Item>> take() {
        std::unique_lock lock(mutex_);
        moved_.wait(lock, [&] { return ended_ || !full_.empty(); });
        if (full_.empty()) {
            if (error_) {
                std::rethrow_exception(error_);
            }
            return std::nullopt;
        }
        chunk<Item> c = std::move(full_.front());
        full_.pop_front();
        moved_.notify_all();
        return c;
    }

    void give_back(chunk<Item>&& used) {
        used.clear();
        const std::lock_guard lock(mutex_);
        empty_.push_back(std::move(used));
    }

    void give_up() {
        const std::lock_guard lock(mutex_);
        given_up_ = true;
        moved_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable moved_;
    std::deque<chunk<Item>> full_;
    std::vector<chunk<Item>> empty_;
    std::exception_ptr error_;
    bool ended_ = false;
    bool given_up_ = false;
};

template <class Item, class Prepare>
void read_onto(belt<Item>& to, ledger_reader& from, stream s, const stream_head& after,
               const Prepare& prepare) try {
    chunk<Item> filling = to.empty_one();
    from.check_from(
        s, after,
        [&](core::sequence seq, std::span<const std::byte> record) {
            prepare(seq, record, filling.add());
            return true;
        },
        [&](const stream_head& head) {
            filling.seals.push_back(head);
            if (filling.used >= chunk_items) {
                to.put(std::move(filling));
                filling = to.empty_one();
            }
        });
    if (!filling.seals.empty()) {
        to.put(std::move(filling));
    }
    to.end(nullptr);
} catch (const given_up&) {
} catch (...) {
    to.end(std::current_exception());
}

}  // namespace ahead

// As from.check_from(), but reading and hashing are a thread's of their own, some thousand records
// ahead of this one, and so is prepare(seq, record, item), which makes of a record what is to be
// visited. visit(seq, item) and at_seal(head) are called on this thread. A batch is prepared and
// visited when its seal has been found right, and never when it has not. A start has two cores to
// itself: what waits for memory has the one, what computes the other.
//
// Throws what from, prepare or the visitors throw; the other thread has ended by then.
// REQUIRES: nobody else uses from meanwhile; threads share the process's descriptor table (LMDB).
template <class Item, class Prepare, class Visit, class AtSeal>
stream_head check_ahead(ledger_reader& from, stream s, const stream_head& after,
                        const Prepare& prepare, const Visit& visit, const AtSeal& at_seal) {
    ahead::belt<Item> chunks;
    const std::jthread reading([&] { ahead::read_onto(chunks, from, s, after, prepare); });
    stream_head head = after;
    try {
        while (std::optional<ahead::chunk<Item>> c = chunks.take()) {
            std::size_t i = 0;
            for (const stream_head& seal : c->seals) {
                for (core::sequence seq = head.seq + 1; seq <= seal.seq; ++seq) {
                    visit(seq, c->items[i++]);
                }
                head = seal;
                at_seal(head);
            }
            chunks.give_back(*std::move(c));
        }
    } catch (...) {
        chunks.give_up();
        throw;
    }
    return head;
}

}  // namespace doseline::storage

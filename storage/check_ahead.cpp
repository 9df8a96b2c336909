#include "storage/check_ahead.hpp"

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <span>
#include <thread>

namespace doseline::storage {

namespace {

// No more under way than caches hold, or each byte would come from memory twice.
constexpr std::size_t chunk_records = 1'024;  // or as many more as the last batch of it has
constexpr std::size_t chunks_ahead = 4;

// Whole batches, one behind the other.
struct chunk {
    std::vector<std::span<const std::byte>> records;
    std::vector<stream_head> seals;  // of each batch

    void clear() {
        records.clear();
        seals.clear();
    }
};

// The visitors gave up: ends the reading thread, and is told nobody.
struct given_up {};

// Chunks from one thread to one other. Emptied ones go back, so that their memory is used again.
class belt {
public:
    chunk empty_one() {
        const std::lock_guard lock(mutex_);
        if (empty_.empty()) {
            return {};
        }
        chunk c = std::move(empty_.back());
        empty_.pop_back();
        return c;
    }

    // Waits for room. Throws given_up.
    void put(chunk&& full) {
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
    std::optional<chunk> take() {
        std::unique_lock lock(mutex_);
        moved_.wait(lock, [&] { return ended_ || !full_.empty(); });
        if (full_.empty()) {
            if (error_) {
                std::rethrow_exception(error_);
            }
            return std::nullopt;
        }
        chunk c = std::move(full_.front());
        full_.pop_front();
        moved_.notify_all();
        return c;
    }

    void give_back(chunk&& used) {
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
    std::deque<chunk> full_;
    std::vector<chunk> empty_;
    std::exception_ptr error_;
    bool ended_ = false;
    bool given_up_ = false;
};

void read_onto(belt& to, ledger_reader& from, stream s, const stream_head& after) try {
    chunk filling = to.empty_one();
    from.check_from(
        s, after,
        [&](core::sequence, std::span<const std::byte> record) {
            filling.records.push_back(record);
            return true;
        },
        [&](const stream_head& head) {
            filling.seals.push_back(head);
            if (filling.records.size() >= chunk_records) {
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

}  // namespace

stream_head check_ahead(ledger_reader& from, stream s, const stream_head& after,
                        const ledger_reader::visitor& visit, const ledger_reader::sealed& at_seal) {
    belt chunks;
    const std::jthread reading([&] { read_onto(chunks, from, s, after); });
    stream_head head = after;
    try {
        while (std::optional<chunk> c = chunks.take()) {
            std::size_t i = 0;
            for (const stream_head& seal : c->seals) {
                for (core::sequence seq = head.seq + 1; seq <= seal.seq; ++seq) {
                    visit(seq, c->records[i++]);
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

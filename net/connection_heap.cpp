#include "net/connection_heap.hpp"

#include "core/limits.hpp"
#include "net/block_row.hpp"
#include "net/chunk_store.hpp"

#include <openssl/crypto.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>

namespace doseline::net {

namespace {

// Null until the first heap is made: before that no block can lie in a chunk. So a block that does
// not, as nearly all do, costs a comparison.
constinit std::atomic<const chunk_store*> made{nullptr};

chunk_store& store() {
    constexpr std::size_t places =
        core::limits::connections_max + core::limits::operator_connections_max;
    // Never destroyed: OpenSSL gives blocks back until the very end of the process.
    static chunk_store& all = []() -> chunk_store& {
        auto* const chunks =
            new chunk_store(static_cast<std::uint32_t>(places / chunk_store::slab_chunks + 1) +
                            static_cast<std::uint32_t>(core::limits::reactors_max));
        made.store(chunks, std::memory_order_release);
        return *chunks;
    }();
    return all;
}

bool lies_in_a_chunk(const void* block) noexcept {
    const chunk_store* const chunks = made.load(std::memory_order_acquire);
    return chunks != nullptr && chunks->holds(block);
}

const void* this_thread() noexcept {
    thread_local const char mark = 0;
    return &mark;
}

}  // namespace

// Stands at the begin of the chunk that it describes.
//
// The owner, which is the thread that uses the heap just now, takes and gives back in the row,
// without a lock. Any other give, also of that thread when its use is over, since the next one may
// be another thread's, leaves the row alone, so that block is no room for others: it only counts.
// What lives is live + balance; when the heap ends, its live is added to the balance, which
// then is what lives, and whoever takes it to 0 gives the chunk back. Before, the balance is never
// above 0, so nobody can.
struct connection_heap::chunk {
    std::atomic<const void*> owner{nullptr};  // relaxed: a thread finds itself, or not itself
    std::atomic<std::int32_t> balance{0};
    std::int32_t live = 0;  // the owner's: taken, less what it gave back
    block_row blocks{
        {reinterpret_cast<std::byte*>(this + 1), chunk_store::chunk_bytes - sizeof(chunk)}};

    static chunk* make() noexcept {
        std::byte* const memory = store().take();
        return memory == nullptr ? nullptr : new (memory) chunk;
    }
    static chunk* of(const void* block) noexcept {
        return reinterpret_cast<chunk*>(store().chunk_of(block));
    }

    void* take(std::size_t bytes) noexcept {
        void* const block = bytes <= block_bytes_max || live == 0 ? blocks.take(bytes) : nullptr;
        live += block != nullptr ? 1 : 0;
        return block;
    }
    [[gnu::noinline]] static void give(void* block) noexcept {  // keeps the usual way short
        chunk& c = *of(block);
        if (c.owner.load(std::memory_order_relaxed) == this_thread()) {
            c.blocks.give(block);
            --c.live;
        } else {
            c.settle(-1);
        }
    }
    void end() noexcept { settle(live); }

private:
    // acq_rel: who gives the chunk back does so behind whatever others did with its blocks.
    void settle(std::int32_t change) noexcept {
        const std::int32_t before = balance.fetch_add(change, std::memory_order_acq_rel);
        if (before + change == 0) {
            store().give(reinterpret_cast<std::byte*>(this));
        }
    }
};

thread_local connection_heap::chunk* connection_heap::in_use_ = nullptr;

connection_heap::connection_heap() noexcept : chunk_(chunk::make()) {
    static_assert(sizeof(chunk) % block_row::unit == 0);
    static_assert(chunk_store::chunk_bytes <= block_row::span_bytes_max);
}

connection_heap::~connection_heap() {
    if (chunk_ != nullptr) {
        chunk_->end();
    }
}

connection_heap::use::use(connection_heap& heap) noexcept {
    in_use_ = heap.chunk_;
    if (in_use_ != nullptr) {
        in_use_->owner.store(this_thread(), std::memory_order_relaxed);
    }
}

connection_heap::use::~use() {
    if (in_use_ != nullptr) {
        in_use_->owner.store(nullptr, std::memory_order_relaxed);
    }
    in_use_ = nullptr;
}

void* connection_heap::take(std::size_t bytes) noexcept {
    if (in_use_ != nullptr) {
        if (void* const block = in_use_->take(bytes)) {
            return block;
        }
    }
    return std::malloc(bytes);
}

void connection_heap::give(void* block) noexcept {
    if (lies_in_a_chunk(block)) {
        chunk::give(block);
    } else {
        std::free(block);
    }
}

void* connection_heap::resize(void* block, std::size_t bytes) noexcept {
    if (block == nullptr) {
        return take(bytes);
    }
    if (bytes == 0) {
        give(block);
        return nullptr;
    }
    if (!lies_in_a_chunk(block)) {
        return std::realloc(block, bytes);
    }
    const std::size_t room = block_row::bytes_of(block);
    if (bytes <= room) {
        return block;
    }
    void* const larger = take(bytes);
    if (larger != nullptr) {
        std::memcpy(larger, block, room);
        give(block);
    }
    return larger;
}

bool connection_heap::holds(const void* block) const noexcept {
    return lies_in_a_chunk(block) && chunk::of(block) == chunk_;
}

void connection_heap::serve_openssl() noexcept {
#ifndef DOSELINE_OPENSSL_ON_MALLOC
    CRYPTO_set_mem_functions(
        [](std::size_t bytes, const char*, int) { return take(bytes); },
        [](void* block, std::size_t bytes, const char*, int) { return resize(block, bytes); },
        [](void* block, const char*, int) { give(block); });
#endif
}

}  // namespace doseline::net

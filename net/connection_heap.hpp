#pragma once

#include <cstddef>

namespace doseline::net {

// Where the blocks of one connection's TLS lie together, so that its memory goes back to the system
// when it ends. OpenSSL holds some 35 blocks for a connection; from malloc they come between those
// of the connections that came in at the same time, and what a third of all leave behind are holes
// in nearly every page.
//
// A heap is one chunk of net/chunk_store.hpp. Who begins a `use` lets it serve what the thread
// takes from OpenSSL's functions, as long as there is room and the blocks are small; all else comes
// from malloc, and nobody needs to know which. Each block may be given back by any thread at any
// time, also after its connection has ended: what OpenSSL made in passing for everybody keeps the
// chunk where it is, until the last of it is given back.
//
// Thread safety: a heap is used by one thread at a time. take(), give() and resize(): any thread.
class connection_heap {
public:
    // OpenSSL takes all its memory by the three functions below from now on. REQUIRES: it has not
    // taken any yet; else it stays with malloc.
    static void serve_openssl() noexcept;

    connection_heap() noexcept;
    ~connection_heap();
    connection_heap(const connection_heap&) = delete;
    connection_heap& operator=(const connection_heap&) = delete;

    // While it lives, the thread takes from this heap.
    class use {
    public:
        explicit use(connection_heap& heap) noexcept;
        ~use();
        use(const use&) = delete;
        use& operator=(const use&) = delete;
    };

    // As malloc, free and realloc, but for a resize to 0, which gives back and returns null.
    static void* take(std::size_t bytes) noexcept;
    static void give(void* block) noexcept;
    static void* resize(void* block, std::size_t bytes) noexcept;

    // Larger blocks are buffers that do not outlive a call, except for a heap's first one.
    static constexpr std::size_t block_bytes_max = 1'024;

    bool holds(const void* block) const noexcept;

private:
    struct chunk;
    static thread_local chunk* in_use_;

    chunk* const chunk_;  // null: none was left
};

}  // namespace doseline::net

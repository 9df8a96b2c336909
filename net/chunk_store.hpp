#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

namespace doseline::net {

// Chunks of one size for the heaps of connections (net/connection_heap.hpp), in address space that
// is reserved once. A chunk that is given back gives its pages back to the system at once,
// whichever of its neighbours live on; that is what it is for. A few stay warm, so that where
// connections come and go, the next one does without the system.
//
//     | slab 0: 64 chunks side by side | slab 1 | ...
//
// Chunks are not whole pages: that would cost a connection half a page on average. A page that two
// chunks share goes back when both are free. A slab is whole pages, and belongs to one shelf for
// ever. Each thread takes from a shelf of its own, so a shelf's lock is waited for only when
// another thread gives back what outlived its connection.
//
// Thread safety: any thread.
class chunk_store {
public:
    static constexpr std::size_t chunk_bytes = 15'104;
    static constexpr std::uint32_t slab_chunks = 64;
    static constexpr std::size_t slab_bytes = slab_chunks * chunk_bytes;
    static constexpr std::size_t warm_max = 16;  // of a shelf

    // When the system does not give so much address space, it is as if all chunks were taken.
    explicit chunk_store(std::uint32_t slabs_max);
    ~chunk_store();
    chunk_store(const chunk_store&) = delete;
    chunk_store& operator=(const chunk_store&) = delete;

    // Of any content, aligned to 64. Null: none is left, or the system has no memory.
    std::byte* take() noexcept;
    // REQUIRES: taken here, and nobody uses it any more.
    void give(std::byte* chunk) noexcept;

    bool holds(const void* address) const noexcept { return offset_of(address) < bytes_; }
    std::byte* chunk_of(const void* inside) const noexcept {
        return first_ + offset_of(inside) / chunk_bytes * chunk_bytes;
    }

private:
    struct slab {
        std::uint64_t free = 0;  // a bit a chunk
        std::uint32_t next = 0;  // with a free chunk, of the same shelf; or none
        std::uint32_t shelf = 0;
    };
    struct alignas(64) shelf {
        std::mutex mutex;  // of all its slabs
        std::uint32_t first = none;
        std::array<std::byte*, warm_max> warm{};  // as if taken, but by nobody; the last one goes
        std::size_t warm_count = 0;               // first, since it is still in the caches
    };
    static constexpr std::uint32_t none = ~std::uint32_t{0};

    std::size_t offset_of(const void* address) const noexcept {
        return static_cast<std::size_t>(reinterpret_cast<std::uintptr_t>(address) -
                                        reinterpret_cast<std::uintptr_t>(first_));
    }
    bool add_slab(std::uint32_t to_shelf) noexcept;
    void give_pages_back(std::size_t chunk, std::uint64_t free) noexcept;

    std::vector<slab> slabs_;
    std::byte* first_ = nullptr;
    std::size_t bytes_ = 0;  // 0: no address space
    std::array<shelf, 64> shelves_;
    std::mutex growth_;
    std::uint32_t slabs_used_ = 0;  // guarded by growth_
};

}  // namespace doseline::net

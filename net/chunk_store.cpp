#include "net/chunk_store.hpp"

#include <sys/mman.h>

#include <atomic>
#include <bit>

namespace doseline::net {

namespace {

constexpr std::size_t page = 4'096;
static_assert(chunk_store::slab_bytes % page == 0 && chunk_store::chunk_bytes % 64 == 0);
static_assert(chunk_store::chunk_bytes > page);  // no page has a share of more than two chunks

constexpr std::uint64_t bit(std::size_t n) { return std::uint64_t{1} << n; }

std::uint32_t number_of_this_thread() noexcept {
    static std::atomic<std::uint32_t> threads{0};
    // relaxed: a number, which orders nothing.
    thread_local const std::uint32_t mine = threads.fetch_add(1, std::memory_order_relaxed);
    return mine;
}

}  // namespace

chunk_store::chunk_store(std::uint32_t slabs_max) {
    const std::size_t wanted = slabs_max * slab_bytes;
    void* const got =
        ::mmap(nullptr, wanted, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (got == MAP_FAILED) {
        return;
    }
    // A huge page would be made whole again behind our back, by as much as has been given back.
    ::madvise(got, wanted, MADV_NOHUGEPAGE);
    slabs_.resize(slabs_max);
    first_ = static_cast<std::byte*>(got);
    bytes_ = wanted;
}

chunk_store::~chunk_store() {
    if (bytes_ != 0) {
        ::munmap(first_, bytes_);
    }
}

std::byte* chunk_store::take() noexcept {
    const auto mine = static_cast<std::uint32_t>(number_of_this_thread() % shelves_.size());
    shelf& s = shelves_[mine];
    const std::lock_guard lock(s.mutex);
    if (s.warm_count != 0) {
        return s.warm[--s.warm_count];
    }
    if (s.first == none && !add_slab(mine)) {
        return nullptr;
    }
    const std::uint32_t number = s.first;
    slab& from = slabs_[number];
    const auto chunk = static_cast<std::size_t>(std::countr_zero(from.free));
    from.free &= ~bit(chunk);
    if (from.free == 0) {
        s.first = from.next;
    }
    return first_ + number * slab_bytes + chunk * chunk_bytes;
}

bool chunk_store::add_slab(std::uint32_t to_shelf) noexcept {
    const std::lock_guard lock(growth_);
    if (bytes_ == 0 || slabs_used_ == slabs_.size() ||
        ::mprotect(first_ + slabs_used_ * slab_bytes, slab_bytes, PROT_READ | PROT_WRITE) != 0) {
        return false;
    }
    slabs_[slabs_used_] = {~std::uint64_t{0}, none, to_shelf};
    shelves_[to_shelf].first = slabs_used_++;
    return true;
}

void chunk_store::give(std::byte* chunk) noexcept {
    const std::size_t offset = offset_of(chunk);
    const auto number = static_cast<std::uint32_t>(offset / slab_bytes);
    slab& to = slabs_[number];
    shelf& s = shelves_[to.shelf];
    const std::lock_guard lock(s.mutex);
    if (s.warm_count < warm_max) {
        s.warm[s.warm_count++] = chunk;
        return;
    }
    if (to.free == 0) {
        to.next = s.first;
        s.first = number;
    }
    const std::size_t place = offset % slab_bytes / chunk_bytes;
    to.free |= bit(place);
    give_pages_back(offset / chunk_bytes, to.free);
}

// REQUIRES: the shelf's lock: nobody may take a neighbour, and with it a part of these pages.
void chunk_store::give_pages_back(std::size_t chunk, std::uint64_t free) noexcept {
    const std::size_t place = chunk % slab_chunks;
    const bool free_before = place == 0 || (free & bit(place - 1)) != 0;
    const bool free_behind = place == slab_chunks - 1 || (free & bit(place + 1)) != 0;
    const std::size_t begin = chunk * chunk_bytes + (free_before ? 0 : page - 1);
    const std::size_t end = (chunk + 1) * chunk_bytes + (free_behind ? page - 1 : 0);
    const std::size_t first_page = begin / page;
    ::madvise(first_ + first_page * page, (end / page - first_page) * page, MADV_DONTNEED);
}

}  // namespace doseline::net

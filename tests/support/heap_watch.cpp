#include "tests/support/heap_watch.hpp"

#include "tests/support/sanitized.hpp"

#include <malloc.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace doseline::test {

namespace {

// Figures, which order nothing: relaxed.
std::atomic<std::uint64_t> allocations{0};
std::atomic<std::int64_t> bytes{0};
thread_local bool bystander = false;
thread_local bool refused = false;

}  // namespace

bool heap_is_watched() noexcept { return !sanitized; }

heap_figures watched_heap() noexcept {
    return {allocations.load(std::memory_order_relaxed), bytes.load(std::memory_order_relaxed)};
}

heap_bystander::heap_bystander() noexcept { bystander = true; }
heap_bystander::~heap_bystander() { bystander = false; }

heap_refusal::heap_refusal() noexcept { refused = true; }
heap_refusal::~heap_refusal() { refused = false; }

namespace {

constexpr std::int64_t header_bytes = 8;

[[maybe_unused]] void* taken(void* block) noexcept {
    if (block != nullptr && !bystander) {
        bytes.fetch_add(static_cast<std::int64_t>(::malloc_usable_size(block)) + header_bytes,
                        std::memory_order_relaxed);
    }
    return block;
}

[[maybe_unused]] void* made(void* block) {
    if (block == nullptr || refused) {
        std::free(block);
        throw std::bad_alloc();
    }
    if (!bystander) {
        allocations.fetch_add(1, std::memory_order_relaxed);
    }
    return block;
}

[[maybe_unused]] void given(void* block) noexcept {
    if (block != nullptr && !bystander) {
        bytes.fetch_sub(static_cast<std::int64_t>(::malloc_usable_size(block)) + header_bytes,
                        std::memory_order_relaxed);
    }
}

}  // namespace

}  // namespace doseline::test

#if !DOSELINE_SANITIZED
// In place of the C++ library's.
void* operator new(std::size_t size) { return doseline::test::made(std::malloc(size)); }
void* operator new(std::size_t size, std::align_val_t alignment) {
    return doseline::test::made(std::aligned_alloc(static_cast<std::size_t>(alignment), size));
}
void operator delete(void* block) noexcept { std::free(block); }
void operator delete(void* block, std::size_t) noexcept { std::free(block); }
void operator delete(void* block, std::align_val_t) noexcept { std::free(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { std::free(block); }

// In place of the C library's, under whose other names they call it.
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void __libc_free(void*);

void* malloc(std::size_t size) { return doseline::test::taken(__libc_malloc(size)); }
void* calloc(std::size_t count, std::size_t size) {
    return doseline::test::taken(__libc_calloc(count, size));
}
void* realloc(void* block, std::size_t size) {
    doseline::test::given(block);
    return doseline::test::taken(__libc_realloc(block, size));
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
    return doseline::test::taken(__libc_memalign(alignment, size));
}
int posix_memalign(void** block, std::size_t alignment, std::size_t size) {
    *block = doseline::test::taken(__libc_memalign(alignment, size));
    return *block != nullptr ? 0 : ENOMEM;
}
void free(void* block) {
    doseline::test::given(block);
    __libc_free(block);
}
}
#endif

#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>

namespace doseline::core {

struct freed {
    void operator()(void* memory) const noexcept { std::free(memory); }
};
using big_pages = std::unique_ptr<std::byte, freed>;

// So many bytes in one piece, in pages of two megabytes where the system has them: for tables in
// which every access is to another page, and the translation of its address costs as much as the
// access. A system without them gives ordinary ones. What nobody writes to takes no memory.
// Throws std::bad_alloc.
inline big_pages in_big_pages(std::size_t bytes) {
    constexpr std::size_t page = std::size_t{2} << 20;
    const std::size_t whole = (bytes + page - 1) / page * page;
    big_pages memory(static_cast<std::byte*>(std::aligned_alloc(page, whole)));
    if (memory == nullptr) {
        throw std::bad_alloc();
    }
    ::madvise(memory.get(), whole, MADV_HUGEPAGE);  // no more than a wish
    return memory;
}

}  // namespace doseline::core

#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <span>
#include <type_traits>

namespace doseline::core {

// So many values in one piece of memory, in pages of two megabytes where the system has them: for
// tables in which every access is to another page, and the translation of its address costs as
// much as the access. A system without them gives ordinary ones.
template <class T>
class big_pages {
public:
    static_assert(std::is_trivially_destructible_v<T>);

    // Throws std::bad_alloc.
    explicit big_pages(std::size_t count) : bytes_((count * sizeof(T) + page - 1) / page * page) {
        void* const memory = std::aligned_alloc(page, bytes_);
        if (memory == nullptr) {
            throw std::bad_alloc();
        }
        ::madvise(memory, bytes_, MADV_HUGEPAGE);  // no more than a wish
        T* const first = static_cast<T*>(memory);
        std::uninitialized_value_construct_n(first, count);
        all_ = {first, count};
    }
    ~big_pages() { std::free(all_.data()); }
    big_pages(const big_pages&) = delete;
    big_pages& operator=(const big_pages&) = delete;

    std::span<T> all() const noexcept { return all_; }

private:
    static constexpr std::size_t page = std::size_t{2} << 20;

    const std::size_t bytes_;
    std::span<T> all_;
};

}  // namespace doseline::core

#pragma once

#include <boost/test/unit_test.hpp>

#include <cstdint>

// What the program under test takes from the heap, of all threads but those of the test itself,
// where both are in one process. Not under sanitizers, which bring a malloc of their own.
namespace doseline::test {

struct heap_figures {
    std::uint64_t allocations = 0;  // by C++ code; OpenSSL asks malloc and is not counted here
    std::int64_t bytes = 0;         // live, of everybody, with malloc's own 8 a block

    friend heap_figures operator-(const heap_figures& a, const heap_figures& b) noexcept {
        return {a.allocations - b.allocations, a.bytes - b.bytes};
    }
};

bool heap_is_watched() noexcept;

// Skips tests where it is not: *boost::unit_test::precondition(heap_watched).
inline boost::test_tools::assertion_result heap_watched(boost::unit_test::test_unit_id) {
    return heap_is_watched();
}

// Of all threads but bystanders, since the start of the process.
heap_figures watched_heap() noexcept;

// While it lives, what its thread does is not counted.
class heap_bystander {
public:
    heap_bystander() noexcept;
    ~heap_bystander();
    heap_bystander(const heap_bystander&) = delete;
    heap_bystander& operator=(const heap_bystander&) = delete;
};

// While it lives, its thread is refused what C++ code asks for (std::bad_alloc).
class heap_refusal {
public:
    heap_refusal() noexcept;
    ~heap_refusal();
    heap_refusal(const heap_refusal&) = delete;
    heap_refusal& operator=(const heap_refusal&) = delete;
};

}  // namespace doseline::test

#pragma once

#include "core/event.hpp"
#include "core/limits.hpp"

#include <atomic>
#include <memory>

namespace doseline::core {

// Which devices may no longer speak for their clinics. A credential (token or certificate) names
// its clinic, its device and the time when it was issued, and is stored nowhere: so what is kept is
// what no longer counts. Nothing is ever taken out.
//
// Thread safety: one thread adds, any may ask; lock-free. What has been added is seen by every
// request that comes after the revocation was acknowledged.
class revocations {
public:
    revocations() : slots_(new slot[slots]) {}

    bool has(clinic_number clinic, std::uint32_t device, instant issued_at) const noexcept;

    // That device (not 0) for ever; device 0: all that was issued to the clinic up to that time.
    // False when limits::revocations_max are there already.
    bool add(clinic_number clinic, std::uint32_t device, instant at) noexcept;
    // visit(clinic, device, issued_until) for each; the adding thread.
    template <class Visit>
    void for_each(Visit&& visit) const {
        for (std::size_t i = 0; i < slots; ++i) {
            const std::uint64_t key = slots_[i].key.load(std::memory_order_relaxed);
            if (key != 0) {
                visit(static_cast<clinic_number>((key >> 32) - 1), static_cast<std::uint32_t>(key),
                      instant{std::chrono::milliseconds{
                          slots_[i].until_ms.load(std::memory_order_relaxed)}});
            }
        }
    }
    bool full() const noexcept { return size_ == limits::revocations_max; }  // the adding thread

private:
    // Open addressing, at most half full; a key is written once, after its time.
    static constexpr std::size_t slots = 2 * limits::revocations_max;
    static_assert((slots & (slots - 1)) == 0);
    struct slot {
        std::atomic<std::uint64_t> key{0};      // clinic + 1 and device; 0: free
        std::atomic<std::int64_t> until_ms{0};  // issued up to then does not count
    };
    slot& find(clinic_number clinic, std::uint32_t device, std::uint64_t& key) const noexcept;

    std::unique_ptr<slot[]> slots_;
    std::size_t size_ = 0;
};

}  // namespace doseline::core

#include "core/revocations.hpp"

#include <algorithm>
#include <limits>

namespace doseline::core {

// Where that key stands, or would: there always is a free slot.
revocations::slot& revocations::find(clinic_number clinic, std::uint32_t device,
                                     std::uint64_t& key) const noexcept {
    key = (std::uint64_t{clinic} + 1) << 32 | device;
    std::size_t at = static_cast<std::size_t>(key * 0x9e3779b97f4a7c15ull >> 40) & (slots - 1);
    for (;;) {
        // acquire: pairs with add(), whose time is then there.
        const std::uint64_t found = slots_[at].key.load(std::memory_order_acquire);
        if (found == 0 || found == key) {
            return slots_[at];
        }
        at = (at + 1) & (slots - 1);
    }
}

bool revocations::has(clinic_number clinic, std::uint32_t device,
                      instant issued_at) const noexcept {
    const std::int64_t issued_ms = issued_at.time_since_epoch().count();
    for (const std::uint32_t which : {device, std::uint32_t{0}}) {
        std::uint64_t key = 0;
        const slot& s = find(clinic, which, key);
        if (s.key.load(std::memory_order_acquire) == key &&
            issued_ms <= s.until_ms.load(std::memory_order_relaxed)) {
            return true;
        }
    }
    return false;
}

bool revocations::add(clinic_number clinic, std::uint32_t device, instant at) noexcept {
    std::uint64_t key = 0;
    slot& s = find(clinic, device, key);
    const bool known = s.key.load(std::memory_order_relaxed) == key;  // we alone write
    if (!known && full()) {
        return false;
    }
    const std::int64_t until =
        device == 0 ? at.time_since_epoch().count() : std::numeric_limits<std::int64_t>::max();
    s.until_ms.store(std::max(until, s.until_ms.load(std::memory_order_relaxed)),
                     std::memory_order_relaxed);  // published by the key, or late by a moment
    s.key.store(key, std::memory_order_release);
    size_ += known ? 0 : 1;
    return true;
}

}  // namespace doseline::core

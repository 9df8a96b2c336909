#pragma once

#include "storage/key_ring.hpp"

#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

namespace doseline::storage {

// The keys of a registry that is being served, which may get a new data key meanwhile. Rings that
// were handed out before stay as they were and are good for what was sealed under them.
//
// Thread safety: any thread. What now() gives lives as long as this object: also a destroyed data
// key is in memory until then.
class served_keys {
public:
    explicit served_keys(key_ring first);

    const key_ring& now() const noexcept { return *now_.load(std::memory_order_acquire); }

    // Throws one line when the ring is not this registry's, or lacks the data key that is in use:
    // what was sealed under that would be lost.
    void require_renewable(const key_ring& fresh) const;

    // Takes this ring from now on. Throws as above, and then changes nothing.
    void renew(key_ring fresh);

private:
    std::mutex mutex_;
    std::vector<std::unique_ptr<const key_ring>> all_;
    std::atomic<const key_ring*> now_;
};

}  // namespace doseline::storage

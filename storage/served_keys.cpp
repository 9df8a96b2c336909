#include "storage/served_keys.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace doseline::storage {

namespace {

bool same(key_view a, key_view b) noexcept { return std::ranges::equal(a, b); }

[[noreturn]] void refuse(const std::string& what) {
    throw std::runtime_error(what + "; restore the whole keys directory from its safe copy");
}

}  // namespace

served_keys::served_keys(key_ring first) {
    all_.push_back(std::make_unique<const key_ring>(std::move(first)));
    now_.store(all_.back().get(), std::memory_order_release);
}

void served_keys::require_renewable(const key_ring& fresh) const {
    const key_ring& used = now();
    if (!same(used.lookup_key(), fresh.lookup_key()) ||
        !same(used.token_key(), fresh.token_key()) ||
        !same(used.receipt_key(), fresh.receipt_key()) ||
        !same(used.anchor_key(), fresh.anchor_key())) {
        refuse("the keys are not those that this server was started with");
    }
    const std::uint8_t current = used.current_data_key_id();
    const auto kept = fresh.data_key(current);
    if (!kept || !same(*kept, *used.data_key(current))) {
        refuse("data key " + std::to_string(current) + ", which is in use, is gone or another");
    }
    if (fresh.current_book() != used.current_book()) {
        refuse("the newest data key is of book " + std::to_string(fresh.current_book()));
    }
}

void served_keys::renew(key_ring fresh) {
    const std::lock_guard lock(mutex_);
    require_renewable(fresh);
    all_.push_back(std::make_unique<const key_ring>(std::move(fresh)));
    now_.store(all_.back().get(), std::memory_order_release);
}

}  // namespace doseline::storage

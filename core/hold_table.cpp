#include "core/hold_table.hpp"

namespace doseline::core {

std::optional<hold> hold_table::find(const person_key& person, programme_number programme,
                                     steady_ms now) const {
    const auto it = holds_.find({person, programme});
    if (it == holds_.end() || it->second.expires <= now) {
        return std::nullopt;
    }
    return hold{it->second.clinic, it->second.expires};
}

void hold_table::set(const person_key& person, programme_number programme, clinic_number clinic,
                     steady_ms expires) {
    const auto [it, made] = holds_.try_emplace({person, programme});
    if (!made) {
        unlink(*it);
    }
    it->second.clinic = clinic;
    it->second.expires = expires;
    link(*it);
}

std::optional<clinic_number> hold_table::end(const person_key& person, programme_number programme) {
    if (holds_.empty()) {  // as in a replay, in which this would be a twentieth of all
        return std::nullopt;
    }
    const auto it = holds_.find({person, programme});
    if (it == holds_.end()) {
        return std::nullopt;
    }
    const clinic_number clinic = it->second.clinic;
    unlink(*it);
    holds_.erase(it);
    return clinic;
}

void hold_table::link(entry& e) noexcept {
    e.second.older = newest_;
    e.second.newer = nullptr;
    (newest_ != nullptr ? newest_->second.newer : oldest_) = &e;
    newest_ = &e;
}

void hold_table::unlink(entry& e) noexcept {
    (e.second.older != nullptr ? e.second.older->second.newer : oldest_) = e.second.newer;
    (e.second.newer != nullptr ? e.second.newer->second.older : newest_) = e.second.older;
}

void hold_table::remove(entry& e) {
    unlink(e);
    holds_.erase(e.first);
}

}  // namespace doseline::core

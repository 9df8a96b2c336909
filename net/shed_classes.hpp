#pragma once

#include "core/published.hpp"
#include "net/handler.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace doseline::net {

// Of each class, how many reactors refuse some of it for load.
//
// Thread safety: any. Figures: relaxed, they order nothing.
class shed_classes {
public:
    // One reactor served so many classes in full, from registrations down, and now so many.
    void changed(std::size_t before, std::size_t now) noexcept {
        for (std::size_t c = now; c < before; ++c) {
            reactors_[c].fetch_add(1, std::memory_order_relaxed);
        }
        for (std::size_t c = before; c < now; ++c) {
            reactors_[c].fetch_sub(1, std::memory_order_relaxed);
        }
    }
    bool contains(work_class c) const noexcept {
        return reactors_[static_cast<std::size_t>(c)].load(std::memory_order_relaxed) != 0;
    }

private:
    std::array<std::atomic<std::uint32_t>, work_classes> reactors_{};
};

// The classes of which requests are refused now, whoever decided it: an operator or a rule by the
// mode, or reactors for load.
using class_set = std::array<bool, work_classes>;
class_set refused_classes(core::mode mode, const shed_classes& shed) noexcept;
std::vector<std::string_view> names_of(const class_set& classes);

}  // namespace doseline::net

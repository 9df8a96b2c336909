#include "net/refusal_pressure.hpp"

#include <algorithm>
#include <cmath>

namespace doseline::net {

namespace {

constexpr double enough = 0.1;       // of what passes: more refusals than these raise it,
constexpr double enough_at_all = 8;  // but never so few in a window
constexpr double growth = 0.02;      // a window, times how often there were enough, less once
constexpr double growth_max = 1.25;  // a window
constexpr double shrinkage = 0.98;   // a window

}  // namespace

void refusal_pressure::note(double passed, double refused, double windows) noexcept {
    const double times = refused / (enough * passed + enough_at_all);
    const double change =
        times > 1 ? std::min(growth_max, 1 + growth * (times - 1)) : std::pow(shrinkage, windows);
    value_ = std::clamp(value_ * change, least, most);
}

}  // namespace doseline::net

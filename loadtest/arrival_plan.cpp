#include "loadtest/arrival_plan.hpp"

#include <algorithm>
#include <cmath>

namespace doseline::loadtest {

void arrival_plan::advance() noexcept {
    if (remaining_ == 0) {
        next_.reset();
        return;
    }
    // The least of k uniform points leaves a share of U^(1/k) behind it.
    left_ *= std::pow(random_.unit(), 1.0 / static_cast<double>(remaining_));
    --remaining_;
    const double at = (1.0 - left_) * static_cast<double>(length_.count());
    const auto last = length_.count() - 1;
    next_ = offset{std::clamp(static_cast<offset::rep>(at), offset::rep{0}, last)};
}

}  // namespace doseline::loadtest

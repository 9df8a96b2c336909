#pragma once

#include "core/command.hpp"

#include <deque>
#include <unordered_map>
#include <utility>

namespace doseline::storage {

// What waits, a line a clinic: each line first come first served, and clinics in turn. So who asks
// for much waits behind itself.
//
// Thread safety: none.
template <class Waiting>
class clinic_turns {
public:
    bool empty() const noexcept { return turns_.empty(); }

    void put(core::clinic_number whose, Waiting&& what) {
        std::deque<Waiting>& line = lines_[whose];
        if (line.empty()) {
            turns_.push_back(whose);
        }
        line.push_back(std::move(what));
    }

    // REQUIRES: !empty().
    Waiting take() {
        const core::clinic_number whose = turns_.front();
        turns_.pop_front();
        const auto line = lines_.find(whose);
        Waiting first = std::move(line->second.front());
        line->second.pop_front();
        if (line->second.empty()) {
            lines_.erase(line);
        } else {
            turns_.push_back(whose);
        }
        return first;
    }

private:
    std::unordered_map<core::clinic_number, std::deque<Waiting>> lines_;  // none is empty
    std::deque<core::clinic_number> turns_;  // who has a line, once each
};

}  // namespace doseline::storage

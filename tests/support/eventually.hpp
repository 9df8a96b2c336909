#pragma once

#include <chrono>
#include <thread>

namespace doseline::test {

// What another thread or process brings about. Bounds a failure; on success nothing waits for it.
template <class Holds>
bool eventually(const Holds& holds) {
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (!holds()) {
        if (std::chrono::steady_clock::now() > patience) {
            return false;
        }
        std::this_thread::yield();
    }
    return true;
}

}  // namespace doseline::test

#pragma once

#include "bench/season.hpp"

namespace doseline::bench {

// A registry in which ten million persons had a dose, far beyond any processor cache. Made once,
// by the first benchmark that asks, and only ever grown after that: each benchmark continues where
// the last one left it. All of them together add less than two and a half million, so that the
// tables' next growth, when nearly all segments split, falls into none of them.
struct large_registry {
    static constexpr std::uint64_t persons = 10'000'000;

    large_registry() {
        core::sequence seq = 0;
        for (const core::event& e : written.opening()) {
            state.apply(e, ++seq);
        }
        while (written.persons() < persons) {
            const core::event e = written.next_event();
            state.apply(e, written.seq());
        }
    }

    season written;
    core::registry state;

    static large_registry& get() {
        static large_registry only;
        return only;
    }
};

}  // namespace doseline::bench

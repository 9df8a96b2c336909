#pragma once

#include "tests/crash/options.hpp"
#include "tests/crash/witness.hpp"
#include "tests/support/program.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <thread>

namespace doseline::test {

// Lives of the storage's writer that all end badly, and what is found after each.
class bad_lives {
public:
    static constexpr unsigned lives_of_a_registry = 25;  // after it, a look takes too long

    explicit bad_lives(unsigned seed) : random_(seed) {}

    // A fresh registry at dir and its lives. end(writer) ends each, and returns when what is left
    // can be looked at.
    template <class End>
    void live(unsigned lives, const std::filesystem::path& dir, End&& end) {
        make_demo_on_small_disk(dir, 4, 200);
        const std::uint64_t seed = random_();
        witness seen(dir, seed);
        for (unsigned n = 0; n < lives; ++n) {
            BOOST_TEST_CONTEXT("life " << lives_) {
                one(seen, dir, seed, end);
                seen.look();
            }
            ++lives_;
        }
        told_ += seen.told();
        recorded_ += seen.recorded();
        movements_ += seen.movements();
        amendments_ += seen.amendments();
        untold_ += seen.untold();
    }

    void tell() const {
        BOOST_TEST_MESSAGE(lives_ << " lives, " << told_ << " answers, " << recorded_
                                  << " recorded, " << movements_ << " of them movements, "
                                  << amendments_ << " corrections, voids and payments, " << untold_
                                  << " recorded before they were told");
        require_met(untold_, lives_, 400);  // 999 in 900 kills, 349 in 900 power cuts
    }

private:
    template <class End>
    void one(witness& seen, const std::filesystem::path& dir, std::uint64_t seed, End&& end) {
        constexpr std::size_t commands = 400;
        writer_process::options o;
        o.seed = seed;
        o.window = 1 + random_() % 64;
        o.anchor_ms = 1 + static_cast<unsigned>(random_() % 10);
        writer_process writer(dir, o, seen.numbers(commands, random_));
        // One in eight ends at any moment of its start, the others while they work. Away from the
        // moment at which an answer came: nothing waits for the end of these pauses.
        if (random_() % 8 == 0) {
            std::this_thread::sleep_for(std::chrono::microseconds(random_() % 30'000));
        } else {
            writer.read_until(random_() % commands);
            std::this_thread::sleep_for(std::chrono::microseconds(random_() % 1'500));
        }
        end(writer);
        seen.hear(writer.acknowledged());
    }

    std::mt19937 random_;
    unsigned lives_ = 0;
    std::size_t told_ = 0;
    std::size_t recorded_ = 0;
    std::size_t movements_ = 0;
    std::size_t amendments_ = 0;
    std::size_t untold_ = 0;
};

}  // namespace doseline::test

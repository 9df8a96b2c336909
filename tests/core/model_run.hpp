#pragma once

#include "tests/core/model_command.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <cstdlib>
#include <exception>
#include <optional>
#include <random>
#include <sstream>
#include <string>
#include <vector>

namespace doseline::test {

// What a run of random histories may be told from outside:
//   DOSELINE_MODEL_COMMANDS   how many in all, rounded up to whole histories
//   DOSELINE_MODEL_SEED       of the first history; the others' follow it, one by one
struct model_run {
    static constexpr std::size_t history_commands = 1'000;

    explicit model_run(std::uint64_t commands_by_default)
        : commands(number("DOSELINE_MODEL_COMMANDS").value_or(commands_by_default)),
          seed(number("DOSELINE_MODEL_SEED").value_or(std::random_device{}())) {}

    std::uint64_t commands;
    std::uint64_t seed;

    // History makes one from its steps, checks it on the way and at its end, and throws. A history
    // that fails is told with its seed and made as short as it comes.
    template <class History>
    void check(const History& history) const {
        BOOST_TEST_MESSAGE(commands << " commands, first seed " << seed);
        for (std::uint64_t n = 0; n * history_commands < commands; ++n) {
            std::mt19937_64 random(seed + n);
            std::vector<step> steps(history_commands);
            for (step& s : steps) {
                s = random_step(random);
            }
            if (const auto fault = fault_of(history, steps)) {
                BOOST_FAIL("the history of DOSELINE_MODEL_SEED=" << seed + n << ": " << *fault
                                                                 << shortened(history, steps));
            }
        }
    }

private:
    static std::optional<std::uint64_t> number(const char* name) {
        const char* text = std::getenv(name);
        return text == nullptr ? std::nullopt : std::optional(std::stoull(text));
    }

    template <class History>
    static std::optional<std::string> fault_of(const History& history,
                                               const std::vector<step>& steps) {
        try {
            history(steps);
        } catch (const std::exception& e) {
            return e.what();
        }
        return std::nullopt;
    }

    // Without what can be left out of it: halves first, single steps last.
    template <class History>
    static std::string shortened(const History& history, std::vector<step> steps) {
        for (std::size_t piece = steps.size() / 2; piece > 0; piece /= 2) {
            for (std::size_t at = 0; at < steps.size();) {
                std::vector<step> without(steps);
                const auto first = without.begin() + static_cast<std::ptrdiff_t>(at);
                without.erase(
                    first, first + static_cast<std::ptrdiff_t>(std::min(piece, steps.size() - at)));
                if (fault_of(history, without)) {
                    steps = std::move(without);
                } else {
                    at += piece;
                }
            }
        }
        std::ostringstream out;
        out << "\n these steps are enough (" << fault_of(history, steps).value_or("") << "):";
        for (const step& s : steps) {
            out << "\n  " << s;
        }
        return out.str();
    }
};

}  // namespace doseline::test

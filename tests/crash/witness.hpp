#pragma once

#include "tests/crash/command_plan.hpp"
#include "tests/crash/writer_process.hpp"

#include <filesystem>
#include <map>
#include <random>
#include <set>
#include <vector>

namespace doseline::test {

// Remembers what a registry's clinics were told, over all its lives, and holds the ledger to it.
class witness {
public:
    witness(std::filesystem::path dir, std::uint64_t seed);

    // What a life sends: all that has no answer yet, some of what has, and new commands up to so
    // many; every fifth twice, at once or a little later, so that twins meet within a commit.
    std::vector<std::uint32_t> numbers(std::size_t count, std::mt19937& random);

    // What was told in that life: the same as ever before.
    void hear(const std::vector<acknowledgement>& told);

    // The registry as it is found after the end: it would be served (pages, chains, anchor), its
    // fold is what a start recovers, everything told is in it with its receipt, nothing that it
    // held before is gone or another, and no key is in it twice. In boost tests.
    void look();

    std::size_t told() const noexcept { return told_; }          // answers
    std::size_t recorded() const noexcept { return recorded_; }  // as last seen, of all kinds
    std::size_t movements() const noexcept { return movements_; }
    std::size_t amendments() const noexcept { return amendments_; }
    std::size_t untold() const noexcept { return untold_; }  // found before they were told

private:
    const std::filesystem::path dir_;
    const command_plan plan_;
    std::uint32_t next_ = 0;
    std::set<std::uint32_t> open_;            // sent, perhaps: no answer
    std::map<std::uint32_t, receipt> known_;  // as told, or as found in the ledger before
    std::set<std::uint32_t> checked_;         // checks that were answered
    std::size_t told_ = 0;
    std::size_t recorded_ = 0;
    std::size_t movements_ = 0;
    std::size_t amendments_ = 0;
    std::size_t untold_ = 0;
};

}  // namespace doseline::test

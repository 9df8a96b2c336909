// The ledger's one writer as the server has it, without a network: opens and recovers a registry,
// then sends the numbers of a plan through the real committer and says what was answered, each
// before it sends the next.
//
//   doseline-test-writer DIR SEED WINDOW ANCHOR_MS < numbers
//
// WINDOW: commands under way at a time; with 1 the file is not written ahead, so that a run makes
// the same calls in the same order. A line of stdout for each answer, in one write:
//   N dose SEQ FLAGS CLAIM REMAINING RECORDED_AT | N check | N declined | N refused |
//   N moved SEQ ON_HAND IN_TRANSIT SUSPENSE REMAINING RECORDED_AT |
//   N amended SEQ FLAGS CLAIM REMAINING RECORDED_AT
// Declined: the book doesn't have what was to leave. Refused: it was not looked at, or is of a
// registration that has no answer yet.
// Ends with 0 when all are answered, with 1 and a line on stderr when it can't go on.
#include "storage/anchor.hpp"
#include "storage/boot_epoch.hpp"
#include "storage/committer.hpp"
#include "storage/directory_lock.hpp"
#include "storage/key_ring.hpp"
#include "storage/lmdb_ledger.hpp"
#include "storage/preallocation.hpp"
#include "storage/recovery.hpp"
#include "storage/verify.hpp"
#include "tests/crash/command_plan.hpp"

#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <map>
#include <semaphore>
#include <thread>

namespace doseline::test {

namespace {

constexpr std::uint64_t disk_reserve_bytes = 1u << 20;  // the tests' disks are small

[[noreturn]] void die(std::string_view why) {
    const std::string line = "fatal: " + std::string(why) + '\n';
    [[maybe_unused]] const auto told = ::write(STDERR_FILENO, line.data(), line.size());
    std::_Exit(1);
}

void say(const std::string& line) {
    if (::write(STDOUT_FILENO, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
        die("nobody listens");
    }
}

class writer {
public:
    writer(const std::filesystem::path& dir, std::chrono::milliseconds anchor_interval)
        : lock_(storage::require_registry(dir)), keys_(storage::key_ring::open(dir)),
          anchored_(storage::check_before_serving(dir)),
          ledger_(dir, storage::lmdb::access::write, disk_reserve_bytes),
          epoch_(storage::advance_boot_epoch(dir, clock_.wall())), totals_(1),
          recovered_(storage::recover(*ledger_.reader(), anchored_.heads,
                                      {clock_.wall(), clock_.steady()}, registry_, totals_)),
          port_(bell_, wake, this, 0), anchors_(dir, keys_, die, anchor_interval),
          reader_(ledger_.reader(), die),
          committer_({ledger_, registry_, published_, totals_, reader_, bell_}, {&port_}, clock_,
                     recovered_.last,
                     [this](const storage::stream_head& events, const storage::stream_head& audit) {
                         anchors_.passed(events, audit);
                     }) {}

    void run(const command_plan& plan, const std::vector<std::uint32_t>& numbers,
             std::size_t window) {
        for (const std::uint32_t n : numbers) {  // while the registry is still ours alone
            if (command_plan::is_amendment(n)) {
                const std::uint32_t of = command_plan::amended_by(n);
                if (const core::sequence seq = registry_.keys().find(plan.key(of)); seq != 0) {
                    registered_.emplace(of, seq);
                }
            }
        }
        std::optional<storage::preallocator> preallocator;
        if (window > 1) {
            preallocator.emplace(storage::preallocator::parts{
                ledger_.file(),
                [this] { return ledger_.used_bytes(); },
                {storage::preallocation::default_most, disk_reserve_bytes},
                [](std::string_view) {}});
        }
        std::thread committing([this] {
            try {
                committer_.run();
            } catch (const std::exception& e) {
                die(e.what());
            }
        });
        auto next = numbers.begin();
        std::size_t open = 0;
        while (next != numbers.end() || open > 0) {
            for (; next != numbers.end() && open < window; ++next) {
                const auto amended = registered_.find(command_plan::amended_by(*next));
                if (command_plan::is_amendment(*next) && amended == registered_.end()) {
                    say(std::to_string(*next) + " refused\n");
                    continue;
                }
                if (!port_.submit(
                        {*next, plan(*next, amended == registered_.end() ? 0 : amended->second)})) {
                    die("the window is wider than the port");
                }
                ++open;
            }
            if (open == 0) {
                break;
            }
            woken_.acquire();
            port_.collect([&](storage::delivery&& d) {
                if (const auto* dose = std::get_if<core::dose_receipt>(&d.outcome)) {
                    registered_.emplace(static_cast<std::uint32_t>(d.ticket), dose->seq);
                }
                say(std::to_string(d.ticket) + ' ' + words(d.outcome) + '\n');
                --open;
            });
        }
        committer_.stop();
        committing.join();
    }

private:
    static void wake(void* self) { static_cast<writer*>(self)->woken_.release(); }

    static std::string words(const core::outcome& told) {
        if (const auto* dose = std::get_if<core::dose_receipt>(&told)) {
            return "dose " + std::to_string(dose->seq) + ' ' + std::to_string(dose->flags) + ' ' +
                   std::to_string(static_cast<unsigned>(dose->claim)) + ' ' +
                   std::to_string(dose->remaining) + ' ' +
                   std::to_string(dose->recorded_at.time_since_epoch().count());
        }
        if (const auto* put = std::get_if<core::correction_receipt>(&told)) {
            return "amended " + std::to_string(put->seq) + ' ' + std::to_string(put->flags) + ' ' +
                   std::to_string(static_cast<unsigned>(put->claim)) + ' ' +
                   std::to_string(put->remaining) + ' ' +
                   std::to_string(put->corrected_at.time_since_epoch().count());
        }
        if (const auto* taken = std::get_if<core::void_receipt>(&told)) {
            return "amended " + std::to_string(taken->seq) + " 0 " +
                   std::to_string(static_cast<unsigned>(core::claim_state::not_payable)) + ' ' +
                   std::to_string(taken->remaining) + ' ' +
                   std::to_string(taken->voided_at.time_since_epoch().count());
        }
        if (const auto* paid = std::get_if<core::claim_receipt>(&told)) {
            return "amended " + std::to_string(paid->seq) + " 0 " +
                   std::to_string(static_cast<unsigned>(paid->claim)) + " 0 " +
                   std::to_string(paid->decided_at.time_since_epoch().count());
        }
        if (const auto* moved = std::get_if<core::movement_receipt>(&told)) {
            const core::stock_changed& e = moved->event;
            return "moved " + std::to_string(moved->seq) + ' ' + std::to_string(e.on_hand) + ' ' +
                   std::to_string(e.in_transit) + ' ' + std::to_string(e.suspense) + ' ' +
                   std::to_string(e.remaining) + ' ' +
                   std::to_string(e.header.recorded_at.time_since_epoch().count());
        }
        const auto* refused = std::get_if<core::refusal>(&told);
        if (refused != nullptr && (refused->code == core::errc::not_on_hand ||
                                   refused->code == core::errc::claim_state)) {
            return "declined";
        }
        return std::holds_alternative<core::check_answer>(told) ? "check" : "refused";
    }

    const storage::clocks clock_ = storage::system_clocks();
    const storage::directory_lock lock_;
    const storage::key_ring keys_;
    const storage::anchor anchored_;
    storage::lmdb_ledger ledger_;
    const std::uint32_t epoch_;
    core::registry registry_;
    core::published published_;
    core::dose_totals totals_;
    const storage::recovered recovered_;
    std::map<std::uint32_t, core::sequence> registered_;  // of the plan: its number in the ledger
    std::counting_semaphore<> woken_{0};
    storage::doorbell bell_;
    storage::port port_;
    storage::anchor_keeper anchors_;
    storage::reader reader_;
    storage::committer committer_;
};

}  // namespace

}  // namespace doseline::test

int main(int argc, char** argv) {
    using namespace doseline::test;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that was killed leaves nothing running
    if (argc != 5) {
        die("usage: doseline-test-writer DIR SEED WINDOW ANCHOR_MS < numbers");
    }
    try {
        const std::vector<std::uint32_t> numbers{std::istream_iterator<std::uint32_t>(std::cin),
                                                 {}};
        writer w(argv[1], std::chrono::milliseconds(std::stoul(argv[4])));
        w.run(command_plan(std::stoull(argv[2]), 4), numbers, std::stoul(argv[3]));
    } catch (const std::exception& e) {
        die(e.what());
    }
    return 0;
}

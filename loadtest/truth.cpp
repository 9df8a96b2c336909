#include "loadtest/truth.hpp"

#include "loadtest/proof.hpp"
#include "loadtest/replay_run.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <utility>

namespace doseline::loadtest {

namespace {

constexpr std::uint32_t connections_max = 16;
constexpr std::uint64_t compared_max = 200'000;

// What the record alone shows.
struct own_record {
    std::uint64_t lines = 0;
    std::uint64_t registrations = 0;  // different keys
    std::uint64_t contradicted = 0;   // one key, acknowledged twice and differently
    std::uint64_t shared = 0;         // one entry of the ledger for two keys
    std::uint64_t unreadable = 0;
};

own_record read_record(const std::filesystem::path& file, std::uintmax_t from) {
    own_record seen;
    std::unordered_map<std::uint64_t, std::uint64_t> seq_of;  // by hash of clinic and key
    std::unordered_map<std::uint64_t, std::uint64_t> key_of;  // by seq
    ack_reader reader(file, from);
    const std::hash<std::string> hash;
    while (const auto line = reader.next()) {
        ++seen.lines;
        const std::uint64_t key = hash(line->clinic_code + line->key);
        const auto [known, fresh] = seq_of.emplace(key, line->given.seq);
        if (!fresh) {
            seen.contradicted += known->second != line->given.seq ? 1 : 0;
            continue;
        }
        ++seen.registrations;
        seen.shared += key_of.emplace(line->given.seq, key).second ? 0 : 1;
    }
    seen.unreadable = reader.unreadable();
    return seen;
}

// Every doubtful key is sent on two connections, as by a clinic that tries it on a second PC, too.
replay_counts settle(const setting& here, std::span<const doubt> in_doubt, ack_writer& record) {
    std::atomic<std::size_t> next{0};
    const row_source rows = [&]() -> std::optional<ack_line> {
        const std::size_t i = next.fetch_add(1) / 2;
        if (i >= in_doubt.size()) {
            return std::nullopt;
        }
        const doubt& d = in_doubt[i];
        return ack_line{d.clinic, here.clinics[d.clinic].code, d.key, d.person, {}, d.occurred_at};
    };
    return send_again(here, rows, connections_max, &record);
}

replay_counts replay(const setting& here, const std::filesystem::path& file, std::uintmax_t from,
                     std::uint64_t every) {
    ack_reader reader(file, from);
    std::atomic<std::uint64_t> n{0};
    const row_source rows = [&]() -> std::optional<ack_line> {
        for (;;) {
            auto line = reader.next();
            if (!line || n.fetch_add(1) % every == 0) {
                return line;
            }
        }
    };
    return send_again(here, rows, connections_max, nullptr);
}

std::uint64_t magnitude(std::int64_t n) noexcept {
    return static_cast<std::uint64_t>(n < 0 ? -n : n);
}

// What could not be looked at in full does not hold, though nothing was found.
void add_count(judgement& to, std::string_view name, std::uint64_t found, bool looked) {
    to.add(name, looked && found == 0, "0",
           looked || found != 0 ? std::to_string(found) : "not compared in full");
}

std::filesystem::path make_own_file() {
    std::string name = (std::filesystem::temp_directory_path() / "doseline-acks-XXXXXX").string();
    const int descriptor = ::mkstemp(name.data());
    if (descriptor < 0) {
        throw std::runtime_error("cannot write " + name + ": the record of acknowledgements");
    }
    ::close(descriptor);
    return name;
}

}  // namespace

truth::truth(const setting& here) : here_(here), file_(here.asked.acks) {
    if (file_.empty()) {
        file_ = make_own_file();
        own_file_ = true;
    }
    record_.emplace(file_);
    begin_ = std::filesystem::file_size(file_);
    before_ = ask_for_totals(here);
}

truth::~truth() {
    if (own_file_) {
        std::error_code ignored;
        std::filesystem::remove(file_, ignored);
    }
}

boost::json::object truth::compare(std::span<const doubt> in_doubt, judgement& to,
                                   std::int64_t brought) {
    replay_counts settled;
    if (!in_doubt.empty()) {
        settled = settle(here_, in_doubt, *record_);
    }
    const own_record own = read_record(file_, begin_);
    const auto after = ask_for_totals(here_);
    const std::uint64_t every = 1 + own.lines / compared_max;
    const replay_counts again = replay(here_, file_, begin_, every);
    const proof proven = ask_for_proof(here_);

    // Doses that the figures know and the record does not, and the other way round; then stock
    // that left without a dose, or stayed in spite of one.
    std::int64_t surplus = 0;
    std::int64_t drift = 0;
    if (before_ && after) {
        const std::int64_t doses = after->doses - before_->doses;
        surplus = doses - static_cast<std::int64_t>(own.registrations);
        drift = before_->remaining + brought - after->remaining - doses;
    }
    const std::uint64_t lost = std::max(again.lost, magnitude(std::min<std::int64_t>(0, surplus)));
    const std::uint64_t doubled = own.contradicted + own.shared +
                                  static_cast<std::uint64_t>(std::max<std::int64_t>(0, surplus));
    // Each was sent twice, so one that had not been recorded is recorded once now.
    const std::uint64_t unrecorded = settled.settled_now;
    const std::uint64_t drifted = proven.drift + magnitude(drift);

    const bool looked = before_ && after && again.unanswered == 0;
    to.expect_none("registrations in doubt and not settled", settled.unanswered);
    to.add("acknowledgements compared", again.unanswered == 0 && own.unreadable == 0,
           every == 1 ? "all " + std::to_string(own.lines)
                      : "every " + std::to_string(every) + "th of " + std::to_string(own.lines),
           std::to_string(again.compared()));
    to.add("figures", before_ && after, "told before and after",
           before_ && after ? std::to_string(after->doses - before_->doses) + " doses more"
                            : "not told");
    add_count(to, "lost", lost, looked);
    add_count(to, "doubled", doubled, looked);
    add_count(to, "changed", again.changed, looked);
    add_count(to, "drifted", drifted, looked);
    to.add("proof", proven.holds, "drift 0", proven.line);
    return {{"acknowledged", own.registrations},
            {"compared", again.compared()},
            {"not_compared", again.unanswered + own.unreadable},
            {"in_doubt", in_doubt.size()},
            {"found_recorded", in_doubt.size() - unrecorded - settled.unanswered / 2},
            {"found_unrecorded", unrecorded},
            {"lost", lost},
            {"doubled", doubled},
            {"changed", again.changed},
            {"drifted", drifted},
            {"proof", proven.given}};
}

}  // namespace doseline::loadtest

#include "loadtest/scenarios/slow.hpp"

#include "loadtest/admin_client.hpp"
#include "loadtest/clinic_load.hpp"
#include "loadtest/conclusion.hpp"
#include "loadtest/fleet.hpp"
#include "loadtest/live_line.hpp"
#include "loadtest/memory.hpp"
#include "loadtest/report.hpp"
#include "loadtest/slow_load.hpp"
#include "loadtest/truth.hpp"

#include <boost/json/value.hpp>

#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace doseline::loadtest {

namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr std::uint32_t working_default_max = 1'000;
constexpr std::size_t padded_bytes = 1'000;

// Within this the server should have noticed that everybody has gone.
constexpr std::chrono::seconds noticing = 3s;

load_plan plan_of(const setting& here) {
    if (here.clinics.size() < 2) {
        throw std::runtime_error("hostile peers need another clinic beside theirs");
    }
    load_plan plan;
    plan.threads = here.asked.threads;
    plan.connections = here.asked.connections.value_or(
        std::min(working_default_max, static_cast<std::uint32_t>(here.clinics.size() - 1)));
    plan.rate = here.asked.rate;
    plan.warmup = here.asked.warmup;
    plan.length = here.asked.length;
    plan.seed = here.asked.seed;
    return plan;
}

// They have the last clinic's token, which nobody else uses.
hostile_texts texts_of(const setting& here, const request_writer& writer) {
    const auto clinic = static_cast<std::uint32_t>(here.clinics.size() - 1);
    hostile_texts texts;
    texts.get = writer.get("/v1/stock", here.clinics[clinic].token).bytes;
    texts.post = writer.check(clinic, 0).bytes;
    texts.no_token = writer.get("/", {}).bytes;
    texts.padded = texts.post;
    const std::string pad = "X-Pad: ";
    const std::size_t more = padded_bytes - std::min(padded_bytes, texts.post.size());
    texts.padded.insert(texts.padded.find("\r\n") + 2, pad + std::string(more, 'a') + "\r\n");
    return texts;
}

// What the server says of its connections, and /proc of its memory.
class traces_watch {
public:
    explicit traces_watch(const setting& here)
        : admin_(here), server_(find_server(here)), before_(connections()) {}

    void all_there() { memory_before_ = memory(); }

    // Once a second, by one thread.
    void look() {
        const auto sample = server_ ? sample_memory(*server_) : std::nullopt;
        sockets_peak_ = std::max(sockets_peak_, sample ? sample->sockets : 0);
    }

    // Waits a while for the server to notice.
    std::optional<slow_traces> after() const {
        std::optional<std::uint64_t> now = connections();
        for (const time_point until = steady_clock::now() + noticing;
             before_ && now && *now > *before_ && steady_clock::now() < until;
             now = connections()) {
            std::this_thread::sleep_for(200ms);
        }
        if (!before_ || !now) {
            return std::nullopt;
        }
        return slow_traces{*before_, *now, memory_before_, memory(), sockets_peak_};
    }

private:
    std::optional<std::uint64_t> connections() const {
        const auto status = admin_.get_object("/admin/v1/status");
        const json::value* n = status ? status->if_contains("connections") : nullptr;
        return n != nullptr && n->is_int64()
                   ? std::optional(static_cast<std::uint64_t>(n->get_int64()))
                   : std::nullopt;
    }
    std::uint64_t memory() const {
        const auto sample = server_ ? sample_memory(*server_) : std::nullopt;
        return sample ? sample->server : 0;
    }

    admin_client admin_;
    std::optional<int> server_;
    std::optional<std::uint64_t> before_;
    std::uint64_t memory_before_ = 0;
    std::uint64_t sockets_peak_ = 0;
};

json::object describe(const slow_figures& seen) {
    json::object kinds;
    for (std::size_t i = 0; i < hostilities; ++i) {
        const hostile_counts& n = seen.peers[i];
        kinds[name_of(static_cast<hostility>(i))] =
            json::object{{"connections", n.opened},
                         {"turned_away", n.turned_away},
                         {"longest_seconds", n.longest_seconds}};
    }
    json::object all{{"others_p99_without_ms", seen.p99_without_ms},
                     {"others_p99_with_ms", seen.p99_with_ms},
                     {"peers", std::move(kinds)}};
    if (seen.traces) {
        all["connections_before"] = seen.traces->connections_before;
        all["connections_after"] = seen.traces->connections_after;
        all["server_bytes_before"] = seen.traces->memory_before;
        all["server_bytes_after"] = seen.traces->memory_after;
        all["kernel_socket_bytes_peak"] = seen.traces->sockets_peak;
    }
    return all;
}

void print(std::ostream& out, const slow_figures& seen) {
    for (std::size_t i = 0; i < hostilities; ++i) {
        const hostile_counts& n = seen.peers[i];
        out << "  " << name_of(static_cast<hostility>(i)) << ": connections " << n.opened
            << ", turned away " << n.turned_away << ", the longest " << n.longest_seconds << " s\n";
    }
    out << "the others' p99: " << seen.p99_without_ms << " ms without them (above: warmup), "
        << seen.p99_with_ms << " ms beside them (above: measured)\n";
    if (seen.traces) {
        out << "TCP buffers of this machine at most: " << seen.traces->sockets_peak / 1'048'576
            << " MiB\n";
    } else {
        out << "what is left of them at the server is not known\n";
    }
}

}  // namespace

bool run_slow(const setting& here) {
    const load_plan plan = plan_of(here);
    const slow_plan peers{here.asked.slow, plan.warmup, plan.length, plan.seed};
    truth record(here);
    traces_watch traces(here);
    setting wide = here;
    ++wide.asked.threads;  // the peers have a thread of their own
    fleet ships(wide, plan.connections + peers.each * static_cast<std::uint32_t>(hostilities));
    const request_writer writer(here.target.text, here.clinics);
    const std::vector<clinic> others(here.clinics.begin(), here.clinics.end() - 1);
    const hostile_texts texts = texts_of(here, writer);
    starting_line line(plan.threads + 1, [&] { traces.all_there(); });
    std::vector<std::unique_ptr<clinic_load>> loads;
    std::vector<actor*> actors;
    for (std::uint32_t i = 0; i < plan.threads; ++i) {
        loads.push_back(std::make_unique<clinic_load>(ships.loop(i), writer, others, plan, i, line,
                                                      &record.record()));
        actors.push_back(loads.back().get());
    }
    slow_load hostile(here.target, here.asked.authority, texts, peers, line);
    actors.push_back(&hostile);
    std::cout << "slow: " << plan.connections << " connections to " << here.target.text << ", "
              << plan.rate << " requests/s; after "
              << std::chrono::duration<double>(plan.warmup).count() << " s beside them "
              << peers.each << " hostile peers of each of " << hostilities << " kinds, seed "
              << plan.seed << std::endl;
    live_line watched(loads);
    ships.run(actors, [&] {
        traces.look();
        std::cerr << watched.next() << std::endl;
    });

    const load_result result(loads);
    const slow_figures seen{result.p99_ms(lap::warmup), result.p99_ms(lap::measured),
                            here.asked.floor_ms, hostile.seen, traces.after()};
    loadtest::print(std::cout, result, plan.rate);
    print(std::cout, seen);
    judgement all;
    judge_load(result, here.asked.limit_ms, all);
    judge_slow(seen, all);
    json::object summary = loadtest::describe(result, plan.rate);
    summary["hostile"] = describe(seen);
    summary["truth"] = record.compare(result.in_doubt, all);
    json::object asked = describe_asked(here);
    asked["connections"] = plan.connections;
    asked["rate"] = plan.rate;
    asked["slow"] = peers.each;
    asked["warmup_seconds"] = std::chrono::duration<double>(plan.warmup).count();
    return conclude(here, std::move(asked), std::move(summary), all);
}

}  // namespace doseline::loadtest

#include "loadtest/options.hpp"

#include "loadtest/scenario.hpp"

#include <CLI/CLI.hpp>

#include <random>
#include <thread>

namespace doseline::loadtest {

namespace {

constexpr double seconds_max = 7 * 24 * 3'600;
constexpr double rate_max = 10'000'000;

std::chrono::nanoseconds from_seconds(double seconds) {
    return std::chrono::nanoseconds{static_cast<std::chrono::nanoseconds::rep>(seconds * 1e9)};
}

std::string scenario_list() {
    std::string text = "Scenarios:\n";
    for (const scenario& s : scenarios()) {
        text.append("  ").append(s.name).append(": ").append(s.what).append("\n");
    }
    return text;
}

// Anything that a new run should not share with the last one.
std::uint64_t fresh_seed() {
    std::random_device device;
    return (std::uint64_t{device()} << 16 ^ device()) & 0xFFFF'FFFF'FFFF;
}

}  // namespace

std::variant<options, early_exit> parse_options(std::span<const char* const> arguments) {
    options o;
    o.seed = fresh_seed();
    o.threads = std::thread::hardware_concurrency() >= 4 ? 2 : 1;
    double seconds = 10;
    double warmup = 0;
    CLI::App app{"Puts load on a Doseline server and says what became of it.", "doseline-loadtest"};
    app.footer(scenario_list());
    app.add_option("SCENARIO", o.scenario, "what to do, see below")->required();
    app.add_option("--target", o.target, "the clinic listener, HOST:PORT")->required();
    app.add_option("--admin", o.admin, "the admin listener, HOST:PORT")->required();
    app.add_option("--clinics", o.clinics, "clinics.csv with device tokens")->required();
    app.add_option("--ca", o.authority, "the authority [ca.pem beside the clinics file]");
    app.add_option("--operator-token", o.operator_token,
                   "[operator.token beside the clinics file]");
    app.add_option("--connections", o.connections, "[one a clinic; replay: 16]")
        ->check(CLI::Range(1u, 10'000'000u));
    app.add_option("--rate", o.rate, "requests a second [100]; replay goes as fast as answers come")
        ->check(CLI::Range(0.001, rate_max));
    app.add_option("--seconds", seconds, "measured time [10]")->check(CLI::Range(0.1, seconds_max));
    app.add_option("--warmup", warmup, "seconds of the same load before it, counted apart [0]")
        ->check(CLI::Range(0.0, seconds_max));
    app.add_option("--report", o.report, "directory for summary.json");
    app.add_option("--acks", o.acks, "record of every acknowledged registration, appended to");
    app.add_option("--seed", o.seed, "people, keys and arrivals [random]");
    app.add_option("--threads", o.threads, "each with its own connections")
        ->check(CLI::Range(1u, 64u));
    app.add_flag("--allow-remote", o.allow_remote, "let the load leave this machine");
    try {
        app.parse(static_cast<int>(arguments.size()), arguments.data());
    } catch (const CLI::Success&) {
        return early_exit{0, app.help()};
    } catch (const CLI::ParseError& error) {
        return early_exit{2, std::string(error.what()) + " (see doseline-loadtest --help)\n"};
    }
    const scenario* chosen = find_scenario(o.scenario);
    if (chosen == nullptr) {
        return early_exit{2, "no scenario \"" + o.scenario + "\". " + scenario_list()};
    }
    if (chosen->needs_acks && o.acks.empty()) {
        return early_exit{2, o.scenario + " needs --acks FILE\n"};
    }
    o.length = from_seconds(seconds);
    o.warmup = from_seconds(warmup);
    const std::filesystem::path beside = o.clinics.parent_path();
    if (o.authority.empty()) {
        o.authority = beside / "ca.pem";
    }
    if (o.operator_token.empty()) {
        o.operator_token = beside / "operator.token";
    }
    return o;
}

}  // namespace doseline::loadtest

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

// What every scenario has.
void declare_common(CLI::App& app, options& o, std::optional<double>& seconds, double& warmup) {
    app.add_option("SCENARIO", o.scenario, "what to do, see below")->required();
    app.add_option("--target", o.target, "the clinic listener, HOST:PORT")->required();
    app.add_option("--admin", o.admin, "the admin listener, HOST:PORT")->required();
    app.add_option("--clinics", o.clinics, "clinics.csv with device tokens")->required();
    app.add_option("--ca", o.authority, "the authority [ca.pem beside the clinics file]");
    app.add_option("--operator-token", o.operator_token,
                   "[operator.token beside the clinics file]");
    app.add_option("--connections", o.connections,
                   "[one a clinic; rush: 28000; replay: 16; overload: one a clinic, up to 10000; "
                   "night: clinics, of two connections each, 50; reconnect: those that work "
                   "meanwhile, one a clinic, up to 5000; stockout: clinics, 300; "
                   "slow: those that work meanwhile, one a clinic, up to 1000]")
        ->check(CLI::Range(1u, 10'000'000u));
    app.add_option("--rate", o.rate,
                   "requests a second [100]; morning: patients a second in its busiest interval; "
                   "night: rows a second, each form is sent twice; hog: what the hog asks, the "
                   "others ask 3 in 8 s each; replay and overload go as fast as they may")
        ->check(CLI::Range(0.001, rate_max));
    app.add_option("--seconds", seconds,
                   "measured time [10; rush: 60; night, hog, stockout: 20; slow: 30; overload: 3 "
                   "each step]")
        ->check(CLI::Range(0.1, seconds_max));
    app.add_option("--warmup", warmup,
                   "seconds of the same load before it, counted apart [0; slow, hold --cut: as "
                   "--seconds]")
        ->check(CLI::Range(0.0, seconds_max));
    app.add_option("--report", o.report, "directory for index.html, summary.json, latency.hgrm");
    app.add_option("--baseline", o.baseline, "summary.json of a run to compare this one with")
        ->check(CLI::ExistingFile);
    app.add_option("--acks", o.acks, "record of every acknowledged registration, appended to");
    app.add_option("--seed", o.seed, "people, keys and arrivals [random]");
    app.add_option("--threads", o.threads,
                   "each with its own connections; more where these need them")
        ->check(CLI::Range(1u, threads_max));
    app.add_flag("--allow-remote", o.allow_remote, "let the load leave this machine");
}

// What some have, and what they are judged by.
void declare_special(CLI::App& app, options& o) {
    app.add_option("--curve", o.curve, "morning: the day's shape, CSV from,to,share");
    app.add_option("--speed", o.speed, "morning: so many times faster than the day [60]")
        ->check(CLI::Range(1.0, 100'000.0));
    app.add_option("--goodput-percent", o.goodput_percent,
                   "overload: what each step must do of the most that one did [90]")
        ->check(CLI::Range(1.0, 100.0));
    app.add_option("--rounds", o.rounds,
                   "overload: up and up again, so often; a load is judged by all its steps [1]")
        ->check(CLI::Range(1u, 20u));
    app.add_flag("--no-retry", o.no_retry,
                 "overload: who is refused waits as told, and then asks for somebody else");
    app.add_option("--storm", o.storm, "reconnect: clients that come back at once [30000]")
        ->check(CLI::Range(1u, 10'000'000u));
    app.add_option("--slow", o.slow, "slow: hostile peers of each kind [50]")
        ->check(CLI::Range(1u, 100'000u));
    app.add_option("--reconnects", o.reconnects,
                   "hold: connections that are lost and come back, a second [0]")
        ->check(CLI::Range(0.0, rate_max));
    app.add_option("--cut", o.cut, "hold: connections that are reset at once after the warmup [0]")
        ->check(CLI::Range(0u, 10'000'000u));
    app.add_option("--floor-ms", o.floor_ms,
                   "hog, reconnect, slow, hold --cut: what the 99 % may be in any case, however "
                   "little it was before [5]")
        ->check(CLI::Range(0.001, 60'000.0));
    app.add_option("--limit-ms", o.limit_ms,
                   "what the slow answers may take [rush: 1000, to the first answer, 99 %; "
                   "night: 1000, 99.5 %; hog, reconnect, slow: none; overload: 250, 99 %, and a "
                   "fifth for refusals; others: 150, 99.5 %]")
        ->check(CLI::Range(0.001, 60'000.0));
}

}  // namespace

std::variant<options, early_exit> parse_options(std::span<const char* const> arguments) {
    options o;
    o.command.assign(arguments.begin(), arguments.end());
    o.seed = fresh_seed();
    o.threads = std::thread::hardware_concurrency() >= 4 ? 2 : 1;
    std::optional<double> seconds;
    double warmup = 0;
    CLI::App app{"Puts load on a Doseline server and says what became of it.", "doseline-loadtest"};
    app.footer(scenario_list());
    declare_common(app, o, seconds, warmup);
    declare_special(app, o);
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
    o.length = from_seconds(seconds.value_or(chosen->seconds));
    const bool has_two_halves = o.cut > 0 || o.scenario == "slow";
    o.warmup = has_two_halves && warmup == 0 ? o.length : from_seconds(warmup);
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

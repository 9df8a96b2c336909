#include "loadtest/baseline.hpp"
#include "loadtest/fleet.hpp"
#include "loadtest/options.hpp"
#include "loadtest/run_watch.hpp"
#include "loadtest/scenario.hpp"

#include <csignal>
#include <exception>
#include <iostream>
#include <optional>
#include <span>
#include <variant>

namespace {

namespace loadtest = doseline::loadtest;

int run(const loadtest::options& asked) {
    loadtest::setting here{asked, loadtest::resolve_endpoint(asked.target),
                           loadtest::resolve_endpoint(asked.admin),
                           loadtest::read_clinics(asked.clinics)};
    here.asked.threads = loadtest::threads_for(
        asked.threads, asked.connections.value_or(static_cast<std::uint32_t>(here.clinics.size())),
        loadtest::raise_descriptor_limit());
    if (!asked.allow_remote && (!here.target.is_loopback() || !here.admin.is_loopback())) {
        std::cerr << "doseline-loadtest: " << asked.target << " or " << asked.admin
                  << " is another machine: say --allow-remote if it is yours\n";
        return 2;
    }
    if (!asked.baseline.empty()) {
        loadtest::read_summary(asked.baseline);  // what is wrong with it should not end a long run
    }
    std::optional<loadtest::run_watch> watch;
    if (!asked.report.empty() || !asked.baseline.empty()) {
        here.watch = &watch.emplace(here);
    }
    return loadtest::find_scenario(asked.scenario)->run(here) ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    try {
        const auto parsed = loadtest::parse_options(
            {const_cast<const char* const*>(argv), static_cast<std::size_t>(argc)});
        if (const auto* exit = std::get_if<loadtest::early_exit>(&parsed)) {
            (exit->code == 0 ? std::cout : std::cerr) << exit->text;
            return exit->code;
        }
        return run(std::get<loadtest::options>(parsed));
    } catch (const std::exception& error) {
        std::cerr << "doseline-loadtest: " << error.what() << "\n";
        return 1;
    }
}

#include "loadtest/connection_memory.hpp"

#include <algorithm>
#include <ostream>
#include <string>

namespace doseline::loadtest {

namespace {

constexpr double growth_max = 2;
constexpr double memory_more_max = 1.15;
constexpr double mebi = 1'048'576;

}  // namespace

connection_memory::connection_memory(const setting& here)
    : server_(find_server(here)), before_(sample()) {}

std::optional<memory_sample> connection_memory::sample() const {
    return server_ ? sample_memory(*server_) : std::nullopt;
}

void connection_memory::all_there() { idle_ = sample(); }
void connection_memory::before_cut() { full_ = sample(); }
void connection_memory::after_cut() { after_ = sample(); }

boost::json::object connection_memory::describe(std::uint64_t connections) const {
    return before_ && idle_ ? memory_each(*before_, *idle_, connections)
                            : boost::json::object{{"connections", 0}};
}

std::optional<connection_memory::rest> connection_memory::rest_of(std::uint64_t connections,
                                                                  std::uint64_t cut) const {
    if (!before_ || !idle_ || !full_ || !after_ || connections == 0) {
        return std::nullopt;
    }
    const auto bytes = [](std::uint64_t n) { return static_cast<double>(n); };
    const double each =
        std::max(0.0, bytes(idle_->server) - bytes(before_->server)) / bytes(connections);
    return rest{bytes(full_->server) - each * bytes(cut), bytes(after_->server)};
}

void print_memory(std::ostream& out, const boost::json::object& memory) {
    if (memory.size() > 1) {
        out << "a connection costs:";
        for (const auto& [name, value] : memory) {
            if (value.is_double()) {
                out << " " << name << " " << static_cast<std::uint64_t>(value.get_double());
            }
        }
        out << "\n";
    }
}

void judge_cut(const cut_figures& seen, judgement& to) {
    to.add("connections cut", seen.cut == seen.asked, std::to_string(seen.asked),
           std::to_string(seen.cut));
    to.expect_at_most("the others' 99 % after the cut within", seen.p99_after_ms,
                      std::max(seen.p99_before_ms * growth_max, seen.floor_ms), "ms");
    if (seen.memory) {
        to.expect_at_most("the server's memory after the cut within", seen.memory->has / mebi,
                          seen.memory->needs * memory_more_max / mebi, "MiB");
    }
}

}  // namespace doseline::loadtest

#include "loadtest/server_figures.hpp"

#include <algorithm>
#include <charconv>
#include <string>

namespace doseline::loadtest {

namespace {

std::optional<double> number(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() ? std::optional(value)
                                                                    : std::nullopt;
}

std::optional<std::uint64_t> count(std::string_view text) {
    const auto value = number(text);
    return value && *value >= 0 ? std::optional(static_cast<std::uint64_t>(*value)) : std::nullopt;
}

// "name_bucket{le="20"} 17": the bound and how many are at or below it. No bound: infinity.
void read_bucket(std::string_view bound, std::string_view value, server_figures& into) {
    const auto at_most = count(value);
    if (!at_most || !bound.ends_with("\"}")) {
        return;
    }
    bound.remove_suffix(2);
    std::uint64_t before = 0;
    for (const server_figures::batch_row& row : into.by_size) {
        before += row.commits;
    }
    const auto up_to = bound == "+Inf" ? std::nullopt : number(bound);
    into.by_size.push_back({up_to, *at_most - std::min(before, *at_most)});
}

std::uint64_t grown(std::uint64_t before, std::uint64_t after) noexcept {
    return after >= before ? after - before : after;
}

}  // namespace

std::optional<server_figures> read_figures(std::string_view metrics) {
    constexpr std::string_view bucket = "doseline_commit_events_bucket{le=\"";
    server_figures f;
    std::optional<std::uint64_t> connections, commits, records;
    while (!metrics.empty()) {
        const std::size_t end = std::min(metrics.find('\n'), metrics.size());
        const std::string_view line = metrics.substr(0, end);
        metrics.remove_prefix(std::min(end + 1, metrics.size()));
        const std::size_t blank = line.rfind(' ');
        if (line.starts_with('#') || blank == std::string_view::npos) {
            continue;
        }
        const std::string_view name = line.substr(0, blank);
        const std::string_view value = line.substr(blank + 1);
        if (name == "doseline_connections") {
            connections = count(value);
        } else if (name == "doseline_commits_total") {
            commits = count(value);
        } else if (name == "doseline_commit_events_sum") {
            records = count(value);
        } else if (name.starts_with(bucket)) {
            read_bucket(name.substr(bucket.size()), value, f);
        }
    }
    if (!connections || !commits || !records) {
        return std::nullopt;
    }
    f.connections = *connections;
    f.commits = *commits;
    f.records = *records;
    return f;
}

server_figures between(const server_figures& before, const server_figures& after) {
    if (after.commits < before.commits) {
        return after;
    }
    server_figures f = after;
    f.commits = after.commits - before.commits;
    f.records = grown(before.records, after.records);
    for (std::size_t i = 0; i < std::min(f.by_size.size(), before.by_size.size()); ++i) {
        f.by_size[i].commits = grown(before.by_size[i].commits, after.by_size[i].commits);
    }
    return f;
}

}  // namespace doseline::loadtest

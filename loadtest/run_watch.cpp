#include "loadtest/run_watch.hpp"

#include "loadtest/json_view.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <exception>
#include <limits>
#include <utility>

namespace doseline::loadtest {

namespace json = boost::json;

namespace {

constexpr std::string_view server_name = "doseline";

double seconds(std::chrono::nanoseconds time) noexcept {
    return std::chrono::duration<double>(time).count();
}

server_figures sum(server_figures a, const server_figures& b) {
    a.commits += b.commits;
    a.records += b.records;
    for (std::size_t i = 0; i < std::min(a.by_size.size(), b.by_size.size()); ++i) {
        a.by_size[i].commits += b.by_size[i].commits;
    }
    return a;
}

json::object describe_batches(const server_figures& f) {
    json::array rows;
    for (const server_figures::batch_row& row : f.by_size) {
        rows.push_back(json::object{{"up_to", row.up_to ? json::value(*row.up_to) : json::value()},
                                    {"commits", row.commits}});
    }
    return {
        {"commits", f.commits},
        {"records", f.records},
        {"mean",
         f.commits == 0 ? 0.0 : static_cast<double>(f.records) / static_cast<double>(f.commits)},
        {"by_size", std::move(rows)}};
}

// A share of one core; nothing while the process was not seen.
json::value share(std::chrono::nanoseconds used, std::chrono::nanoseconds passed) {
    return passed.count() > 0 ? json::value(seconds(used) / seconds(passed)) : json::value();
}

// Forgets every other one when there are too many; the stride that keeps them evenly apart.
template <typename Sample>
std::uint64_t make_room(std::vector<Sample>& samples, std::uint64_t stride) {
    if (samples.size() < run_watch::samples_max) {
        return stride;
    }
    for (std::size_t i = 1; 2 * i < samples.size(); ++i) {
        samples[i] = std::move(samples[2 * i]);
    }
    samples.resize(run_watch::samples_max / 2);
    return stride * 2;
}

struct window {
    double begin = -std::numeric_limits<double>::infinity();  // seconds of the monotonic clock
    double end = std::numeric_limits<double>::infinity();
};

// When the measured load ran.
window window_of(const json::object& summary) {
    const json::value* series = summary.if_contains("series");
    const json::value* times = series != nullptr ? &series->at("t") : nullptr;
    if (times == nullptr || times->as_array().empty()) {
        return {};
    }
    const double begin = series->at("begin_at").to_number<double>();
    const double width = series->at("width_seconds").to_number<double>();
    return {begin, begin + width * static_cast<double>(times->as_array().size())};
}

// Of what was seen from 1 s after the begin: a sample tells of the second that lies behind it.
json::object describe_extent(const json::object& watched, std::string_view name,
                             const window& when) {
    const json::array& times = watched.at("t").as_array();
    const json::array& values = watched.at(name).as_array();
    double sum = 0;
    double most = 0;
    double n = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double at = times[i].to_number<double>();
        if (!values[i].is_null() && at >= when.begin + 1 && at <= when.end) {
            const double value = values[i].to_number<double>();
            most = std::max(most, value);
            sum += value;
            ++n;
        }
    }
    return n == 0 ? json::object{} : json::object{{"mean", sum / n}, {"max", most}};
}

}  // namespace

run_watch::run_watch(const setting& here) {
    try {
        admin_ = std::make_unique<admin_client>(here);
    } catch (const std::exception&) {
        return;  // the scenario needs the same files and says what is wrong with them
    }
    ask();
    asking_ = std::jthread([this](const std::stop_token& stop) { ask_every_second(stop); });
}

run_watch::~run_watch() = default;

void run_watch::ask_every_second(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        {
            std::unique_lock lock(mutex_);
            wake_.wait_for(lock, stop, std::chrono::seconds{1}, [] { return false; });
        }
        if (!stop.stop_requested()) {
            ask();
        }
    }
}

void run_watch::ask() {
    int process = server_process();
    if (!use_of(process, server_name)) {  // not known yet, restarted, or on another machine
        if (const auto status = admin_->get_object("/admin/v1/status")) {
            const json::value told(*status);
            process = admin_->is_here() ? static_cast<int>(number_at(told, "/pid").value_or(0)) : 0;
            version_ = string_at(told, "/version");
        }
    }
    const auto metrics = admin_->get("/metrics");
    if (auto figures = metrics ? read_figures(*metrics) : std::nullopt) {
        take(std::move(*figures));
    }
    const std::lock_guard lock(mutex_);
    process_ = process;
}

void run_watch::take(server_figures figures) {
    if (newest_) {
        const server_figures grown = between(*newest_, figures);
        since_begin_ = since_begin_ ? sum(*since_begin_, grown) : grown;
    }
    if (answers_++ % told_stride_ == 0) {
        told_stride_ = make_room(told_, told_stride_);
        told_.push_back({steady_clock::now(), figures});
    }
    newest_ = std::move(figures);
}

int run_watch::server_process() const {
    const std::lock_guard lock(mutex_);
    return process_;
}

void run_watch::sample(std::uint64_t connections) {
    if (calls_++ % stride_ == 0) {
        stride_ = make_room(samples_, stride_);
        const int process = server_process();
        samples_.push_back({steady_clock::now(), connections, process_cpu_time(), resident_bytes(),
                            process, use_of(process, server_name)});
    }
}

json::object run_watch::describe_samples() const {
    json::array t, connections, client_cpu, client_memory, server_cpu, server_memory;
    for (std::size_t i = 1; i < samples_.size(); ++i) {
        const sample_at& a = samples_[i - 1];
        const sample_at& b = samples_[i];
        const std::chrono::nanoseconds passed = b.at - a.at;
        t.emplace_back(seconds(b.at.time_since_epoch()));
        connections.emplace_back(b.connections);
        client_cpu.push_back(share(b.client_cpu - a.client_cpu, passed));
        client_memory.emplace_back(b.client_memory);
        const bool same = a.server && b.server && a.server_process == b.server_process;
        server_cpu.push_back(same ? share(b.server->cpu - a.server->cpu, passed) : json::value());
        server_memory.push_back(b.server ? json::value(b.server->memory) : json::value());
    }
    return {{"t", std::move(t)},
            {"connections", std::move(connections)},
            {"client_cpu", std::move(client_cpu)},
            {"client_memory", std::move(client_memory)},
            {"server_cpu", std::move(server_cpu)},
            {"server_memory", std::move(server_memory)}};
}

json::object run_watch::describe_told() const {
    json::array t, connections, commits, records;
    for (std::size_t i = 1; i < told_.size(); ++i) {
        const server_figures grown = between(told_[i - 1].figures, told_[i].figures);
        const double n = static_cast<double>(grown.commits);
        t.emplace_back(seconds(told_[i].at.time_since_epoch()));
        connections.emplace_back(grown.connections);
        commits.emplace_back(n / seconds(told_[i].at - told_[i - 1].at));
        records.push_back(n == 0 ? json::value()
                                 : json::value(static_cast<double>(grown.records) / n));
    }
    return {{"t", std::move(t)},
            {"connections", std::move(connections)},
            {"commits", std::move(commits)},
            {"records_a_commit", std::move(records)}};
}

void run_watch::describe_into(json::object& summary) {
    if (asking_.joinable()) {
        asking_.request_stop();
        asking_.join();
        ask();
    }
    json::object watched = describe_samples();
    const window when = window_of(summary);
    summary["server"] = json::object{{"version", version_},
                                     {"cpu", describe_extent(watched, "server_cpu", when)},
                                     {"memory", describe_extent(watched, "server_memory", when)}};
    summary["client"] = json::object{{"cpu", describe_extent(watched, "client_cpu", when)},
                                     {"memory", describe_extent(watched, "client_memory", when)}};
    if (since_begin_) {
        summary["batches"] = describe_batches(*since_begin_);
    }
    summary["told"] = describe_told();
    summary["watched"] = std::move(watched);
}

}  // namespace doseline::loadtest

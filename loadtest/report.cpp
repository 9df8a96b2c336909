#include "loadtest/report.hpp"

#include "loadtest/hgrm.hpp"
#include "loadtest/number_text.hpp"
#include "loadtest/time_series.hpp"

#include <array>
#include <ostream>
#include <string>

namespace doseline::loadtest {

namespace {

namespace json = boost::json;

struct percentile {
    std::string_view name;
    double share;
};
constexpr std::array percentiles{percentile{"p50", 0.5}, percentile{"p99", 0.99},
                                 percentile{"p99.9", 0.999}, percentile{"p99.99", 0.9999},
                                 percentile{"max", 1.0}};
constexpr std::array<std::string_view, laps> lap_names{"setup", "warmup", "measured"};
constexpr std::array<std::string_view, request_kinds> kind_names{"check", "registration", "other"};

double milliseconds(std::uint64_t nanoseconds) noexcept {
    return static_cast<double>(nanoseconds) / 1e6;
}

std::string padded(std::string_view text, std::size_t width) {
    return std::string(width > text.size() ? width - text.size() : 0, ' ').append(text);
}

json::object describe_failures(const std::array<std::uint64_t, failures>& by) {
    json::object object;
    for (std::size_t i = 0; i < failures; ++i) {
        object[name_of(static_cast<failure>(i))] = by[i];
    }
    return object;
}

std::array<std::uint64_t, failures> values(const std::array<live_count, failures>& counts) {
    std::array<std::uint64_t, failures> by{};
    for (std::size_t i = 0; i < failures; ++i) {
        by[i] = counts[i].get();
    }
    return by;
}

std::string list_failures(const std::array<std::uint64_t, failures>& by) {
    std::string text;
    for (std::size_t i = 0; i < failures; ++i) {
        if (by[i] != 0) {
            text.append(text.empty() ? " (" : ", ").append(name_of(static_cast<failure>(i)));
            text.append(" ").append(std::to_string(by[i]));
        }
    }
    return text.empty() ? text : text + ")";
}

void print_latency(std::ostream& out, std::string_view title, const histogram& h) {
    out << "  " << title << std::string(24 - title.size(), ' ');
    for (const percentile& p : percentiles) {
        out << padded(fixed(milliseconds(h.at(p.share)), 3), 11);
    }
    out << "\n";
}

void print_tally(std::ostream& out, const tally& t, std::uint64_t planned) {
    out << "  planned " << planned << "  sent " << t.sent.get() << "  succeeded " << t.succeeded()
        << "  refused " << t.refused() << "  failed " << t.failed() << "\n ";
    for (std::size_t i = 0; i < outcomes; ++i) {
        const auto how = static_cast<outcome>(i);
        if (how == outcome::rate || how == outcome::other_status) {
            out << (how == outcome::rate ? "\n  refused:" : "\n  failed: ");
        }
        out << " " << name_of(how) << " " << t.count(how);
    }
    out << list_failures(values(t.unanswered_by));
    for (const auto& [status, n] : t.other_statuses) {
        out << "; status " << status << ": " << n;
    }
    out << "\n";
}

histogram all_latency(const tally& t) {
    histogram all;
    for (const histogram& h : t.latency) {
        all.merge(h);
    }
    return all;
}

json::object describe_distributions(const tally& measured) {
    json::object told{{"all", describe_distribution(all_latency(measured), 1e6)}};
    for (const request_kind kind : {request_kind::check, request_kind::registration}) {
        const auto i = static_cast<std::size_t>(kind);
        told[kind_names[i]] = describe_distribution(measured.latency[i], 1e6);
    }
    return told;
}

double per_second(std::uint64_t n, double seconds) noexcept {
    return seconds > 0 ? static_cast<double>(n) / seconds : 0;
}

}  // namespace

json::object describe(const histogram& nanoseconds) {
    json::object object{{"count", nanoseconds.count()}};
    for (const percentile& p : percentiles) {
        object[p.name] = milliseconds(nanoseconds.at(p.share));
    }
    return object;
}

json::object describe(const tally& counted, std::uint64_t planned) {
    json::object ended;
    for (std::size_t i = 0; i < outcomes; ++i) {
        ended[name_of(static_cast<outcome>(i))] = counted.ended[i].get();
    }
    json::object statuses;
    for (const auto& [status, n] : counted.other_statuses) {
        statuses[std::to_string(status)] = n;
    }
    json::object latency{{"all", describe(all_latency(counted))}};
    for (std::size_t i = 0; i < request_kinds; ++i) {
        latency[kind_names[i]] = describe(counted.latency[i]);
    }
    return {{"planned", planned},
            {"sent", counted.sent.get()},
            {"succeeded", counted.succeeded()},
            {"refused", counted.refused()},
            {"failed", counted.failed()},
            {"ended", std::move(ended)},
            {"unanswered_by", describe_failures(values(counted.unanswered_by))},
            {"other_statuses", std::move(statuses)},
            {"latency_ms", std::move(latency)},
            {"sent_late_ms", describe(counted.lateness)}};
}

json::object describe(const load_result& result, double asked_rate) {
    const tally& measured = result.tallies[static_cast<std::size_t>(lap::measured)];
    json::object object{{"connections",
                         {{"connected", result.connected},
                          {"failed", result.failed_connections()},
                          {"abandoned", result.abandoned},
                          {"not_opened_by", describe_failures(result.not_opened)},
                          {"lost", result.lost_connections()},
                          {"lost_by", describe_failures(result.lost_open)},
                          {"seconds", result.connecting_seconds}}},
                        {"rate",
                         {{"asked", asked_rate},
                          {"sent", per_second(measured.sent.get(), result.measured_seconds)},
                          {"achieved", per_second(measured.succeeded(), result.measured_seconds)},
                          {"seconds", result.measured_seconds}}},
                        {"client_busiest_thread", result.busiest_thread},
                        {"longest_standstill_seconds", result.longest_silence},
                        {"series", describe(result.series)},
                        {"distribution", describe_distributions(measured)}};
    for (std::size_t i = 0; i < laps; ++i) {
        object[lap_names[i]] = describe(result.tallies[i], result.planned[i]);
    }
    return object;
}

void print(std::ostream& out, const load_result& result, double asked_rate) {
    out << "connections: connected " << result.connected << " in "
        << fixed(result.connecting_seconds, 1) << " s, failed " << result.failed_connections()
        << list_failures(result.not_opened) << ", lost " << result.lost_connections()
        << list_failures(result.lost_open) << "\n";
    for (std::size_t i = 0; i < laps; ++i) {
        if (result.planned[i] != 0) {
            out << lap_names[i] << ":\n";
            print_tally(out, result.tallies[i], result.planned[i]);
        }
    }
    const tally& measured = result.tallies[static_cast<std::size_t>(lap::measured)];
    out << "rate: asked " << fixed(asked_rate, 1) << "/s, sent "
        << fixed(per_second(measured.sent.get(), result.measured_seconds), 1) << "/s, achieved "
        << fixed(per_second(measured.succeeded(), result.measured_seconds), 1) << "/s over "
        << fixed(result.measured_seconds, 1) << " s\n"
        << "milliseconds from the planned time:\n"
        << std::string(26, ' ');
    for (const percentile& p : percentiles) {
        out << padded(p.name, 11);
    }
    out << "\n";
    for (const request_kind kind : {request_kind::check, request_kind::registration}) {
        const auto i = static_cast<std::size_t>(kind);
        print_latency(out, std::string(kind_names[i]) + "s answered", measured.latency[i]);
    }
    print_latency(out, "all answered", all_latency(measured));
    print_latency(out, "sent (this client)", measured.lateness);
}

}  // namespace doseline::loadtest

#include "net/admin/handlers.hpp"
#include "net/api/checks.hpp"
#include "net/api/days.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <limits>

namespace doseline::net::admin {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

std::uint64_t value_of(const std::atomic<std::uint64_t>& figure) noexcept {
    return figure.load(std::memory_order_relaxed);  // figures order nothing
}

MetricFamily family(const char* name, const char* help, MetricType type) {
    MetricFamily f;
    f.name = name;
    f.help = help;
    f.type = type;
    return f;
}

void add_counter(MetricFamily& to, std::uint64_t value,
                 std::vector<ClientMetric::Label> labels = {}) {
    ClientMetric m;
    m.label = std::move(labels);
    m.counter.value = static_cast<double>(value);
    to.metric.push_back(std::move(m));
}

MetricFamily gauge(const char* name, const char* help, double value) {
    MetricFamily f = family(name, help, MetricType::Gauge);
    ClientMetric m;
    m.gauge.value = value;
    f.metric.push_back(std::move(m));
    return f;
}

// Buckets as counted, one more than bounds; the text format wants them summed up.
template <class Bounds, class Counts>
ClientMetric histogram(const Bounds& bounds, const Counts& counts, double sum) {
    ClientMetric m;
    std::uint64_t so_far = 0;
    for (std::size_t i = 0; i <= bounds.size(); ++i) {
        so_far += counts[i];
        ClientMetric::Bucket b;
        b.upper_bound = i < bounds.size() ? bounds[i] : std::numeric_limits<double>::infinity();
        b.cumulative_count = so_far;
        m.histogram.bucket.push_back(b);
    }
    m.histogram.sample_count = so_far;
    m.histogram.sample_sum = sum;
    return m;
}

template <std::size_t N>
std::array<std::uint64_t, N> read(const std::array<std::atomic<std::uint64_t>, N>& figures) {
    std::array<std::uint64_t, N> values{};
    for (std::size_t i = 0; i < N; ++i) {
        values[i] = value_of(figures[i]);
    }
    return values;
}

void add_reactors(const admin_context& a, std::vector<MetricFamily>& all) {
    std::uint64_t connections = 0;
    std::uint64_t handshakes = 0;
    std::uint64_t failures = 0;
    std::array<std::uint64_t, refusal_reasons> refused{};
    for (const reactor* r : a.reactors) {
        connections += value_of(r->figures().connections);
        handshakes += value_of(r->figures().handshakes);
        failures += r->accept_failures();
        for (std::size_t i = 0; i < refusal_reasons; ++i) {
            refused[i] += value_of(r->figures().refused[i]);
        }
    }
    all.push_back(gauge("doseline_connections", "Connections of clinics that are open",
                        static_cast<double>(connections)));
    all.push_back(family("doseline_handshakes_total", "TLS handshakes that were finished",
                         MetricType::Counter));
    add_counter(all.back(), handshakes);
    all.push_back(family("doseline_accept_failures_total",
                         "Accepts that failed, mostly for want of descriptors or memory",
                         MetricType::Counter));
    add_counter(all.back(), failures);
    all.push_back(family("doseline_refused_total", "Connections and requests that were turned away",
                         MetricType::Counter));
    for (std::size_t i = 0; i < refusal_reasons; ++i) {
        add_counter(all.back(), refused[i],
                    {{"reason", std::string(name_of(static_cast<refusal_reason>(i)))}});
    }
}

void add_requests(const admin_context& a, std::vector<MetricFamily>& all) {
    MetricFamily totals =
        family("doseline_requests_total", "Requests by class and status", MetricType::Counter);
    MetricFamily durations =
        family("doseline_request_duration_seconds",
               "From the whole header to the answer in the kernel's hands", MetricType::Histogram);
    for (std::size_t w = 0; w < work_classes; ++w) {
        const std::string work(name_of(static_cast<work_class>(w)));
        for (std::size_t s = 0; s <= request_figures::statuses.size(); ++s) {
            std::uint64_t n = 0;
            for (const request_figures* f : a.requests) {
                n += value_of(f->by_status[w][s]);
            }
            if (n != 0) {
                const std::string code = s < request_figures::statuses.size()
                                             ? std::to_string(request_figures::statuses[s])
                                             : "other";
                add_counter(totals, n, {{"class", work}, {"code", code}});
            }
        }
        std::array<std::uint64_t, request_figures::seconds_bounds.size() + 1> counts{};
        double seconds = 0;
        for (const request_figures* f : a.requests) {
            for (std::size_t i = 0; i < counts.size(); ++i) {
                counts[i] += value_of(f->by_seconds[w][i]);
            }
            seconds += static_cast<double>(value_of(f->nanoseconds[w])) / 1e9;
        }
        durations.metric.push_back(histogram(request_figures::seconds_bounds, counts, seconds));
        durations.metric.back().label = {{"class", work}};
    }
    all.push_back(std::move(totals));
    all.push_back(std::move(durations));
}

void add_waits(const admin_context& a, std::vector<MetricFamily>& all) {
    MetricFamily waits =
        family("doseline_queue_wait_seconds",
               "Waits of requests that had been read (ready), of commands for the "
               "committer (inbox), and for the reader: of what registrations and changes of them "
               "need (urgent), of lists and audits (list)",
               MetricType::Histogram);
    for (std::size_t q = 0; q < work_queues; ++q) {
        for (std::size_t w = 0; w < work_classes; ++w) {
            std::array<std::uint64_t, wait_figures::seconds_bounds.size() + 1> counts{};
            double seconds = 0;
            for (const reactor* r : a.reactors) {
                const wait_figures::distribution& mine = r->figures().waits.of[q][w];
                for (std::size_t i = 0; i < counts.size(); ++i) {
                    counts[i] += value_of(mine.by_seconds[i]);
                }
                seconds += static_cast<double>(value_of(mine.nanoseconds)) / 1e9;
            }
            waits.metric.push_back(histogram(wait_figures::seconds_bounds, counts, seconds));
            waits.metric.back().label = {
                {"queue", std::string(name_of(static_cast<work_queue>(q)))},
                {"class", std::string(name_of(static_cast<work_class>(w)))}};
        }
    }
    using figures = storage::reader_figures;
    const auto add_reads = [&waits](const char* what, const figures::waits& of) {
        waits.metric.push_back(histogram(figures::seconds_bounds, read(of.by_seconds),
                                         static_cast<double>(value_of(of.nanoseconds)) / 1e9));
        waits.metric.back().label = {{"queue", "reader"}, {"class", what}};
    };
    add_reads("urgent", a.reads.urgent);
    add_reads("list", a.reads.lists);
    all.push_back(std::move(waits));
}

void add_commits(const admin_context& a, std::vector<MetricFamily>& all) {
    using figures = storage::committer_figures;
    const figures& c = a.commits;
    all.push_back(family("doseline_commits_total", "Durable commits", MetricType::Counter));
    add_counter(all.back(), value_of(c.commits));
    all.push_back(family("doseline_commit_duration_seconds", "One commit, sync included",
                         MetricType::Histogram));
    all.back().metric.push_back(
        histogram(figures::seconds_bounds, read(c.by_seconds),
                  static_cast<double>(value_of(c.commit_nanoseconds)) / 1e9));
    all.push_back(family("doseline_commit_events", "Records of the ledger and the audit a commit",
                         MetricType::Histogram));
    all.back().metric.push_back(histogram(figures::events_bounds, read(c.by_events),
                                          static_cast<double>(value_of(c.records))));
    all.push_back(gauge("doseline_ledger_seq", "Sequence number of the newest durable event",
                        static_cast<double>(a.state.seq())));
    all.push_back(gauge("doseline_inbox_events", "Commands in the committer's hands",
                        static_cast<double>(a.state.waiting())));
    all.push_back(gauge("doseline_certificate_expiry_timestamp_seconds",
                        "The last second of the certificate in use, in Unix time",
                        static_cast<double>(a.tls.expires().time_since_epoch().count())));
    const auto backed_up = a.backups.last_done();
    all.push_back(gauge(
        "doseline_backup_last_success_timestamp_seconds",
        "When this process last finished a backup, in Unix time; 0: it has made none",
        backed_up ? std::chrono::duration<double>(backed_up->time_since_epoch()).count() : 0));
    const auto proof = a.prover.last();
    all.push_back(gauge("doseline_drift",
                        "Sum of differences that the last proof found; -1: none yet",
                        proof ? static_cast<double>(proof->drift) : -1));
}

// Of regions that have any.
void add_days(const admin_context& a, std::vector<MetricFamily>& all) {
    const core::published& state = a.state;
    const core::civil_day today = core::day_at(
        std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now()),
        core::totals_zone(state.programmes()));
    MetricFamily unsent =
        family("doseline_unsent_rows",
               "Rows of the last eight days that clinics said they have yet to send, by region",
               MetricType::Gauge);
    for (std::uint32_t r = 0; r < core::limits::regions_max; ++r) {
        const core::clinic_number any = state.newest_in_region(r);
        if (any == core::no_clinic) {
            break;
        }
        const std::uint64_t rows = api::unsent_of_region(state, r, today);
        if (rows != 0) {
            ClientMetric m;
            m.label = {{"region", api::region_text(state.clinic(any).region)}};
            m.gauge.value = static_cast<double>(rows);
            unsent.metric.push_back(std::move(m));
        }
    }
    all.push_back(std::move(unsent));
}

}  // namespace

answer metrics(admin_call& c) {
    std::vector<MetricFamily> all;
    add_reactors(c.admin, all);
    add_requests(c.admin, all);
    add_waits(c.admin, all);
    add_commits(c.admin, all);
    add_days(c.admin, all);
    reply r;
    r.content_type = "text/plain; version=0.0.4; charset=utf-8";
    r.body = prometheus::TextSerializer().Serialize(all);
    return r;
}

}  // namespace doseline::net::admin

#include "loadtest/time_series.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <utility>

namespace doseline::loadtest {

namespace json = boost::json;

void time_series::sample::merge(const sample& other) {
    planned += other.planned;
    sent += other.sent;
    succeeded += other.succeeded;
    refused += other.refused;
    failed += other.failed;
    latency.merge(other.latency);
}

void time_series::sent(time_point due, time_point now) {
    ++sample_at(due).planned;
    ++sample_at(now).sent;
}

void time_series::ended(outcome how, time_point due, time_point now) {
    if (is_success(how)) {
        ++sample_at(now).succeeded;
        sample_at(due).latency.record(
            static_cast<std::uint64_t>(std::max<std::int64_t>(0, (now - due).count())));
    } else if (is_refusal(how)) {
        ++sample_at(now).refused;
    } else {
        ++sample_at(now).failed;
        if (how == outcome::unsent) {
            ++sample_at(due).planned;
        }
    }
}

void time_series::merge(const time_series& other) {
    if (!other.origin_) {
        return;
    }
    if (!origin_) {
        *this = other;
        return;
    }
    // The other's samples may be narrower or begin elsewhere: each goes where its middle lies.
    for (std::size_t i = 0; i < other.samples_.size(); ++i) {
        const auto middle = other.width_ * (2 * static_cast<std::int64_t>(i) + 1);
        sample_at(*other.origin_ + std::chrono::nanoseconds{middle} / 2).merge(other.samples_[i]);
    }
}

time_series::sample& time_series::sample_at(time_point when) {
    if (!origin_) {
        origin_ = when;
    }
    const std::chrono::nanoseconds since = std::max(when - *origin_, time_point::duration{0});
    while (since / width_ >= static_cast<std::int64_t>(samples_max)) {
        widen();
    }
    const auto index = static_cast<std::size_t>(since / width_);
    if (samples_.size() <= index) {
        samples_.resize(index + 1);
    }
    return samples_[index];
}

void time_series::widen() {
    for (std::size_t i = 0; i < samples_.size(); ++i) {
        if (i % 2 == 1) {
            samples_[i / 2].merge(samples_[i]);
        } else if (i > 0) {
            samples_[i / 2] = std::exchange(samples_[i], {});
        }
    }
    samples_.resize((samples_.size() + 1) / 2);
    width_ *= 2;
}

json::object describe(const time_series& series) {
    const auto width = static_cast<double>(series.width().count());
    json::array t, planned, sent, succeeded, refused, failed, p50, p99, max;
    for (const time_series::sample& s : series.samples()) {
        const auto rate = [&](std::uint64_t n) { return static_cast<double>(n) / width; };
        const auto latency = [&](std::uint64_t nanoseconds) -> json::value {
            return s.latency.count() == 0 ? json::value()
                                          : json::value(static_cast<double>(nanoseconds) / 1e6);
        };
        t.emplace_back(static_cast<double>(t.size()) * width);
        planned.emplace_back(rate(s.planned));
        sent.emplace_back(rate(s.sent));
        succeeded.emplace_back(rate(s.succeeded));
        refused.emplace_back(rate(s.refused));
        failed.emplace_back(rate(s.failed));
        p50.push_back(latency(s.latency.at(0.5)));
        p99.push_back(latency(s.latency.at(0.99)));
        max.push_back(latency(s.latency.max()));
    }
    const std::chrono::duration<double> begin =
        series.origin().value_or(time_point{}).time_since_epoch();
    return {{"begin_at", begin.count()},
            {"width_seconds", series.width().count()},
            {"t", std::move(t)},
            {"planned", std::move(planned)},
            {"sent", std::move(sent)},
            {"succeeded", std::move(succeeded)},
            {"refused", std::move(refused)},
            {"failed", std::move(failed)},
            {"p50", std::move(p50)},
            {"p99", std::move(p99)},
            {"max", std::move(max)}};
}

}  // namespace doseline::loadtest

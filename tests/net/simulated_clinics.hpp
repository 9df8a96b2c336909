#pragma once

#include "tests/net/simulated_server.hpp"

#include <deque>
#include <random>
#include <vector>

// The clinics that ask a simulated server: each has one connection and one request on it, what it
// wants meanwhile waits at the clinic.
namespace doseline::test {

enum class refused_clients {
    give_up,
    retry_at_once,  // for ever, and never slower
    retry_as_told,  // and within a second: exactly then, all would come at whole seconds
};

class simulated_clinics {
public:
    static constexpr std::uint32_t usual_seed = 1;

    explicit simulated_clinics(refused_clients then, std::uint32_t clinics = 28'000,
                               std::uint32_t seed = usual_seed)
        : then_(then), clinics_(clinics), random_(seed), wanted_(clinics), busy_(clinics) {
        server.told = [this](auto c, net::work_class w, simulated_server::outcome o, sim_time,
                             sim_time now) { heard(c, w, o, now); };
    }

    // Requests at random moments, so many a second: 45 % registrations, 45 % checks, 5 % stock,
    // 3 % reports, 2 % pages.
    void ask(double rate, sim_time until) {
        constexpr std::array<unsigned, net::work_classes> percent_up_to{45, 90, 95, 98, 100};
        std::exponential_distribution<double> gap(rate / 1e9);
        for (;;) {
            next_ += gap(random_);
            if (next_ > static_cast<double>(until)) {
                next_ = static_cast<double>(until);
                server.run_until(until);
                return;
            }
            const auto percent = random_() % 100;
            const auto w = static_cast<net::work_class>(
                std::upper_bound(percent_up_to.begin(), percent_up_to.end(), percent) -
                percent_up_to.begin());
            ask_one(static_cast<std::uint32_t>(random_() % clinics_), w,
                    static_cast<sim_time>(next_));
        }
    }

    void ask_one(std::uint32_t c, net::work_class w, sim_time at) {
        server.run_until(at);
        if (busy_[c]) {
            wanted_[c].push_back(w);
        } else {
            busy_[c] = true;
            server.send(c, w, at);
        }
    }

    // What could not be asked yet is not wanted any more.
    void forget() {
        for (auto& w : wanted_) {
            w.clear();
        }
    }

    // Connections that come on top; they only connect.
    void connect(std::uint32_t how_many, sim_time from, sim_time within) {
        for (std::uint32_t n = 0; n < how_many; ++n) {
            server.connect(
                clinics_ + n,
                from + static_cast<sim_time>(random_() % static_cast<std::uint64_t>(within)));
        }
    }

    simulated_server server;

private:
    void heard(std::uint32_t c, net::work_class w, simulated_server::outcome o, sim_time now) {
        if (o == simulated_server::outcome::connected) {
            return;
        }
        if (o == simulated_server::outcome::refused && then_ == refused_clients::retry_at_once) {
            server.send(c, w, now + 200_ns_us);
        } else if (o == simulated_server::outcome::refused &&
                   then_ == refused_clients::retry_as_told) {
            const auto after = std::chrono::nanoseconds{server.told_to_wait(c)}.count();
            const auto jitter = static_cast<sim_time>(random_() % 1_ns_s);
            server.send(c, w, now + after + jitter);
        } else if (wanted_[c].empty()) {
            busy_[c] = false;
        } else {
            const net::work_class next = wanted_[c].front();
            wanted_[c].pop_front();
            server.send(c, next, now);
        }
    }

    const refused_clients then_;
    const std::uint32_t clinics_;
    std::mt19937_64 random_;
    std::vector<std::deque<net::work_class>> wanted_;
    std::vector<bool> busy_;
    double next_ = 0;
};

}  // namespace doseline::test

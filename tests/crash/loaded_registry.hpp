#pragma once

#include "tests/crash/registrar.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <deque>
#include <map>
#include <numeric>
#include <random>
#include <thread>

namespace doseline::test {

// A served registry whose clinics register and move stock as fast as they can while the process
// ends badly, and what they find when it is back.
class loaded_registry {
public:
    // In a directory of its own; or at place, another disk, to which that has a link.
    explicit loaded_registry(unsigned seed, const std::filesystem::path& place = {})
        : random_(seed) {
        if (!place.empty()) {
            std::filesystem::create_directory_symlink(place, dir());
        }
        make_demo(place.empty() ? dir() : place, clinic_count, doses);
        clinics_ = demo_clinics(dir());
    }

    std::filesystem::path dir() const { return scratch_.path() / "registry"; }

    // Load until a random moment, then the end: end(server) returns when the process is gone. Two
    // connections of each clinic send the same registrations, so that many are on their way twice
    // when it comes: one sends each by itself, the other some in a batch.
    template <class End>
    void load_until(unsigned round, End&& end) {
        server_process server(dir());
        std::atomic<unsigned> acknowledged = 0;
        std::deque<registrar> registrars;
        for (std::size_t clinic = 0; clinic < clinic_count; ++clinic) {
            const auto first =
                static_cast<unsigned>((round * clinic_count + clinic) * planned_each);
            const std::vector<attempt> plan = planned_with_movements(clinic, first, planned_each);
            registrars.emplace_back(desk(server, clinic), plan, acknowledged);
            registrars.emplace_back(desk(server, clinic), plan, acknowledged, rows_at_once);
        }
        std::vector<std::jthread> threads;
        for (registrar& r : registrars) {
            threads.emplace_back([&r] { r.run(); });
        }
        const unsigned enough = 1 + static_cast<unsigned>(random_() % acknowledged_before_end_max);
        for (unsigned now = acknowledged; now < enough; now = acknowledged) {
            acknowledged.wait(now);
        }
        // Away from the moment at which an answer came. Nothing waits for its end.
        std::this_thread::sleep_for(std::chrono::microseconds(random_() % 3'000));
        end(server);
        threads.clear();
        for (const registrar& r : registrars) {
            BOOST_TEST(r.refused() == "");
            remember(r);
        }
    }

    // What was acknowledged is there, word by word; what was not can be sent again.
    void check_and_resend() {
        server_process server(dir());
        std::vector<clinic_desk> desks;
        for (std::size_t clinic = 0; clinic < clinic_count; ++clinic) {
            desks.push_back(desk(server, clinic));
        }
        for (auto& [key, a] : all_) {
            const response r = a.send(desks[a.clinic]);
            if (!a.answer) {
                BOOST_REQUIRE_MESSAGE(r.status == 200 || r.status == 201, r.head << r.body);
                BOOST_TEST(r.has("replayed") == (r.status == 200));
                lost_answers_ += r.status == 200 ? 1 : 0;
                a.answer = r.body;
                continue;
            }
            BOOST_REQUIRE_MESSAGE(r.status == 200, "acknowledged and lost: " << *a.answer << '\n'
                                                                             << r.head << r.body);
            BOOST_REQUIRE(r.field("replayed") == "true");
            BOOST_REQUIRE(r.body == *a.answer);
        }
        check_sums(server, desks);
    }

    void verify() const {
        server_process server(dir());
        BOOST_TEST(server.terminate() == 0);
        const run_result verified = doseline({"verify", dir().string()});
        BOOST_TEST(verified.exit_code == 0, verified.err);
    }

    std::size_t recorded() const noexcept { return all_.size(); }     // movements too
    unsigned lost_answers() const noexcept { return lost_answers_; }  // recorded, never told

private:
    static constexpr unsigned clinic_count = 4;
    static constexpr unsigned doses = 200;  // fewer than are given, so that accounts go below zero
    static constexpr unsigned planned_each = 1'000;  // more than is sent before the end
    static constexpr std::size_t rows_at_once = 5;
    static constexpr unsigned acknowledged_before_end_max = 600;

    clinic_desk desk(const server_process& server, std::size_t clinic) const {
        return {dir(), server, clinics_[clinic]};
    }

    void remember(const registrar& r) {
        for (std::size_t n = 0; n < r.sent(); ++n) {
            const attempt& a = r.plan()[n];
            const auto [it, is_new] = all_.try_emplace(a.key, a);
            if (!is_new && it->second.answer && a.answer) {
                BOOST_TEST(*it->second.answer == *a.answer);
            } else if (!is_new && a.answer) {
                it->second.answer = a.answer;
            }
        }
    }

    void check_sums(const server_process& server, std::vector<clinic_desk>& desks) const {
        std::vector<std::int64_t> given(clinic_count, 0);
        std::vector<std::int64_t> grown(clinic_count, 0);  // by deliveries and counts
        std::map<std::int64_t, std::string> seqs;
        for (const auto& [key, a] : all_) {
            const auto answer = boost::json::parse(*a.answer).as_object();
            if (a.moves) {
                const bool counted = text_of(answer, "type") == "count";
                grown[a.clinic] += number_of(answer, counted ? "difference" : "quantity");
            } else {
                ++given[a.clinic];
            }
            BOOST_TEST(seqs.emplace(number_of(answer, "seq"), key).second, "one number for two");
        }
        for (std::size_t clinic = 0; clinic < clinic_count; ++clinic) {
            const auto own = desks[clinic].get_json("/v1/totals?scope=clinic");
            BOOST_TEST(number_of(own, "doses") == given[clinic]);
            BOOST_TEST(number_of(own, "remaining") == doses + grown[clinic] - given[clinic]);
        }
        const auto nation = desks[0].get_json("/v1/totals?scope=nation");
        const auto sum = [](const auto& all) {
            return std::accumulate(all.begin(), all.end(), std::int64_t{0});
        };
        BOOST_TEST(number_of(nation, "doses") == sum(given));
        BOOST_TEST(number_of(nation, "remaining") ==
                   std::int64_t{clinic_count} * doses + sum(grown) - sum(given));
        const auto proof = operator_desk(dir(), server).fresh_proof();
        BOOST_TEST(number_of(proof, "drift") == 0, proof);
    }

    std::mt19937 random_;
    temporary_directory scratch_;
    std::vector<demo_clinic> clinics_;
    std::map<std::string, attempt> all_;  // by key
    unsigned lost_answers_ = 0;
};

}  // namespace doseline::test

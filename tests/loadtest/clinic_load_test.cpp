#include "loadtest/clinic_load.hpp"

#include "loadtest/fetch.hpp"
#include "loadtest/fleet.hpp"
#include "loadtest/load_result.hpp"
#include "loadtest/replayer.hpp"
#include "tests/loadtest/tiny_server.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>

BOOST_AUTO_TEST_SUITE(clinic_load)

using namespace doseline::loadtest;
using namespace std::chrono_literals;
using doseline::test::http_answer;
using doseline::test::tiny_server;

namespace {

std::string recorded(int seq, std::string_view status = "201 Created",
                     std::string_view fields = "") {
    const std::string n = std::to_string(seq);
    return http_answer(
        status, R"({"id":"r)" + n + R"(","receipt":"R-)" + n + R"(","seq":)" + n + "}", fields);
}

bool is_check(std::string_view request) { return request.starts_with("POST /v1/checks "); }

struct run_of {
    explicit run_of(const tiny_server& server) {
        here.asked.authority = server.authority();
        here.asked.threads = 2;
        here.target = here.admin = resolve_endpoint(server.address());
        here.clinics = {{"00000001", "token-a"}, {"00000002", "token-b"}, {"00000003", "token-c"}};
        plan.threads = 2;
        plan.connections = 8;
        plan.rate = 400;
        plan.warmup = 100ms;
        plan.length = 500ms;
        plan.seed = 7;
    }

    load_result result(ack_writer* acks = nullptr) {
        fleet ships(here, plan.connections);
        const request_writer writer(here.target.text, here.clinics);
        starting_line line(plan.threads);
        std::vector<std::unique_ptr<class clinic_load>> loads;
        std::vector<actor*> actors;
        for (std::uint32_t i = 0; i < plan.threads; ++i) {
            loads.push_back(std::make_unique<class clinic_load>(ships.loop(i), writer, here.clinics,
                                                                plan, i, line, acks));
            actors.push_back(loads.back().get());
        }
        ships.run(actors, [] {});
        return load_result(loads);
    }

    setting here;
    load_plan plan;
};

// Whatever the server does, no request may be missing from the sums.
void check_sums(const load_result& r) {
    for (std::size_t i = 0; i < laps; ++i) {
        BOOST_TEST_CONTEXT("lap " << i) {
            const tally& t = r.tallies[i];
            BOOST_TEST(t.finished() == r.planned[i]);
            BOOST_TEST(t.sent.get() + t.count(outcome::unsent) == r.planned[i]);
            std::uint64_t unanswered = 0;
            for (const live_count& n : t.unanswered_by) {
                unanswered += n.get();
            }
            BOOST_TEST(unanswered == t.count(outcome::unanswered));
        }
    }
}

const tally& measured(const load_result& r) {
    return r.tallies[static_cast<std::size_t>(lap::measured)];
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_planned_request_is_sent_once_and_every_acknowledgement_is_on_file) {
    const doseline::test::temporary_directory dir;
    std::atomic<int> seq{0};
    std::mutex mutex;
    std::set<std::string> bodies;
    tiny_server server([&](std::string_view request) {
        const std::lock_guard lock(mutex);
        bodies.emplace(request.substr(request.find("\"national_id\"")));
        return is_check(request) ? http_answer("200 OK", "{}") : recorded(++seq);
    });
    run_of run(server);
    ack_writer acks(dir.path() / "acks");
    const load_result r = run.result(&acks);
    check_sums(r);
    BOOST_TEST(r.nothing_failed());
    BOOST_TEST(r.connected == 8u);
    BOOST_TEST((r.planned == std::array<std::uint64_t, laps>{16, 40, 200}));
    BOOST_TEST(measured(r).count(outcome::created) == 100u);
    BOOST_TEST(measured(r).count(outcome::checked) == 100u);
    BOOST_TEST(bodies.size() == 256u);  // setup: one person, two bodies

    ack_reader reader(dir.path() / "acks");
    std::set<std::uint64_t> seqs;
    while (const auto line = reader.next()) {
        BOOST_TEST(line->clinic_code == run.here.clinics.at(line->clinic).code);
        seqs.insert(line->given.seq);
    }
    BOOST_TEST(seqs.size() == 128u);
    BOOST_TEST(reader.unreadable() == 0u);
}

BOOST_AUTO_TEST_CASE(refusals_and_other_answers_are_counted_apart) {
    std::atomic<int> n{0};
    tiny_server server([&](std::string_view request) {
        if (is_check(request)) {
            return http_answer("200 OK", "{}");
        }
        switch (++n % 7) {
            case 0: return http_answer("429 Too Many Requests", R"({"code":"RATE"})");
            case 1: return http_answer("503 Service Unavailable", R"({"code":"WAIT"})");
            case 2: return http_answer("503 Service Unavailable", R"({"code":"READ_ONLY"})");
            case 3: return http_answer("500 Oh", "");
            case 4: return recorded(n, "200 OK", "Replayed: true\r\n");
            case 5: return recorded(n, "200 OK");
            default: return http_answer("201 Created", "{}");
        }
    });
    const load_result r = run_of(server).result();
    check_sums(r);
    BOOST_TEST(!r.nothing_failed());
    BOOST_TEST(r.lost_connections() == 0u);
    const tally& t = measured(r);
    for (const outcome how : {outcome::rate, outcome::wait, outcome::read_only,
                              outcome::other_status, outcome::replayed}) {
        BOOST_TEST_CONTEXT(name_of(how)) {
            BOOST_TEST(t.count(how) >= 13u);
            BOOST_TEST(t.count(how) <= 16u);
        }
    }
    BOOST_TEST(t.count(outcome::bad_answer) >= 27u);
    BOOST_TEST(t.other_statuses.at(500) == t.count(outcome::other_status));
    BOOST_TEST(t.count(outcome::created) == 0u);
}

BOOST_AUTO_TEST_CASE(a_server_that_goes_away_is_told_and_ends_the_run) {
    std::atomic<int> n{0};
    tiny_server server([&](std::string_view request) {
        if (++n > 100) {
            return std::string();
        }
        return is_check(request) ? http_answer("200 OK", "{}") : recorded(n);
    });
    run_of run(server);
    run.plan.length = 60s;
    const time_point begin = steady_clock::now();
    const load_result r = run.result();
    BOOST_TEST((steady_clock::now() - begin < 30s));
    check_sums(r);
    BOOST_TEST(!r.nothing_failed());
    BOOST_TEST(r.lost_connections() == 8u);
    BOOST_TEST(measured(r).count(outcome::unanswered) == 8u);
    BOOST_TEST(measured(r).unanswered_by[static_cast<std::size_t>(failure::closed)].get() == 8u);
}

BOOST_AUTO_TEST_CASE(latency_counts_from_the_planned_time_also_when_no_connection_is_free) {
    tiny_server server([](std::string_view request) {
        if (request.find("\"name\"") == std::string_view::npos) {
            std::this_thread::sleep_for(50ms);  // the slow server that is measured
        }
        return is_check(request) ? http_answer("200 OK", "{}") : recorded(1);
    });
    run_of run(server);
    run.here.asked.threads = run.plan.threads = 1;
    run.plan.connections = 1;
    run.plan.warmup = 0s;
    run.plan.rate = 40;  // one connection can do 20 checks a second: the queue grows
    run.plan.length = 1s;
    const load_result r = run.result();
    check_sums(r);
    const histogram& checks = measured(r).latency[static_cast<std::size_t>(request_kind::check)];
    BOOST_TEST(checks.count() == 20u);
    // 20 checks need a second whatever the plan, so the last one cannot be early by more than the
    // plan's own length; a client that waited before it looked at its watch would show 50 ms.
    BOOST_TEST(checks.max() > 60'000'000u);
    BOOST_TEST(measured(r).lateness.max() > 10'000'000u);
}

BOOST_AUTO_TEST_CASE(a_server_of_another_authority_is_not_spoken_to) {
    std::atomic<int> asked{0};
    tiny_server server([&](std::string_view) {
        ++asked;
        return http_answer("200 OK", "{}");
    });
    const tiny_server other([](std::string_view) { return std::string(); });
    run_of run(server);
    run.here.asked.authority = other.authority();
    const load_result r = run.result();
    check_sums(r);
    BOOST_TEST(r.failed_connections() == 8u);
    BOOST_TEST(r.not_opened[static_cast<std::size_t>(failure::handshake)] == 8u);
    BOOST_TEST(measured(r).count(outcome::unsent) == 200u);
    BOOST_TEST(asked == 0);
}

BOOST_AUTO_TEST_CASE(a_fetch_gives_status_and_body) {
    tiny_server server([](std::string_view request) {
        return http_answer("404 Not Found", request.substr(0, request.find("\r\n")));
    });
    const run_of run(server);
    const tls_client tls(server.authority(), run.here.target);
    const request_writer writer("h", run.here.clinics);
    const auto got = fetch(run.here.target, tls, writer.get("/a?b=c", "t"));
    BOOST_REQUIRE(got.has_value());
    BOOST_TEST(got->status == 404u);
    BOOST_TEST(got->body == "GET /a?b=c HTTP/1.1");
}

BOOST_AUTO_TEST_CASE(an_acknowledgement_is_the_same_lost_or_changed) {
    const acknowledgement before{"r1", "R-1", 1};
    const auto verdict_on = [&](const std::string& bytes) {
        response answer;
        BOOST_REQUIRE(parse_response(bytes, answer) == response_state::complete);
        return compare(before, answer);
    };
    const std::string replayed = "Replayed: true\r\n";
    BOOST_TEST((verdict_on(recorded(1, "200 OK", replayed)) == verdict::same));
    BOOST_TEST((verdict_on(recorded(2, "200 OK", replayed)) == verdict::changed));
    BOOST_TEST((verdict_on(recorded(1, "200 OK")) == verdict::changed));
    BOOST_TEST((verdict_on(recorded(2)) == verdict::lost));
    BOOST_TEST((verdict_on(http_answer("422 X", R"({"code":"KEY_REUSED"})")) == verdict::changed));
    BOOST_TEST((verdict_on(http_answer("503 X", R"({"code":"WAIT"})")) == verdict::try_again));
    BOOST_TEST(
        (verdict_on(http_answer("401 X", R"({"code":"AUTH_REQUIRED"})")) == verdict::unanswered));
}

BOOST_AUTO_TEST_SUITE_END()

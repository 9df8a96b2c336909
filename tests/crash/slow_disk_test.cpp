// A process that is stopped and goes on, a disk that takes its time: all is answered, once.
#include "tests/crash/fault_of_children.hpp"
#include "tests/crash/options.hpp"
#include "tests/crash/registrar.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <csignal>
#include <deque>
#include <fstream>
#include <map>
#include <thread>

namespace doseline::test {

BOOST_AUTO_TEST_SUITE(slow_disk)

namespace {

constexpr unsigned clinics = 4;
constexpr unsigned doses = 50;
constexpr unsigned planned_each = 60;

struct slow_registry {
    slow_registry() { make_demo(dir, clinics, doses); }

    // What all clinics register at once, two connections each with the same plan; meanwhile what
    // is done to the server.
    template <class Meanwhile>
    void work(const server_process& server, Meanwhile&& meanwhile) {
        const auto all = demo_clinics(dir);
        std::atomic<unsigned> acknowledged = 0;
        std::deque<registrar> registrars;
        for (unsigned c = 0; c < clinics; ++c) {
            const auto plan = planned(c, c * planned_each, planned_each);
            registrars.emplace_back(clinic_desk(dir, server, all[c]), plan, acknowledged);
            registrars.emplace_back(clinic_desk(dir, server, all[c]), plan, acknowledged);
        }
        {
            std::vector<std::jthread> threads;
            for (registrar& r : registrars) {
                threads.emplace_back([&r] { r.run(); });
            }
            meanwhile();
        }
        std::map<std::string, std::string> answers;  // by key
        for (const registrar& r : registrars) {
            BOOST_TEST(r.refused() == "");
            for (const attempt& a : r.plan()) {
                BOOST_REQUIRE(a.answer.has_value());
                BOOST_TEST(answers.emplace(a.key, *a.answer).first->second == *a.answer);
            }
        }
        BOOST_TEST(answers.size() == clinics * planned_each);
        const auto totals = clinic_desk(dir, server, all[0]).get_json("/v1/totals?scope=nation");
        BOOST_TEST(number_of(totals, "doses") == clinics * planned_each);
        BOOST_TEST(number_of(operator_desk(dir, server).fresh_proof(), "drift") == 0);
    }

    temporary_directory scratch;
    std::filesystem::path dir = scratch.path() / "registry";
};

fault slow_sync(const slow_registry& r, unsigned milliseconds) {
    fault f;
    f.dir = r.dir / "ledger";
    f.how = "slow";
    f.only = "fdatasync";
    f.milliseconds = milliseconds;
    return f;
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(stopped_and_continued, slow_registry) {
    std::mt19937 random(seed_of_run());
    server_process server(dir);
    work(server, [&] {
        for (int n = 0; n < 10; ++n) {
            // The stops themselves; nothing waits for their ends.
            std::this_thread::sleep_for(std::chrono::milliseconds(random() % 20));
            server.signal(SIGSTOP);
            std::this_thread::sleep_for(std::chrono::milliseconds(random() % 150));
            server.signal(SIGCONT);
        }
    });
    BOOST_TEST(server.terminate() == 0);
}

BOOST_FIXTURE_TEST_CASE(every_sync_is_slow, slow_registry,
                        *boost::unit_test::precondition(can_preload)) {
    fault f = slow_sync(*this, 30);
    f.for_ever = true;
    const fault_of_children slow(f);
    server_process server(dir);
    work(server, [] {});
    BOOST_TEST(server.terminate() == 0);
}

// Over a second: meanwhile the server is read-only; who waits for that commit is answered.
BOOST_FIXTURE_TEST_CASE(one_sync_hangs, slow_registry,
                        *boost::unit_test::precondition(can_preload)) {
    fault f = slow_sync(*this, 60'000);
    f.call = 2;  // the first is the start's
    f.until = scratch.path() / "the disk answers";
    const fault_of_children slow(f);
    server_process server(dir);
    const demo_clinic clinic = demo_clinics(dir).front();
    clinic_desk waiting(dir, server, clinic);
    clinic_desk watching(dir, server, clinic);
    response held;
    std::jthread waiter(
        [&] { held = waiting.register_dose(new_key(), person_body(synthetic_person(1))); });
    const auto mode = [&] { return text_of(watching.get_json("/status"), "mode"); };
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (mode() != "read-only") {
        BOOST_REQUIRE(std::chrono::steady_clock::now() < patience);
    }
    BOOST_TEST(watching.register_dose(new_key(), person_body(synthetic_person(2))).status == 503u);
    BOOST_TEST(watching.get("/v1/stock").status == 200u);
    std::ofstream{f.until};
    while (mode() != "normal") {
        BOOST_REQUIRE(std::chrono::steady_clock::now() < patience);
    }
    waiter.join();
    BOOST_TEST(held.status == 201u);
    BOOST_TEST(watching.register_dose(new_key(), person_body(synthetic_person(2))).status == 201u);
    BOOST_TEST(server.terminate() == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test

#include "core/limits.hpp"
#include "tests/support/descriptor_tables.hpp"
#include "tests/support/one_table.hpp"
#include "tests/support/raw_socket.hpp"
#include "tests/support/served_demo.hpp"
#include "tests/system/consoles.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>
#include <boost/test/unit_test.hpp>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <csignal>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <thread>
#include <vector>

BOOST_AUTO_TEST_SUITE(descriptors, *boost::unit_test::precondition(doseline::test::knows_tables))

using namespace doseline;
using namespace std::chrono_literals;
using test::https_client;
using test::raw_socket;
using test::served_demo;

namespace {

constexpr std::size_t low_limit = 600;
constexpr std::size_t more_than_the_limit = 700;

// More connections than one table of low_limit descriptors holds: four reactors, a table each.
served_demo::serving with_private_tables() { return {{"--connections-max", "1000"}, low_limit}; }

bool can_look_into(const served_demo& demo) {
    try {
        return !test::descriptors_by_thread(demo.process().pid()).empty();
    } catch (const std::filesystem::filesystem_error&) {
        return false;
    }
}

std::vector<std::size_t> by_reactor(const served_demo& demo) {
    const auto status =
        boost::json::parse(demo.as_operator("GET", "/admin/v1/status").body).as_object();
    return boost::json::value_to<std::vector<std::size_t>>(status.at("connections_by_reactor"));
}

std::vector<https_client> connect(const served_demo& demo, std::size_t number) {
    std::vector<https_client> clients;
    clients.reserve(number);
    while (clients.size() < number) {
        clients.push_back(demo.clinic_client());
    }
    return clients;
}

// Every one is served, and what a commit answers reaches it: its reactor is woken by a thread that
// has another table.
void check_served(const served_demo& demo, std::vector<https_client>& clients) {
    const std::string check = demo.check_request();
    constexpr std::size_t at_once = 100;  // one clinic's: it may not have much more under way
    for (std::size_t first = 0; first < clients.size(); first += at_once) {
        const std::size_t last = std::min(first + at_once, clients.size());
        for (std::size_t n = first; n < last; ++n) {
            clients[n].send(check);
        }
        for (std::size_t n = first; n < last; ++n) {
            BOOST_REQUIRE(clients[n].receive().status == 200u);
        }
    }
}

// A figure of /metrics on a connection that is there already.
double metric(https_client& admin, const std::string& name) {
    const std::string text = '\n' + admin.request("GET", "/metrics").body;
    return std::stod(text.substr(text.find('\n' + name + ' ') + name.size() + 2));
}

template <class Condition>
bool becomes(Condition&& condition) {
    const auto patience = std::chrono::steady_clock::now() + 10s;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > patience) {
            return false;
        }
        std::this_thread::yield();
    }
    return true;
}

bool logged(const served_demo& demo, const std::string& words) {
    return becomes([&] { return demo.process().log().find(words) != std::string::npos; });
}

// Of all threads together: where each has a table of its own, of all tables.
std::size_t descriptors_of(const served_demo& demo) {
    std::size_t all = 0;
    for (const auto& [thread, open] : test::descriptors_by_thread(demo.process().pid())) {
        all += open;
    }
    return all;
}

std::size_t times(const std::string& words, const std::string& in) {
    std::size_t n = 0;
    for (std::size_t at = 0; (at = in.find(words, at)) != std::string::npos; ++n, ++at) {
    }
    return n;
}

// This thread, and what it starts, may not leave a descriptor table.
void forbid_unshare() {
    sock_filter steps[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_unshare, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const sock_fprog filter{static_cast<unsigned short>(std::size(steps)), steps};
    BOOST_REQUIRE(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
    BOOST_REQUIRE(::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0);
}

test::run_result hold(const served_demo& demo, std::size_t connections) {
    const std::string at = "127.0.0.1:";
    return test::run_program(
        test::loadtest_binary(),
        {"hold", "--target", at + std::to_string(demo.process().clinic_port()), "--admin",
         at + std::to_string(demo.process().admin_port()), "--clinics",
         (demo.directory() / "clinics.csv").string(), "--connections", std::to_string(connections),
         "--rate", "100", "--seconds", "1", "--threads", "1", "--limit-ms", "60000"},
        low_limit);
}

// A sanitizer asks the kernel through a pipe whether memory is there, and without descriptors takes
// all of it for gone.
boost::test_tools::assertion_result may_run_out(boost::unit_test::test_unit_id) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    boost::test_tools::assertion_result no(false);
    no.message() << "a sanitized server needs descriptors of its own";
    return no;
#else
    return true;
#endif
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_load_tester_holds_more_connections_than_the_limit_too) {
    served_demo demo(with_private_tables());
    const test::run_result held = hold(demo, more_than_the_limit);
    BOOST_TEST(held.exit_code == 0, held.out << held.err);
    BOOST_TEST(held.out.find("threads 2") != std::string::npos, held.out);
    BOOST_TEST(demo.metric_becomes("doseline_connections", 0));
}

BOOST_AUTO_TEST_CASE(a_load_tester_that_may_not_says_what_to_do) {
    served_demo demo;
    test::run_result refused;
    std::thread([&] {
        forbid_unshare();
        refused = hold(demo, more_than_the_limit);
    }).join();
    test::check_failed(refused, 1, "ulimit -Hn");
    BOOST_TEST(refused.err.find("Operation not permitted") != std::string::npos, refused.err);
}

BOOST_AUTO_TEST_CASE(one_table_is_shared_where_it_is_enough) {
    served_demo demo(served_demo::serving{{"--connections-max", "300"}, low_limit});
    auto clients = connect(demo, 300);
    check_served(demo, clients);
    BOOST_TEST(by_reactor(demo).size() == 2u);
    BOOST_TEST(demo.process().log().find("descriptor") == std::string::npos);
    if (can_look_into(demo)) {
        for (const auto& [thread, open] : test::descriptors_by_thread(demo.process().pid())) {
            BOOST_TEST(open > clients.size(), "thread " << thread);
        }
    }
    BOOST_TEST(demo.process().terminate() == 0);
}

BOOST_AUTO_TEST_CASE(more_connections_than_the_limit_are_held_in_tables_of_the_reactors) {
    served_demo demo(with_private_tables());
    BOOST_TEST(logged(demo, "4 reactors, each with a descriptor table"));
    auto clients = connect(demo, more_than_the_limit);
    check_served(demo, clients);
    const auto counts = by_reactor(demo);
    BOOST_TEST(counts.size() == 4u);
    BOOST_TEST(std::accumulate(counts.begin(), counts.end(), std::size_t{0}) == clients.size());
    // As even as chance: within five standard deviations.
    const double expected = static_cast<double>(clients.size()) / 4;
    for (const std::size_t n : counts) {
        BOOST_TEST(std::abs(static_cast<double>(n) - expected) < 5 * std::sqrt(expected));
    }
    if (can_look_into(demo)) {
        for (const auto& [thread, open] : test::descriptors_by_thread(demo.process().pid())) {
            BOOST_TEST(open < low_limit, "thread " << thread);
        }
    }
    BOOST_TEST(demo.process().terminate() == 0);
    for (https_client& c : clients) {
        BOOST_TEST(c.closed());
    }
    BOOST_CHECK_THROW(demo.clinic_client(), std::exception);
}

BOOST_AUTO_TEST_CASE(no_descriptor_is_left_behind_by_connections_that_came_and_went) {
    for (const auto& how : {served_demo::serving{}, with_private_tables()}) {
        served_demo demo(how);
        BOOST_REQUIRE(can_look_into(demo));
        const auto come_and_go = [&demo] {
            raw_socket silent(demo.process().clinic_port());
            raw_socket gone(demo.process().clinic_port());
            gone.reset();
            https_client served = demo.clinic_client();
            served.send(demo.check_request());
            BOOST_REQUIRE(served.receive().status == 200u);
            https_client broken = demo.clinic_client();
            broken.send(demo.check_request());
            broken.reset();
        };
        come_and_go();
        BOOST_REQUIRE(demo.metric_becomes("doseline_connections", 0));
        // The least of some looks: the operators' connections and the anchor's file come and go.
        std::size_t before = descriptors_of(demo);
        for (int look = 0; look < 100; ++look) {
            before = std::min(before, descriptors_of(demo));
        }
        for (int cycle = 0; cycle < 100; ++cycle) {
            come_and_go();
        }
        BOOST_REQUIRE(demo.metric_becomes("doseline_connections", 0));
        BOOST_TEST(becomes([&] { return descriptors_of(demo) <= before; }));
    }
}

BOOST_AUTO_TEST_CASE(where_tables_must_stay_shared_it_says_so_and_holds_fewer) {
    std::optional<served_demo> demo;
    std::thread([&] {
        forbid_unshare();
        demo.emplace(with_private_tables());
    }).join();
    BOOST_TEST(logged(*demo, "connections_max is lowered from 1000 to 387"));
    BOOST_TEST(logged(*demo, "Operation not permitted"));
    auto clients = connect(*demo, 387);
    check_served(*demo, clients);
    BOOST_CHECK_THROW(demo->clinic_client(), std::exception);
    BOOST_TEST(demo->process().terminate() == 0);
}

BOOST_AUTO_TEST_CASE(a_limit_too_low_for_the_server_itself_is_told_at_the_start) {
    BOOST_CHECK_EXCEPTION(served_demo(served_demo::serving{{}, 100}), std::exception,
                          [](const std::exception& e) {
                              return std::string(e.what()).find("ulimit -Hn") != std::string::npos;
                          });
}

// The last place is given, whichever reactor the kernel chooses, and no other.
BOOST_AUTO_TEST_CASE(connections_beyond_the_limit_are_reset_and_the_others_served) {
    constexpr std::size_t places = 40;
    served_demo demo(served_demo::serving{{"--connections-max", std::to_string(places)}});
    auto clients = connect(demo, places);
    constexpr unsigned too_many = 200;
    for (unsigned n = 0; n < too_many; ++n) {
        raw_socket refused(demo.process().clinic_port());
        char byte = 0;
        BOOST_TEST(::recv(refused.descriptor(), &byte, 1, 0) == -1);
        BOOST_TEST(errno == ECONNRESET);
    }
    BOOST_TEST(demo.metric("doseline_refused_total{reason=\"connections_max\"}") == too_many);
    BOOST_TEST(demo.metric("doseline_connections") == places);
    check_served(demo, clients);
    BOOST_TEST(logged(demo, "connections refused: 40 of connections_max 40 are open"));
    BOOST_TEST(times("connections refused", demo.process().log()) < too_many / 10);
    clients.pop_back();
    BOOST_REQUIRE(demo.metric_becomes("doseline_connections", places - 1));
    clients.push_back(demo.clinic_client());
    check_served(demo, clients);
}

BOOST_AUTO_TEST_CASE(operators_have_places_of_their_own_and_no_more) {
    served_demo demo(served_demo::serving{{"--connections-max", "1"}});
    const https_client clinic = demo.clinic_client();
    std::vector<https_client> operators;
    for (std::size_t n = 0; n < core::limits::operator_connections_max; ++n) {
        operators.push_back(demo.admin_client());
    }
    BOOST_CHECK_THROW(demo.admin_client(), std::exception);
    BOOST_TEST(operators.back().request("GET", "/livez").status == 200u);
}

// The limit is taken from the server while it runs, as by a system that runs out of files.
BOOST_AUTO_TEST_CASE(without_descriptors_it_neither_spins_nor_stays_deaf,
                     *boost::unit_test::precondition(may_run_out)) {
    for (const auto& how : {served_demo::serving{}, with_private_tables()}) {
        served_demo demo(how);
        const auto reactors = static_cast<double>(by_reactor(demo).size());
        auto clients = connect(demo, 100);
        https_client admin = demo.admin_client();
        rlimit before{};
        BOOST_REQUIRE(::prlimit(demo.process().pid(), RLIMIT_NOFILE, nullptr, &before) == 0);
        const rlimit none{0, before.rlim_max};
        BOOST_REQUIRE(::prlimit(demo.process().pid(), RLIMIT_NOFILE, &none, nullptr) == 0);
        const auto began = std::chrono::steady_clock::now();
        std::vector<https_client> later;
        std::jthread connecting([&] { later = connect(demo, 40); });
        double failures = 0;
        while (std::chrono::steady_clock::now() - began < 3s) {
            failures = metric(admin, "doseline_accept_failures_total");
        }
        BOOST_TEST(failures > 0);
        BOOST_TEST(failures <= 8 * reactors);  // at 0, 50, 150, 350, 750, 1,550, 2,550, 3,550 ms
        BOOST_TEST(logged(demo, "accepts failed for want of descriptors"));
        for (https_client& c : clients) {
            BOOST_REQUIRE(c.request("GET", "/status").status == 200u);
        }
        BOOST_REQUIRE(::prlimit(demo.process().pid(), RLIMIT_NOFILE, &before, nullptr) == 0);
        connecting.join();
        check_served(demo, later);
        BOOST_TEST(demo.process().terminate() == 0);
    }
}

// As many as one table holds, and the server did not know: who goes makes room for who waits.
BOOST_AUTO_TEST_CASE(who_waits_for_a_descriptor_gets_the_one_that_is_freed,
                     *boost::unit_test::precondition(may_run_out)) {
    served_demo demo(served_demo::serving{{"--connections-max", "300"}, low_limit});
    auto clients = connect(demo, 200);
    const rlimit full{200, low_limit};
    BOOST_REQUIRE(::prlimit(demo.process().pid(), RLIMIT_NOFILE, &full, nullptr) == 0);
    std::vector<https_client> later;
    std::jthread connecting([&] { later = connect(demo, 40); });
    BOOST_TEST(logged(demo, "accepts failed for want of descriptors"));
    clients.clear();
    connecting.join();
    check_served(demo, later);
}

BOOST_AUTO_TEST_SUITE_END()

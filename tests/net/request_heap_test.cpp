// What a check and a registration take from the heap, on their whole way: reactor, committer and
// back, with a ledger on disk.
#include "net/server.hpp"
#include "tests/support/clinic_desk.hpp"
#include "tests/support/heap_watch.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/prctl.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>

namespace doseline::test {

BOOST_AUTO_TEST_SUITE(request_heap, *boost::unit_test::precondition(doseline::test::heap_watched))

namespace {

// A demo season, served by this process.
class served_here {
public:
    served_here()
        : dir_(demo_in(scratch_.path())), out_(scratch_.path() / "out"),
          thread_([this] { net::serve(options(), out_); }) {
        ports_ = ports_told();
    }
    ~served_here() {
        https_client admin(dir_ / "ca.pem", ports_.admin);
        admin.request("POST", "/admin/v1/drain",
                      {{"Authorization", "Bearer " + operator_token(dir_)}});
        thread_.join();
        ::prctl(PR_SET_DUMPABLE, 1);  // as before
    }

    std::filesystem::path ca() const { return dir_ / "ca.pem"; }
    std::uint16_t port() const noexcept { return ports_.clinic; }
    demo_clinic clinic() const { return demo_clinics(dir_).front(); }

private:
    struct ports {
        std::uint16_t clinic = 0;
        std::uint16_t admin = 0;
    };
    static std::filesystem::path demo_in(const std::filesystem::path& dir) {
        make_demo(dir / "registry", 2, 100'000);
        return dir / "registry";
    }
    net::server_options options() const {
        net::server_options o;
        o.dir = dir_;
        o.listen = "127.0.0.1:0";
        o.admin = "127.0.0.1:0";
        return o;
    }
    // Once it says that it is ready.
    ports ports_told() const {
        const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds{20};
        while (std::chrono::steady_clock::now() < patience) {
            std::ifstream in(scratch_.path() / "out");
            std::stringstream text;
            text << in.rdbuf();
            if (text.str().find("ready\n") != std::string::npos) {
                ports p;
                for (std::string word, address; text >> word >> address;) {
                    const auto port = static_cast<std::uint16_t>(
                        std::stoul(address.substr(address.rfind(':') + 1)));
                    (word == "clinic" ? p.clinic : p.admin) = port;
                }
                return p;
            }
        }
        throw std::runtime_error("it does not serve");
    }

    temporary_directory scratch_;
    const std::filesystem::path dir_;
    std::ofstream out_;
    std::thread thread_;
    ports ports_;
};

std::string request_of(const demo_clinic& clinic, std::string_view target, unsigned person,
                       std::string_view more) {
    const std::string body = R"({"national_id":")" + synthetic_person(person) + R"("})";
    return "POST " + std::string(target) +
           " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + clinic.token +
           "\r\nContent-Type: application/json\r\n" + std::string(more) +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string key(unsigned n) {
    const std::string digits = std::to_string(n);
    return "Idempotency-Key: 00000000-0000-4000-8000-" + std::string(12 - digits.size(), '0') +
           digits + "\r\n";
}

// The test's thread is the clinic and is not counted; all of the server's are. Some of them, beside
// the requests' way, take a little now and then: the anchor's once a second, the proof's. So the
// best of several short laps counts: what each request takes is in all of them.
struct fixture : heap_bystander {
    static constexpr unsigned laps = 10;  // and one before, to warm up
    static constexpr unsigned lap = 200;

    served_here server;
    const demo_clinic clinic = server.clinic();
    https_client line{server.ca(), server.port()};

    std::uint64_t allocations_of_a_lap(unsigned status,
                                       const std::function<std::string(unsigned)>& request) {
        std::uint64_t fewest = ~std::uint64_t{0};
        unsigned n = 0;
        for (unsigned done = 0; done <= laps; ++done) {
            const auto before = watched_heap();
            for (unsigned end = n + lap; n < end; ++n) {
                line.send(request(n));
                const response r = line.receive();
                BOOST_TEST_REQUIRE(r.status == status, r.body);
            }
            fewest = std::min(fewest, (watched_heap() - before).allocations);
        }
        BOOST_TEST_MESSAGE(fewest << " allocations of " << lap << " requests");
        return fewest;
    }
};

// Room for a slow machine, on which a lap takes seconds: an anchor is 12. One allocation in each
// request would be twice as many.
constexpr std::uint64_t of_others_max = fixture::lap / 2;

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_check_takes_nothing, fixture) {
    BOOST_TEST(allocations_of_a_lap(200, [&](unsigned n) {
                   return request_of(clinic, "/v1/checks", n, "");
               }) <= of_others_max);
}

BOOST_FIXTURE_TEST_CASE(a_registration_takes_nothing, fixture) {
    BOOST_TEST(allocations_of_a_lap(201, [&](unsigned n) {
                   return request_of(clinic, "/v1/registrations", n, key(n));
               }) <= of_others_max);
}

BOOST_FIXTURE_TEST_CASE(what_is_taken_is_seen, fixture) {
    BOOST_TEST(allocations_of_a_lap(404, [](unsigned) {
                   return std::string("GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n");
               }) >= fixture::lap);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test

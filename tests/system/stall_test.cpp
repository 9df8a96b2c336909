// A disk that does not answer for five seconds, while clinics go on asking: over TLS, through the
// real program, whose build for tests holds a commit up.
#include "tests/support/anonymous_memory.hpp"
#include "tests/support/sanitized.hpp"
#include "tests/system/season.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <thread>
#include <vector>

namespace doseline::test {

BOOST_AUTO_TEST_SUITE(stalled_commits)

namespace {

using clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr unsigned clinics = 16;  // half of them register before it stalls, half come then
constexpr milliseconds pace{5};   // of each, so that none meets the cap of a clinic
constexpr milliseconds stall{5'000};
// Of a machine that builds, and of sanitizers: what is asked for is told in the message beside it.
constexpr milliseconds slack{2'000};

struct told {
    unsigned status = 0;
    std::string code;  // of a problem
    clock::time_point asked;
    clock::time_point at;
};

// A clinic's PC that asks one thing after the other until it is told to stop; its results are read
// when its thread has ended.
class busy_desk {
public:
    busy_desk(clinic_desk desk, std::function<response(clinic_desk&)> ask)
        : desk_(std::move(desk)), ask_(std::move(ask)), thread_([this] { work(); }) {}

    const std::vector<told>& stop() {
        stopping_ = true;
        thread_.join();
        return told_;
    }

private:
    void work() {
        try {
            while (!stopping_) {
                told one;
                one.asked = clock::now();
                const response r = ask_(desk_);
                one.at = clock::now();
                one.status = r.status;
                one.code = r.status >= 400 ? text_of(parsed(r), "code") : "";
                told_.push_back(one);
                std::this_thread::sleep_for(pace);  // nothing waits for its end
            }
        } catch (const std::exception& e) {
            told_.push_back({0, e.what(), {}, {}});
        }
    }

    clinic_desk desk_;
    std::function<response(clinic_desk&)> ask_;
    std::vector<told> told_;
    std::atomic<bool> stopping_{false};
    std::jthread thread_;
};

response register_somebody(clinic_desk& desk) {
    static std::atomic<unsigned> next{0};
    return desk.register_dose(new_key(), person_body(synthetic_person(next++)));
}

struct fixture {
    season s{clinics, 100'000, test_binary()};

    void stall_commits() {
        const std::string body = R"({"milliseconds":)" + std::to_string(stall.count()) + "}";
        BOOST_REQUIRE(s.operators().post("/admin/v1/test/stall", body).status == 200u);
    }
    // Until /status says so. It is asked again and again: nobody tells when it changes.
    void wait_for_mode(const std::string& mode) {
        auto desk = s.desk(0);
        const auto patience = clock::now() + stall + std::chrono::seconds{20};
        while (text_of(desk.get_json("/status"), "mode") != mode) {
            BOOST_TEST_REQUIRE((clock::now() < patience), "never " << mode);
        }
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(everything_is_answered_memory_stays_and_all_is_normal_again, fixture) {
    std::vector<std::unique_ptr<busy_desk>> registering;
    const auto begin = [&](unsigned from, unsigned to) {
        for (unsigned n = from; n < to; ++n) {
            registering.push_back(std::make_unique<busy_desk>(s.desk(n), register_somebody));
        }
    };
    begin(0, clinics / 2);
    busy_desk looking(s.desk(0), [](clinic_desk& d) { return d.get("/v1/stock"); });
    auto one_more = s.desk(0);
    const std::int64_t before = anonymous_kib(s.server().pid());
    stall_commits();
    wait_for_mode("read-only");
    begin(clinics / 2, clinics);
    wait_for_mode("normal");
    const auto over = clock::now();
    const std::int64_t grown = anonymous_kib(s.server().pid()) - before;
    BOOST_TEST(register_somebody(one_more).status == 201u);

    unsigned served = 0;
    unsigned held = 0;  // had been asked before, and waited it out
    unsigned refused = 0;
    milliseconds slowest_refusal{0};
    clock::time_point first_after = clock::time_point::max();
    for (const auto& desk : registering) {
        for (const told& one : desk->stop()) {
            const auto took = std::chrono::duration_cast<milliseconds>(one.at - one.asked);
            BOOST_TEST_REQUIRE((one.status == 201u || one.status == 503u), one.code);
            BOOST_TEST((took < stall + slack), took.count() << " ms");
            if (one.status == 201) {
                ++served;
                held += took > milliseconds{1'000} ? 1 : 0;
                if (one.at >= over) {
                    first_after = std::min(first_after, one.at);
                }
            } else {
                ++refused;
                BOOST_TEST((one.code == "READ_ONLY" || one.code == "WAIT"), one.code);
                slowest_refusal = std::max(slowest_refusal, took);
            }
        }
    }
    for (const told& one : looking.stop()) {
        BOOST_TEST(one.status == 200u);
        BOOST_TEST((one.at - one.asked < slack));
    }
    BOOST_TEST_MESSAGE(served << " served, " << held << " of them when the disk answered again, "
                              << refused << " refused within " << slowest_refusal.count()
                              << " ms; RssAnon grew by " << grown << " KiB");
    BOOST_TEST(held >= 1u);
    BOOST_TEST(refused > 0u);
    BOOST_TEST((slowest_refusal < milliseconds{1'000} + slack));
    BOOST_TEST((sanitized || grown < 32 * 1'024));
    BOOST_TEST((first_after < over + milliseconds{1'000} + slack));

    const auto totals = s.desk(0).get_json("/v1/totals?scope=nation");
    BOOST_TEST(number_of(totals, "doses") == served + 1);
    BOOST_TEST(number_of(s.operators().fresh_proof(), "drift") == 0);
}

BOOST_FIXTURE_TEST_CASE(a_power_cut_in_the_middle_takes_nothing_that_was_acknowledged, fixture) {
    busy_desk registering(s.desk(1), register_somebody);
    stall_commits();
    wait_for_mode("read-only");
    s.server().kill();
    unsigned acknowledged = 0;
    for (const told& one : registering.stop()) {
        acknowledged += one.status == 201 ? 1 : 0;
    }
    s.serve();
    // One more at most: committed, and its answer lost.
    const auto doses = number_of(s.desk(0).get_json("/v1/totals?scope=nation"), "doses");
    BOOST_TEST(doses >= acknowledged);
    BOOST_TEST(doses <= acknowledged + 1);
}

// He may have to act because of it, and no record can be made.
BOOST_FIXTURE_TEST_CASE(an_operators_act_is_done_at_once_and_is_in_the_log, fixture) {
    const auto answers = s.dir().parent_path() / "answers";
    const std::string until_then =
        R"({"milliseconds":60000,"until":")" + answers.string() + R"("})";
    BOOST_REQUIRE(s.operators().post("/admin/v1/test/stall", until_then).status == 200u);
    wait_for_mode("read-only");
    const auto asked = clock::now();
    const response r = s.operators().post("/admin/v1/mode", R"({"mode":"register-only"})");
    BOOST_TEST((clock::now() - asked < slack));
    BOOST_TEST(r.status == 200u, r.body);
    BOOST_TEST(text_of(parsed(r), "operator_mode") == "register-only");
    std::ofstream{answers};
    wait_for_mode("register-only");
    const boost::json::object audit = parsed(s.audit({}));
    for (const auto& record : audit.at("records").as_array()) {
        BOOST_TEST(text_of(record.as_object(), "action") != "OPERATED");
    }
    BOOST_TEST(s.server().terminate() == 0);
    BOOST_TEST(
        s.server().log().find("mode register-only from 127.0.0.1: may not be in the audit") !=
        std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test

// The disk fills up and is freed again: the server stores nothing meanwhile, says so, serves what
// it can, and comes back by itself.
#include "tests/crash/loop_disk.hpp"
#include "tests/support/clinic_desk.hpp"
#include "tests/support/program.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <fstream>
#include <memory>
#include <tuple>

namespace doseline::test {

BOOST_AUTO_TEST_SUITE(full_disk, *boost::unit_test::precondition(has_loop_disks))

namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t mebibyte = 1u << 20;
constexpr unsigned reserve_mib = 16;
constexpr auto longer_than_an_anchor_waits = 2'500ms;

class served_on_a_small_disk {
public:
    served_on_a_small_disk() {
        make_demo_on_small_disk(disk_.path() / "registry", 3, 100);
        // The log is kept elsewhere.
        std::filesystem::create_directory_symlink(disk_.path() / "registry", dir());
        std::ofstream(config()) << "disk_reserve_mib = " << reserve_mib << '\n';
        serve();
    }

    std::filesystem::path dir() const { return scratch_.path() / "registry"; }
    std::string config() const { return scratch_.path() / "serve.toml"; }

    void serve() {
        desk_.reset();
        server_.reset();
        server_ =
            std::make_unique<server_process>(dir(), std::vector<std::string>{"--config", config()});
        desk_ = std::make_unique<clinic_desk>(dir(), *server_, demo_clinics(dir()).front());
    }

    loop_disk& disk() noexcept { return disk_; }
    server_process& server() noexcept { return *server_; }
    clinic_desk& desk() noexcept { return *desk_; }

    std::string mode() { return text_of(desk().get_json("/status"), "mode"); }
    std::int64_t drift() {
        return number_of(operator_desk(dir(), *server_).fresh_proof(), "drift");
    }
    bool becomes(const std::string& mode_wanted) {
        const auto patience = std::chrono::steady_clock::now() + 10s;
        while (mode() != mode_wanted) {
            if (std::chrono::steady_clock::now() > patience) {
                return false;
            }
        }
        return true;
    }

private:
    temporary_directory scratch_;
    loop_disk disk_;
    std::unique_ptr<server_process> server_;
    std::unique_ptr<clinic_desk> desk_;
};

// What a check is told by the phase rule alone.
void is_answered_by_the_phase_alone(clinic_desk& desk) {
    for (const auto& [born, decision, vaccinate] : {std::tuple{1850u, "ELIGIBLE", true},
                                                    {1875u, "NOT_YET", false},
                                                    {1895u, "NOT_ELIGIBLE_AGE", false}}) {
        const response r = desk.check(synthetic_person(1, born));
        BOOST_TEST_CONTEXT(r.head << r.body) {
            BOOST_TEST(r.status == 503u);
            const boost::json::object body = parsed(r);
            BOOST_TEST(text_of(body, "code") == "READ_ONLY");
            BOOST_REQUIRE(body.contains("decision"));
            BOOST_TEST(text_of(body, "decision") == decision);
            BOOST_TEST(body.at("vaccinate").as_bool() == vaccinate);
            BOOST_TEST(!body.contains("last_dose"));
        }
    }
}

void is_not_registered(clinic_desk& desk, const std::string& key) {
    const response r = desk.register_dose(key, person_body(synthetic_person(2)));
    BOOST_TEST(r.status == 503u);
    BOOST_TEST(text_of(parsed(r), "code") == "READ_ONLY");
    BOOST_TEST(parsed(r).at("vaccinate").as_bool());
}

void serves_what_it_has(clinic_desk& desk, std::int64_t doses) {
    BOOST_TEST(desk.get("/v1/stock").status == 200u);
    const boost::json::object totals = desk.get_json("/v1/totals?scope=nation");
    BOOST_TEST(number_of(totals, "doses") == doses);
    BOOST_TEST(desk.get("/status").status == 200u);
}

}  // namespace

BOOST_AUTO_TEST_CASE(below_the_reserve_it_reads_and_comes_back) {
    served_on_a_small_disk s;
    const std::string key = new_key();
    BOOST_TEST(s.desk().register_dose(new_key(), person_body(synthetic_person(1))).status == 201u);
    s.disk().fill_up_to(reserve_mib / 2 * mebibyte);
    // The first to meet it is told as much as all others.
    is_answered_by_the_phase_alone(s.desk());
    BOOST_TEST(s.mode() == "read-only");
    is_not_registered(s.desk(), key);
    serves_what_it_has(s.desk(), 1);
    BOOST_TEST(s.drift() == 0);
    operator_desk operators(s.dir(), s.server());  // acts all the same
    BOOST_TEST(operators.post("/admin/v1/mode", R"({"mode":"normal"})").status == 200u);
    BOOST_TEST(s.server().log().find("mode normal from 127.0.0.1: may not be in the audit") !=
               std::string::npos);

    s.disk().free_again();
    BOOST_TEST(s.becomes("normal"));
    BOOST_TEST(s.desk().register_dose(key, person_body(synthetic_person(2))).status == 201u);
    BOOST_TEST(s.desk().decision(synthetic_person(1)) == "ALREADY_VACCINATED");
    BOOST_TEST(s.drift() == 0);
    BOOST_TEST(s.server().terminate() == 0);
    const run_result verified = doseline({"verify", s.dir().string()});
    BOOST_TEST(verified.exit_code == 0, verified.err);
}

// Not a block is left before the anchor of what was just committed could be written.
BOOST_AUTO_TEST_CASE(without_a_block_left_it_goes_on) {
    served_on_a_small_disk s;
    const std::string key = new_key();
    BOOST_TEST(s.desk().register_dose(new_key(), person_body(synthetic_person(1))).status == 201u);
    s.disk().fill_up_to(0);
    const auto until = std::chrono::steady_clock::now() + longer_than_an_anchor_waits;
    while (std::chrono::steady_clock::now() < until) {
        is_answered_by_the_phase_alone(s.desk());
        is_not_registered(s.desk(), key);
        serves_what_it_has(s.desk(), 1);
    }
    s.disk().free_again();
    BOOST_TEST(s.becomes("normal"));
    BOOST_TEST(s.desk().register_dose(key, person_body(synthetic_person(2))).status == 201u);
    BOOST_TEST(s.drift() == 0);
    BOOST_TEST(s.server().terminate() == 0);
    const run_result verified = doseline({"verify", s.dir().string()});
    BOOST_TEST(verified.exit_code == 0, verified.err);
}

BOOST_AUTO_TEST_CASE(it_starts_below_the_reserve_and_stops_in_order_on_a_full_disk) {
    served_on_a_small_disk s;
    BOOST_TEST(s.desk().register_dose(new_key(), person_body(synthetic_person(1))).status == 201u);
    s.disk().fill_up_to(0);
    BOOST_TEST(s.server().terminate() == 0);
    s.disk().free_again();
    s.disk().fill_up_to(reserve_mib / 2 * mebibyte);
    s.serve();
    is_answered_by_the_phase_alone(s.desk());
    serves_what_it_has(s.desk(), 1);
    s.disk().free_again();
    BOOST_TEST(s.becomes("normal"));
    BOOST_TEST(s.server().terminate() == 0);
    const run_result verified = doseline({"verify", s.dir().string()});
    BOOST_TEST(verified.exit_code == 0, verified.err);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test

#include "net/cli/long_command.hpp"
#include "tests/system/consoles.hpp"
#include "tests/system/season.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>

BOOST_AUTO_TEST_SUITE(backup)

// Backup and restore as an operator does them: the drill of storage/README.md.
using namespace doseline::test;
namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

std::string key_of(unsigned n) {
    const std::string digits = std::to_string(n);
    return "00000000-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits;
}

struct acknowledged {
    std::string body;    // as it was sent
    std::string answer;  // as it was told
};

// Registrations one after another, until told to stop. Who gets no answer asks again with the same
// key, as a clinic does.
class clinic_at_work {
public:
    explicit clinic_at_work(season& s) : season_(s), thread_([this] { work(); }) {}
    ~clinic_at_work() { stop(); }

    // All that was answered, once it is so many.
    std::vector<acknowledged> at_least(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return done_.size() >= count || silent_; });
        BOOST_TEST_REQUIRE(!silent_, "the server does not answer");
        return done_;
    }
    void stop() {
        stopping_ = true;
        if (thread_.joinable()) {
            thread_.join();
        }
    }

private:
    void work() {
        for (unsigned n = 0; !stopping_ && !silent_; ++n) {
            json::object more{{"name", "Hong Gildong the elder, of a long name"}};
            if (n % 3 == 0) {
                more["evidence"] = "letter " + std::to_string(n);
            }
            const std::string body = person_body(synthetic_person(n), more);
            const std::optional<response> r = answer_to(n, body);
            const std::lock_guard lock(mutex_);
            silent_ = !r;
            done_.push_back({body, r ? r->body : ""});
            changed_.notify_all();
        }
    }

    std::optional<response> answer_to(unsigned n, const std::string& body) {
        for (int tries = 0; tries < 3; ++tries) {
            try {
                if (!desk_) {
                    desk_.emplace(season_.desk(0));
                }
                const response r = desk_->register_dose(key_of(n), body);
                if (r.status == 200 || r.status == 201) {
                    return r;
                }
            } catch (const std::exception&) {
                desk_.reset();
            }
        }
        return std::nullopt;
    }

    season& season_;
    std::optional<clinic_desk> desk_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<acknowledged> done_;
    std::atomic<bool> silent_{false};
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

// What the last one came to. It is looked at again and again: nobody tells when it ends.
json::object finished_backup(operator_desk& operators) {
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    for (;;) {
        json::object seen = parsed(operators.get("/admin/v1/backup"));
        if (text_of(seen, "state") != "running") {
            return seen;
        }
        BOOST_TEST_REQUIRE((std::chrono::steady_clock::now() < patience), json::serialize(seen));
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_drill) {
    const temporary_directory scratch;
    const std::string file = (scratch.path() / "season.backup").string();
    const fs::path restored = scratch.path() / "restored";
    season s(3, 1'000);
    std::vector<acknowledged> before;
    {
        clinic_at_work clinic(s);
        before = clinic.at_least(40);
        const run_result made = doseline::test::doseline({"backup", s.dir().string(), file});
        BOOST_TEST(made.exit_code == 0, made.err);
        BOOST_TEST(made.out.starts_with("backed up and checked: "), made.out);
        // The clinic went on meanwhile, and does afterwards.
        clinic.at_least(clinic.at_least(before.size() + 1).size() + 5);
        clinic.stop();
        BOOST_TEST(s.operators().fresh_proof().at("drift").to_number<int>() == 0);
    }
    check_failed(doseline::test::doseline({"restore", file, s.dir().string()}), 1,
                 "in use by process " + std::to_string(s.server().pid()));
    s.server().kill();

    const run_result back = doseline::test::doseline({"restore", file, restored.string()});
    BOOST_TEST(back.exit_code == 0, back.err);
    BOOST_TEST(back.out.find((restored / "keys").string()) != std::string::npos, back.out);
    check_failed(doseline::test::doseline({"serve", restored.string(), "--listen", "127.0.0.1:0",
                                           "--admin", "127.0.0.1:0"}),
                 1, (restored / "keys").string());
    check_failed(doseline::test::doseline({"restore", file, restored.string()}), 1, "not empty");

    fs::copy(s.dir() / "keys", restored / "keys");
    fs::permissions(restored / "keys", fs::perms::owner_all);
    const run_result verified = doseline::test::doseline({"verify", restored.string()});
    BOOST_TEST(verified.exit_code == 0, verified.err);

    const server_process server(restored);
    clinic_desk desk(restored, server, s.clinics()[0]);
    for (unsigned n = 0; n < before.size(); ++n) {
        BOOST_TEST_CONTEXT(n) {
            const response r = desk.register_dose(key_of(n), before[n].body);
            BOOST_TEST(r.status == 200u);
            BOOST_TEST(r.field("replayed") == "true");
            BOOST_TEST(r.body == before[n].answer);
        }
    }
    BOOST_TEST(operator_desk(restored, server).fresh_proof().at("drift").to_number<int>() == 0);
}

BOOST_AUTO_TEST_CASE(an_operator_makes_one_of_a_server_at_work) {
    season s(3, 1'000);
    auto operators = s.operators();
    BOOST_TEST(text_of(parsed(operators.get("/admin/v1/backup")), "state") == "none");
    clinic_at_work clinic(s);
    const auto before = clinic.at_least(40);
    const response begun = operators.post("/admin/v1/backup", "");
    BOOST_TEST_REQUIRE(begun.status == 202u, begun.body);
    BOOST_TEST(begun.field("location") == "/admin/v1/backup");
    const fs::path file = text_of(parsed(begun), "file");
    BOOST_TEST(file.parent_path() == s.dir() / "backups");
    const json::object done = finished_backup(operators);
    BOOST_TEST(text_of(done, "state") == "done", json::serialize(done));
    BOOST_TEST(number_of(done, "doses") >= static_cast<std::int64_t>(before.size()));
    BOOST_TEST(static_cast<std::uint64_t>(number_of(done, "bytes")) == fs::file_size(file));
    const std::string metric = "doseline_backup_last_success_timestamp_seconds ";
    const std::string figures = operators.get("/metrics").body;
    const std::size_t at = figures.find('\n' + metric);
    BOOST_TEST_REQUIRE(at != std::string::npos);
    BOOST_TEST(std::stod(figures.substr(at + 1 + metric.size())) > 1.7e9);
    clinic.at_least(clinic.at_least(1).size() + 5);
    clinic.stop();

    const fs::path restored = s.dir().parent_path() / "restored";
    const run_result back = doseline::test::doseline({"restore", file.string(), restored.string()});
    BOOST_TEST(back.exit_code == 0, back.err);
    BOOST_TEST((fs::status(file.parent_path()).permissions() == fs::perms::owner_all));
    BOOST_TEST(s.server().terminate() == 0);
    BOOST_TEST(doseline::test::doseline({"verify", s.dir().string()}).exit_code == 0);
}

// A demo's server that keeps its backups elsewhere.
struct served_with_backups {
    explicit served_with_backups(const fs::path& elsewhere, std::uint64_t reserve_mib = 1) {
        const fs::path config = scratch.path() / "serve.toml";
        make_demo(registry, 1, 10);
        write_file(config, "backups = \"" + elsewhere.string() +
                               "\"\ndisk_reserve_mib = " + std::to_string(reserve_mib) + '\n');
        server.emplace(registry, std::vector<std::string>{"--config", config.string()});
        operators.emplace(registry, *server);
    }

    const temporary_directory scratch;
    const fs::path registry = scratch.path() / "registry";
    std::optional<server_process> server;
    std::optional<operator_desk> operators;
};

BOOST_AUTO_TEST_CASE(where_there_is_no_room_none_is_begun) {
    const fs::path full = "/proc";  // on every machine
    BOOST_REQUIRE(fs::space(full).available == 0u);
    served_with_backups s(full);
    const response refused = s.operators->post("/admin/v1/backup", "");
    BOOST_TEST(refused.status == 409u);
    BOOST_TEST(text_of(parsed(refused), "code") == "BACKUP_REFUSED");
    BOOST_TEST(refused.body.find("may need") != std::string::npos, refused.body);
    BOOST_TEST(text_of(parsed(s.operators->get("/admin/v1/backup")), "state") == "none");
}

BOOST_AUTO_TEST_CASE(what_is_behind_the_ledger_s_last_page_needs_no_room) {
    constexpr std::uint64_t mebibyte = 1u << 20;
    const temporary_directory elsewhere;
    const std::uint64_t there = fs::space(elsewhere.path()).available;
    const std::uint64_t reserve_mib = std::min<std::uint64_t>(there / mebibyte * 9 / 10, 1u << 20);
    served_with_backups s(elsewhere.path(), reserve_mib);
    fs::resize_file(s.registry / "ledger" / "data.mdb", there);  // sparse
    BOOST_TEST(s.operators->post("/admin/v1/backup", "").status == 202u);
    const std::string file = text_of(finished_backup(*s.operators), "file");
    BOOST_TEST(file.starts_with(elsewhere.path().string()));
    BOOST_TEST(fs::file_size(file) < there / 100);
}

BOOST_AUTO_TEST_CASE(only_an_operator_makes_one_and_a_failed_one_is_told) {
    season s(1, 10);
    https_client nobody(s.ca(), s.server().admin_port());
    BOOST_TEST(nobody.request("POST", "/admin/v1/backup").status == 401u);
    BOOST_TEST(nobody.request("GET", "/admin/v1/backup").status == 401u);
    auto operators = s.operators();
    fs::remove(s.ca());
    BOOST_TEST(operators.post("/admin/v1/backup", "").status == 202u);
    const json::object failed = finished_backup(operators);
    BOOST_TEST(text_of(failed, "state") == "failed");
    BOOST_TEST(text_of(failed, "error").find("ca.pem") != std::string::npos);
    BOOST_TEST(fs::is_empty(s.dir() / "backups"));
}

BOOST_AUTO_TEST_CASE(the_keys_of_another_registry_do_not_serve_it) {
    const temporary_directory scratch;
    const fs::path own = scratch.path() / "own";
    const fs::path other = scratch.path() / "other";
    const fs::path restored = scratch.path() / "restored";
    const std::string file = (scratch.path() / "b").string();
    make_demo(own, 2, 10);
    make_demo(other, 2, 10);
    BOOST_TEST(doseline::test::doseline({"backup", own.string(), file}).exit_code == 0);
    BOOST_TEST(doseline::test::doseline({"restore", file, restored.string()}).exit_code == 0);
    fs::copy(other / "keys", restored / "keys");
    fs::permissions(restored / "keys", fs::perms::owner_all);
    check_failed(doseline::test::doseline({"serve", restored.string(), "--listen", "127.0.0.1:0",
                                           "--admin", "127.0.0.1:0"}),
                 1, "another registry");
}

BOOST_AUTO_TEST_CASE(refused_in_one_line) {
    const temporary_directory scratch;
    const fs::path dir = scratch.path() / "registry";
    make_demo(dir, 2, 10);
    const std::string file = (scratch.path() / "b").string();
    check_failed(doseline::test::doseline({"backup", (scratch.path() / "none").string(), file}), 1,
                 "init");
    check_failed(doseline::test::doseline({"backup", dir.string(), "/nowhere/b"}), 1, "/nowhere/b");
    check_failed(doseline::test::doseline({"restore", file, (scratch.path() / "r").string()}), 1,
                 file);
    BOOST_TEST(doseline::test::doseline({"backup", dir.string(), file}).exit_code == 0);
    check_failed(doseline::test::doseline({"backup", dir.string(), file}), 1, "exists");
    fs::resize_file(file, fs::file_size(file) - 1);
    check_failed(doseline::test::doseline({"restore", file, (scratch.path() / "r").string()}), 1,
                 file + " is damaged");
    BOOST_TEST(!fs::exists(scratch.path() / "r"));
    for (const std::vector<std::string>& call : std::vector<std::vector<std::string>>{
             {"backup"}, {"backup", dir.string()}, {"restore"}, {"restore", file}}) {
        check_failed(doseline::test::doseline(call), 2);
    }
}

BOOST_AUTO_TEST_CASE(a_signal_ends_a_long_command_where_it_can_be_tidied_up) {
    for (const int number : {SIGINT, SIGTERM}) {
        doseline::net::cli::long_command command;
        BOOST_CHECK_NO_THROW(command.tell("copying", 1, 2));
        std::raise(number);
        BOOST_CHECK_THROW(command.tell("copying", 1, 2), std::runtime_error);
    }
}

BOOST_AUTO_TEST_SUITE_END()

#include "tests/support/clinic_desk.hpp"
#include "tests/support/https_client.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/system/consoles.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>

#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(command_line)

// The program as its operator types it: exit codes, and one line that says what to do.
using namespace doseline::test;
namespace fs = std::filesystem;

namespace {

using words = std::vector<std::string>;

run_result call(const words& arguments) { return doseline::test::doseline(arguments); }

std::string joined(const words& all) {
    std::string text = "doseline";
    for (const std::string& word : all) {
        text += ' ' + word;
    }
    return text;
}

struct demo_directory {
    demo_directory() { make_demo(dir, 3, 100); }

    temporary_directory scratch;
    fs::path dir = scratch.path() / "registry";
};

// What serve prints up to "ready"; then it is ended by SIGTERM.
struct announcement {
    words lines;
    int status = -1;
};

announcement announced(const fs::path& dir) {
    const std::string command = "echo $$; exec '" + doseline_binary() + "' serve '" + dir.string() +
                                "' --listen 127.0.0.1:0 --admin '[::1]:0' --reactors 1 2>/dev/null";
    announcement a;
    FILE* const said = ::popen(command.c_str(), "re");
    BOOST_REQUIRE(said != nullptr);
    pid_t pid = 0;
    char line[256];
    while (std::fgets(line, sizeof line, said) != nullptr) {
        if (pid == 0) {
            pid = std::stoi(line);
            continue;
        }
        a.lines.emplace_back(line);
        if (a.lines.back() == "ready\n") {
            ::kill(pid, SIGTERM);
        }
    }
    a.status = ::pclose(said);
    return a;
}

bool is_address(const std::string& line, const std::string& before) {
    if (!line.starts_with(before) || line.back() != '\n') {
        return false;
    }
    const std::string port = line.substr(before.size(), line.size() - before.size() - 1);
    return !port.empty() && port.find_first_not_of("0123456789") == std::string::npos &&
           std::stoi(port) > 0;
}

response open_session(const fs::path& dir, const server_process& server, const std::string& code) {
    https_client line(dir / "ca.pem", server.clinic_port());
    return line.request("POST", "/v1/session", {{"Content-Type", "application/json"}},
                        boost::json::serialize(boost::json::object{{"code", code}}));
}

unsigned stock_status(const fs::path& dir, const server_process& server, const std::string& token) {
    return clinic_desk(dir, server, {"", "", token}).get("/v1/stock").status;
}

std::string one_line_of(const run_result& r) {
    BOOST_TEST(r.exit_code == 0);
    BOOST_TEST(r.err == "");
    BOOST_TEST_REQUIRE(is_one_line(r.out), r.out);
    return r.out.substr(0, r.out.size() - 1);
}

}  // namespace

BOOST_AUTO_TEST_CASE(version_and_help) {
    const std::string version = one_line_of(call({"--version"}));
    BOOST_TEST(version.starts_with("doseline "));
    BOOST_TEST(version.size() > std::string_view("doseline ").size());

    const run_result help = call({"--help"});
    BOOST_TEST(help.exit_code == 0);
    BOOST_TEST(help.err == "");
    for (const char* const name :
         {"init", "demo", "serve", "import", "enroll", "verify", "backup", "restore", "export"}) {
        BOOST_TEST_CONTEXT(name) {
            BOOST_TEST(help.out.find(std::string("\n  ") + name) != std::string::npos);
            const run_result own = call({name, "--help"});
            BOOST_TEST(own.exit_code == 0);
            BOOST_TEST(own.err == "");
            BOOST_TEST(own.out.find("DIR") != std::string::npos);
        }
    }
}

BOOST_AUTO_TEST_CASE(bad_usage) {
    const demo_directory d;
    const std::string dir = d.dir.string();
    const std::string fresh = (d.scratch.path() / "fresh").string();
    const std::string file = (d.dir / "server.pem").string();
    const auto before = snapshot_of(d.dir);
    for (const words& arguments : std::vector<words>{
             {},
             {"nonsense"},
             {"--nonsense"},
             {"init"},
             {"init", fresh, "more"},
             {"init", fresh, "--clinics", "3"},
             {"demo"},
             {"demo", fresh, "--clinics"},
             {"demo", fresh, "--clinics", "0"},
             {"demo", fresh, "--clinics", "-1"},
             {"demo", fresh, "--clinics", "1000001"},
             {"demo", fresh, "--clinics", "many"},
             {"demo", fresh, "--doses-per-clinic", "0"},
             {"demo", fresh, "--doses-per-clinic", "1000001"},
             {"demo", fresh, "--seed", "x"},
             {"serve"},
             {"serve", dir, "--listen"},
             {"serve", dir, "--listen", "nonsense"},
             {"serve", dir, "--listen", "localhost:8443"},
             {"serve", dir, "--listen", "127.0.0.1"},
             {"serve", dir, "--listen", "127.0.0.1:"},
             {"serve", dir, "--listen", "127.0.0.1:65536"},
             {"serve", dir, "--listen", "127.0.0.1:-1"},
             {"serve", dir, "--admin", "127.0.0.1:8444x"},
             {"serve", dir, "--reactors", "0"},
             {"serve", dir, "--reactors", "65"},
             {"serve", dir, "--connections-max", "0"},
             {"serve", dir, "--connections-max", "1000001"},
             {"serve", dir, "--certificate", file},
             {"serve", dir, "--key", file},
             {"serve", dir, "--config"},
             {"serve", dir, "--colour", "red"},
             {"import"},
             {"import", dir},
             {"import", dir, "clinics"},
             {"import", dir, "people", file},
             {"import", dir, "clinics", file, "more"},
             {"enroll"},
             {"enroll", dir},
             {"enroll", dir, "9000000"},
             {"enroll", dir, "900000010"},
             {"enroll", dir, "9000000x"},
             {"enroll", dir, "90000001", "--nonsense"},
             {"verify"},
             {"verify", dir, "more"},
         }) {
        BOOST_TEST_CONTEXT(joined(arguments)) { check_failed(call(arguments), 2); }
    }
    BOOST_TEST(!fs::exists(fresh));
    check_unchanged(before, d.dir);
}

BOOST_AUTO_TEST_CASE(init) {
    const temporary_directory scratch;
    const fs::path dir = scratch.path() / "new" / "registry";
    BOOST_TEST(call({"init", dir.string()}).exit_code == 0);
    for (const char* const name : {"ca.pem", "server.pem", "operator.token", "keys"}) {
        BOOST_TEST(fs::exists(dir / name), name);
    }
    const auto mode_of = [](const fs::path& path) {
        return static_cast<unsigned>(fs::status(path).permissions());
    };
    BOOST_TEST(mode_of(dir / "operator.token") == 0600u);
    BOOST_TEST(mode_of(dir / "keys") == 0700u);
    BOOST_TEST(is_one_line(content_of(dir / "operator.token")));

    // Again: it is not empty any more, and nothing of it is lost.
    const auto before = snapshot_of(dir);
    check_failed(call({"init", dir.string()}), 1, "not empty");
    check_failed(call({"demo", dir.string(), "--clinics", "1"}), 1, "not empty");
    check_unchanged(before, dir);

    server_process server(dir);
    BOOST_TEST(https_client(dir / "ca.pem", server.clinic_port()).request("GET", "/").status ==
               200u);
    BOOST_TEST(server.terminate() == 0);

    const fs::path empty = scratch.path() / "empty";
    fs::create_directory(empty);
    BOOST_TEST(call({"init", empty.string()}).exit_code == 0);
}

BOOST_AUTO_TEST_CASE(demo) {
    const temporary_directory scratch;
    const fs::path dir = scratch.path() / "demo";
    const run_result made =
        call({"demo", dir.string(), "--clinics", "7", "--doses-per-clinic", "30", "--seed", "5"});
    BOOST_TEST(made.exit_code == 0);
    BOOST_TEST(made.err == "");
    const std::string csv = content_of(dir / "clinics.csv");
    BOOST_TEST(csv.starts_with("code,name,region,token\r\n"));
    BOOST_TEST(static_cast<unsigned>(fs::status(dir / "clinics.csv").permissions()) == 0600u);
    const std::vector<demo_clinic> clinics = demo_clinics(dir);
    BOOST_TEST(clinics.size() == 7u);

    server_process server(dir);
    for (const demo_clinic& clinic : clinics) {
        BOOST_TEST_CONTEXT(clinic.code) {
            BOOST_TEST(clinic.code.size() == 8u);
            BOOST_TEST(clinic.region.size() == 5u);
            const auto stock = clinic_desk(dir, server, clinic).get_json("/v1/stock");
            std::int64_t on_hand = 0;
            for (const auto& account : stock.at("accounts").as_array()) {
                on_hand += number_of(account.as_object(), "on_hand");
            }
            BOOST_TEST(on_hand == 30);
        }
    }
    BOOST_TEST(call({"demo", dir.string()}).exit_code == 1);
}

BOOST_AUTO_TEST_CASE(serve_says_where_it_listens) {
    const demo_directory d;
    const announcement a = announced(d.dir);
    BOOST_TEST(a.status == 0);
    BOOST_TEST_REQUIRE(a.lines.size() == 3u);
    BOOST_TEST(is_address(a.lines[0], "clinic 127.0.0.1:"), a.lines[0]);
    BOOST_TEST(is_address(a.lines[1], "admin [::1]:"), a.lines[1]);
    BOOST_TEST(a.lines[2] == "ready\n");

    // Both answer as soon as it says so.
    server_process server(d.dir);
    BOOST_TEST(server.clinic_port() != server.admin_port());
    https_client clinics(d.dir / "ca.pem", server.clinic_port());
    https_client operators(d.dir / "ca.pem", server.admin_port());
    BOOST_TEST(clinics.request("GET", "/status").status == 200u);
    BOOST_TEST(operators.request("GET", "/readyz").status == 200u);
    BOOST_TEST(server.terminate() == 0);
}

BOOST_AUTO_TEST_CASE(certificate_and_key) {
    const demo_directory d;
    const demo_directory other;
    const std::string certificate = (other.dir / "server.pem").string();
    const std::string key = (other.dir / "keys" / "server.key").string();
    const std::string missing = (d.dir / "missing.pem").string();
    const std::string nonsense = (d.dir / "operator.token").string();
    const std::string own_key = (d.dir / "keys" / "server.key").string();
    const auto served_with = [&](const std::string& with, const std::string& its_key) {
        return call({"serve", d.dir.string(), "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0",
                     "--certificate", with, "--key", its_key});
    };
    check_failed(served_with(certificate, own_key), 1, own_key);
    check_failed(served_with(missing, key), 1, missing);
    check_failed(served_with(certificate, missing), 1, missing);
    check_failed(served_with(nonsense, key), 1, nonsense);
    check_failed(served_with(certificate, nonsense), 1, nonsense);

    server_process server(d.dir, {"--certificate", certificate, "--key", key});
    BOOST_TEST(
        https_client(other.dir / "ca.pem", server.clinic_port()).request("GET", "/status").status ==
        200u);
    BOOST_CHECK_THROW(https_client(d.dir / "ca.pem", server.clinic_port()), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(enroll_beside_a_server) {
    const demo_directory d;
    const std::string dir = d.dir.string();
    const std::string clinic = demo_clinics(d.dir)[1].code;
    std::string code;
    {
        server_process server(d.dir);
        code = one_line_of(call({"enroll", dir, clinic}));
        BOOST_TEST(one_line_of(call({"enroll", dir, clinic})) != code);

        const response opened = open_session(d.dir, server, code);
        BOOST_TEST_REQUIRE(opened.status == 201u);
        const boost::json::object session = parsed(opened);
        BOOST_TEST(text_of(session, "clinic") == clinic);
        BOOST_TEST(!text_of(session, "expires").empty());
        const std::string token = text_of(session, "token");
        BOOST_TEST(stock_status(d.dir, server, token) == 200u);
        BOOST_TEST(opened.field("set-cookie").starts_with("__Host-doseline="));

        const response again = open_session(d.dir, server, code);
        BOOST_TEST(again.status == 401u);
        BOOST_TEST(text_of(parsed(again), "code") == "AUTH_REQUIRED");

        BOOST_TEST(stock_status(d.dir, server,
                                one_line_of(call({"enroll", dir, clinic, "--token"}))) == 200u);
        check_failed(call({"enroll", dir, "99999999"}), 1, "99999999");
        BOOST_TEST(server.terminate() == 0);
    }
    // It stays used, and what was not used stays good.
    const std::string beforehand = one_line_of(call({"enroll", dir, clinic}));
    server_process server(d.dir);
    BOOST_TEST(open_session(d.dir, server, code).status == 401u);
    BOOST_TEST(open_session(d.dir, server, beforehand).status == 201u);
}

BOOST_AUTO_TEST_CASE(config) {
    const demo_directory d;
    const fs::path file = d.scratch.path() / "doseline.toml";
    struct row {
        std::string text;
        std::string at;
    };
    for (const row& r : std::vector<row>{{"listen = \"127.0.0.1:0\"\ncolour = \"red\"\n", ":2:"},
                                         {"\n\nreactors = \"many\"\n", ":3:12: "},
                                         {"reactors = 0\n", ":1:12: "},
                                         {"reactors = 65\n", ":1:12: "},
                                         {"connections_max = 1000001\n", ":1:19: "},
                                         {"listen = 8443\n", ":1:10: "},
                                         {"admin = \"8444\"\n", ":1:9: "},
                                         {"listen = \"127.0.0.1:0\n", ":1:"},
                                         {"listen\n", ":1:"},
                                         {"inbox_commands = 1000\n", ":1:18: "},
                                         {"preallocate_mib = -1\n", ":1:19: "},
                                         {"preallocate_mib = 1025\n", ":1:19: "}}) {
        BOOST_TEST_CONTEXT(r.text) {
            write_file(file, r.text);
            check_failed(call({"serve", d.dir.string(), "--listen", "127.0.0.1:0", "--admin",
                               "127.0.0.1:0", "--config", file.string()}),
                         1, file.string() + r.at);
        }
    }
    const std::string missing = (d.scratch.path() / "none.toml").string();
    check_failed(call({"serve", d.dir.string(), "--config", missing}), 1, missing);

    // What the command line says counts: this address is nobody's.
    write_file(file,
               "listen = \"192.0.2.1:1\"\nadmin = \"192.0.2.1:1\"\nreactors = 64\n"
               "preallocate_mib = 1024\n");
    server_process server(d.dir, {"--config", file.string()});
    const auto status = parsed(operator_desk(d.dir, server).get("/admin/v1/status"));
    BOOST_TEST(status.at("connections_by_reactor").as_array().size() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()

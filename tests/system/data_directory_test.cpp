#include "storage/lmdb_ledger.hpp"
#include "tests/support/clinic_desk.hpp"
#include "tests/support/https_client.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/system/consoles.hpp"

#include <boost/test/unit_test.hpp>

#include <netinet/in.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <system_error>
#include <vector>

BOOST_AUTO_TEST_SUITE(data_directory)

// A directory that cannot be served: told in one line, and left as it was.
using namespace doseline::test;
namespace fs = std::filesystem;

namespace {

run_result serve(const fs::path& dir, const std::string& listen = "127.0.0.1:0",
                 const std::string& admin = "127.0.0.1:0") {
    return doseline::test::doseline({"serve", dir.string(), "--listen", listen, "--admin", admin});
}

void check_refused(const fs::path& dir, const std::string& words) {
    const auto before = snapshot_of(dir);
    check_failed(serve(dir), 1, words);
    check_unchanged(before, dir);
}

struct registry_directory {
    registry_directory() { make_demo(dir, 2, 10); }

    temporary_directory scratch;
    fs::path dir = scratch.path() / "registry";
};

// Served and ended as it should be.
void check_serves(const fs::path& dir) {
    server_process server(dir);
    clinic_desk desk(dir, server, demo_clinics(dir).front());
    BOOST_TEST(desk.get("/v1/stock").status == 200u);
    BOOST_TEST(server.terminate() == 0);
}

// The format stands behind the ledger's magic word. LMDB may keep older pages: all are changed.
unsigned change_format(const fs::path& file) {
    const std::string facts =
        "doseline" + std::string{char{doseline::storage::ledger_format}, '\0', '\0', '\0'};
    std::string bytes = content_of(file);
    unsigned changed = 0;
    for (std::size_t at = 0; (at = bytes.find(facts, at)) != std::string::npos; ++at, ++changed) {
        bytes[at + 8] = '\x63';
    }
    write_file(file, bytes);
    return changed;
}

// Its port is taken until it goes.
class listener {
public:
    listener() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof at;
        auto* const name = reinterpret_cast<sockaddr*>(&at);
        if (::bind(socket_, name, size) != 0 || ::listen(socket_, 1) != 0 ||
            ::getsockname(socket_, name, &size) != 0) {
            throw std::system_error(errno, std::system_category(), "listen");
        }
        address_ = "127.0.0.1:" + std::to_string(ntohs(at.sin_port));
    }
    ~listener() { ::close(socket_); }
    listener(const listener&) = delete;
    listener& operator=(const listener&) = delete;

    const std::string& address() const noexcept { return address_; }

private:
    int socket_;
    std::string address_;
};

// Makes a directory one that nothing can be written into, if this user and kernel can.
class sealed_off {
public:
    explicit sealed_off(const fs::path& dir) : dir_(dir) {
        if (::geteuid() != 0) {
            fs::permissions(dir, fs::perms::owner_read | fs::perms::owner_exec);
            holds_ = true;
            return;
        }
        mounted_ = ::mount(dir.c_str(), dir.c_str(), nullptr, MS_BIND, nullptr) == 0;
        holds_ = mounted_ && ::mount(nullptr, dir.c_str(), nullptr,
                                     MS_BIND | MS_REMOUNT | MS_RDONLY, nullptr) == 0;
    }
    ~sealed_off() {
        if (mounted_) {
            ::umount2(dir_.c_str(), MNT_DETACH);
        } else {
            std::error_code ignored;
            fs::permissions(dir_, fs::perms::owner_all, ignored);
        }
    }
    sealed_off(const sealed_off&) = delete;
    sealed_off& operator=(const sealed_off&) = delete;

    bool holds() const noexcept { return holds_; }

private:
    const fs::path dir_;
    bool mounted_ = false;
    bool holds_ = false;
};

}  // namespace

BOOST_AUTO_TEST_CASE(missing) {
    const temporary_directory scratch;
    const fs::path dir = scratch.path() / "nothing";
    check_refused(dir, "init");
    for (const std::vector<std::string>& call : std::vector<std::vector<std::string>>{
             {"enroll", dir.string(), "90000001"}, {"verify", dir.string()}}) {
        check_failed(doseline::test::doseline(call), 1, dir.string());
        BOOST_TEST(!fs::exists(dir));
    }
}

BOOST_AUTO_TEST_CASE(somebody_elses) {
    const temporary_directory scratch;
    write_file(scratch.path() / "letter.txt", "Dear Sir or Madam\n");
    fs::create_directory(scratch.path() / "keys");
    write_file(scratch.path() / "shops.csv",
               "clinic,lot,quantity,funding\n90000001,L,1,national\n");
    check_refused(scratch.path(), "not a registry");

    const std::string dir = scratch.path().string();
    const auto before = snapshot_of(dir);
    for (const std::vector<std::string>& call :
         std::vector<std::vector<std::string>>{{"init", dir},
                                               {"demo", dir, "--clinics", "1"},
                                               {"import", dir, "shipments", dir + "/shops.csv"},
                                               {"enroll", dir, "90000001"},
                                               {"verify", dir}}) {
        BOOST_TEST_CONTEXT(call.front()) {
            check_failed(doseline::test::doseline(call), 1, dir);
            check_unchanged(before, dir);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_file) {
    const temporary_directory scratch;
    const fs::path file = scratch.path() / "file";
    write_file(file, "x");
    check_failed(serve(file), 1, file.string());
    check_failed(doseline::test::doseline({"init", file.string()}), 1, file.string());
    BOOST_TEST(content_of(file) == "x");
}

BOOST_AUTO_TEST_CASE(in_use) {
    const registry_directory r;
    const fs::path lots = r.scratch.path() / "lots.csv";
    write_file(lots, "lot,product,programme,expires\nL-1,P,demo,2999-12-31\n");
    const std::string dir = r.dir.string();
    {
        server_process server(r.dir);
        const std::string words = "in use by process " + std::to_string(server.pid()) + '\n';
        check_failed(serve(r.dir), 1, words);
        check_failed(doseline::test::doseline({"import", dir, "lots", lots.string()}), 1, words);
        check_failed(doseline::test::doseline({"verify", dir}), 1, words);
        BOOST_TEST(
            clinic_desk(r.dir, server, demo_clinics(r.dir).front()).get("/v1/stock").status ==
            200u);
        server.kill();
    }
    // However the process ended, nobody has to tidy up after it.
    BOOST_TEST(doseline::test::doseline({"import", dir, "lots", lots.string()}).exit_code == 0);
    check_serves(r.dir);
}

BOOST_AUTO_TEST_CASE(of_another_version) {
    const registry_directory r;
    BOOST_TEST_REQUIRE(change_format(r.dir / "ledger" / "data.mdb") > 0u);
    check_refused(r.dir, "format 99");
    const auto before = snapshot_of(r.dir);
    check_failed(doseline::test::doseline({"verify", r.dir.string()}), 1, "format 99");
    check_failed(doseline::test::doseline({"enroll", r.dir.string(), "90000001"}), 1, "format 99");
    check_unchanged(before, r.dir);
}

BOOST_AUTO_TEST_CASE(not_writable) {
    const registry_directory r;
    const sealed_off sealed(r.dir);
    if (!sealed.holds()) {
        BOOST_TEST_MESSAGE("skipped: nothing can be mounted here");
        return;
    }
    check_refused(r.dir, r.dir.string());
}

BOOST_AUTO_TEST_CASE(keys_open_to_others) {
    const registry_directory r;
    for (const char* const name :
         {"master.key", "lookup.key", "token.key", "receipt.key", "anchor.key", "data-001.key"}) {
        BOOST_TEST_CONTEXT(name) {
            const fs::path key = r.dir / "keys" / name;
            BOOST_REQUIRE_EQUAL(::chmod(key.c_str(), 0640), 0);
            check_refused(r.dir, key.string());
            BOOST_REQUIRE_EQUAL(::chmod(key.c_str(), 0600), 0);
        }
    }
    BOOST_REQUIRE_EQUAL(::chmod((r.dir / "operator.token").c_str(), 0644), 0);
    check_refused(r.dir, (r.dir / "operator.token").string());
    BOOST_REQUIRE_EQUAL(::chmod((r.dir / "operator.token").c_str(), 0600), 0);

    BOOST_REQUIRE_EQUAL(::chmod((r.dir / "keys").c_str(), 0750), 0);
    check_refused(r.dir, (r.dir / "keys").string());
    BOOST_REQUIRE_EQUAL(::chmod((r.dir / "keys").c_str(), 0700), 0);
    check_serves(r.dir);
}

BOOST_AUTO_TEST_CASE(a_file_of_it_is_gone) {
    const registry_directory r;
    const fs::path aside = r.scratch.path() / "aside";
    for (const char* const name :
         {"keys/master.key", "keys/lookup.key", "keys/token.key", "keys/receipt.key",
          "keys/anchor.key", "keys/data-001.key", "keys/server.key", "keys", "anchor", "anchor.pub",
          "operator.token", "server.pem", "ledger", "ledger/data.mdb"}) {
        BOOST_TEST_CONTEXT(name) {
            fs::rename(r.dir / name, aside);
            check_failed(serve(r.dir), 1, r.dir.string());
            BOOST_TEST(!fs::exists(r.dir / name), "nothing is made in its place");
            fs::remove_all(r.dir / name);
            fs::rename(aside, r.dir / name);
        }
    }
    // With all of them back it is the registry that it was.
    check_serves(r.dir);
    BOOST_TEST(doseline::test::doseline({"verify", r.dir.string()}).exit_code == 0);
}

BOOST_AUTO_TEST_CASE(a_file_of_it_is_another_registrys) {
    const registry_directory r;
    const registry_directory other;
    for (const char* const name :
         {"keys/master.key", "keys/lookup.key", "keys/anchor.key", "keys/data-001.key", "anchor",
          "anchor.pub", "keys/server.key", "ledger/data.mdb"}) {
        BOOST_TEST_CONTEXT(name) {
            const std::string own = content_of(r.dir / name);
            write_file(r.dir / name, content_of(other.dir / name));
            check_failed(serve(r.dir), 1);
            write_file(r.dir / name, own);
        }
    }
    check_serves(r.dir);
}

BOOST_AUTO_TEST_CASE(a_file_of_it_is_damaged) {
    const registry_directory r;
    for (const char* const name : {"keys/master.key", "keys/data-001.key", "anchor", "anchor.pub",
                                   "server.pem", "operator.token", "ledger/data.mdb"}) {
        BOOST_TEST_CONTEXT(name) {
            const std::string whole = content_of(r.dir / name);
            for (const std::string& bytes : {std::string(), whole.substr(0, whole.size() / 2)}) {
                BOOST_TEST_CONTEXT(bytes.size() << " bytes of " << whole.size()) {
                    write_file(r.dir / name, bytes);
                    check_failed(serve(r.dir), 1, name);
                    BOOST_TEST(content_of(r.dir / name) == bytes);
                    write_file(r.dir / name, whole);
                }
            }
        }
    }
    check_serves(r.dir);
}

BOOST_AUTO_TEST_CASE(port_in_use) {
    const registry_directory r;
    const listener taken;
    check_failed(serve(r.dir, taken.address()), 1, taken.address());
    check_failed(serve(r.dir, "127.0.0.1:0", taken.address()), 1, taken.address());
    {
        // A second registry must not get a share of the first one's clinics.
        const registry_directory other;
        server_process server(other.dir);
        const std::string clinic = "127.0.0.1:" + std::to_string(server.clinic_port());
        const std::string admin = "127.0.0.1:" + std::to_string(server.admin_port());
        check_failed(serve(r.dir, clinic), 1, clinic);
        check_failed(serve(r.dir, "127.0.0.1:0", admin), 1, admin);
        check_failed(serve(r.dir, "127.0.0.1:0", clinic), 1, clinic);
    }
    check_serves(r.dir);
    BOOST_TEST(doseline::test::doseline({"verify", r.dir.string()}).exit_code == 0);
}

BOOST_AUTO_TEST_SUITE_END()

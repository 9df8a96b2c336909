// The ledger's file is written ahead of what the ledger uses, and every call takes it as it is.
#include "tests/support/clinic_desk.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>

BOOST_AUTO_TEST_SUITE(preallocation)

using namespace doseline::test;
namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t mebibyte = 1u << 20;

struct fixture {
    fixture() { make_demo(dir, 3, 100); }

    std::uint64_t size() const { return fs::file_size(dir / "ledger" / "data.mdb"); }
    void serves() {
        server_process server(dir);
        clinic_desk desk(dir, server, demo_clinics(dir).front());
        const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds{20};
        while (size() < 4 * mebibyte) {
            BOOST_TEST_REQUIRE((std::chrono::steady_clock::now() < patience), server.log());
        }
        const response told =
            desk.register_dose(new_key(), person_body(synthetic_person(++persons)));
        BOOST_TEST(told.status == 201u, told.body);
        BOOST_TEST(server.terminate() == 0);
        BOOST_TEST(server.log().find("preallocation") == std::string::npos, server.log());
    }

    const temporary_directory scratch;
    const fs::path dir = scratch.path() / "registry";
    unsigned persons = 0;
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_file_with_zeros_behind_is_a_registry_s_as_any, fixture) {
    const std::uint64_t before = size();
    serves();
    BOOST_TEST(before < mebibyte);
    const std::uint64_t ahead = size();
    BOOST_TEST(ahead >= 4 * mebibyte);
    serves();
    BOOST_TEST(size() == ahead);  // the next start finds them
    const std::string restored = scratch.path() / "restored";
    const std::string file = scratch.path() / "file";
    for (const std::vector<std::string>& call :
         std::vector<std::vector<std::string>>{{"verify", dir.string()},
                                               {"backup", dir.string(), file},
                                               {"restore", file, restored},
                                               {"verify", restored},
                                               {"export", dir.string(), "--format", "csv"},
                                               {"season", "close", dir.string()},
                                               {"season", "open", dir.string()},
                                               {"verify", dir.string()}}) {
        const run_result r = doseline::test::doseline(call);
        BOOST_TEST(r.exit_code == 0, call[0] << ": " << r.err);
    }
    BOOST_TEST(fs::file_size(file) < mebibyte);
    BOOST_TEST(size() == ahead);
}

BOOST_FIXTURE_TEST_CASE(none_are_written_when_none_are_wanted, fixture) {
    const std::string config = scratch.path() / "serve.toml";
    std::ofstream(config) << "preallocate_mib = 0\n";
    server_process server(dir, {"--config", config});
    clinic_desk desk(dir, server, demo_clinics(dir).front());
    // As long as a start takes: what it did of itself would be done by the time all is answered.
    BOOST_TEST(desk.register_dose(new_key(), person_body(synthetic_person(1))).status == 201u);
    BOOST_TEST(server.terminate() == 0);
    BOOST_TEST(size() < mebibyte);
}

BOOST_AUTO_TEST_SUITE_END()

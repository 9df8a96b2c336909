// Personal data are nowhere but in sealed fields: distinctive people go through every call, and
// then everything that the program wrote or said is searched for them.
#include "tests/system/searched_season.hpp"

#include <sys/stat.h>
#include <unistd.h>

namespace doseline::test {

BOOST_AUTO_TEST_SUITE(privacy)

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

struct fixture : searched_season {
    std::vector<std::string> register_people();  // where each is
    void register_on_the_page();
    void look_and_take_back(const std::vector<std::string>& locations);
};

std::vector<std::string> fixture::register_people() {
    std::vector<std::string> locations;
    for (const somebody& p : registered) {
        BOOST_TEST(desk.check(p.hyphenated()).status == 200u);
        json::object more{{"name", p.name}};
        if (!p.evidence.empty()) {
            more["evidence"] = p.evidence;
        }
        const response r = desk.register_dose(new_key(), person_body(p.digits, more));
        BOOST_REQUIRE_MESSAGE(r.status == 201, r.head << r.body);
        has_nobody("a registration's answer", r.head + r.body);
        locations.push_back(r.field("location"));
    }
    const json::object row{{"national_id", in_a_row.hyphenated()},
                           {"key", new_key()},
                           {"name", in_a_row.name},
                           {"evidence", in_a_row.evidence}};
    const response r = desk.post("/v1/registrations/batch",
                                 json::serialize(json::object{{"rows", json::array{row}}}));
    BOOST_TEST(r.body.find("\"status\":201") != std::string::npos, r.body);
    has_nobody("a batch's answer", r.head + r.body);
    return locations;
}

void fixture::register_on_the_page() {
    const html_form check{"/page/check", {{"national_id", on_the_page.hyphenated()}}, {}};
    html_form form = form_of(submit(check).body, "/page/register");
    form.fields["evidence"] = on_the_page.evidence;
    const response r = submit(form);
    BOOST_TEST(r.status == 201u, r.body);
    has_nobody("the page of a registration", r.head + r.body);
}

// A clinic is shown the names of its own people, but of a number no more than the birthday.
void fixture::look_and_take_back(const std::vector<std::string>& locations) {
    std::string shown = desk.get("/v1/registrations").body + desk.get("/page/list").body;
    for (const std::string& location : locations) {
        shown += desk.get(location).body;
    }
    BOOST_TEST(found_in(shown, forms_of_words(registered[0].name)) != "");
    for (const somebody& p : registered) {
        BOOST_TEST(found_in(shown, forms_of_number(p.digits)) == "");
    }
    for (const std::size_t n : {1u, 2u}) {
        const auto correct = [&](json::object more) {
            const response r = desk.post(locations[n] + "/corrections", json::serialize(more),
                                         {{"If-Match", "*"}});
            has_nobody("the answer to a correction", r.head + r.body);
            return r.status;
        };
        const std::string yesterday =
            korean_time(std::chrono::system_clock::now() - std::chrono::hours(24));
        BOOST_TEST(correct({{"occurred_at", yesterday}, {"national_id", registered[n].digits}}) ==
                   200u);
        BOOST_TEST(correct({{"occurred_at", yesterday}, {"national_id", misplaced.digits}}) ==
                   422u);
        BOOST_TEST(correct({{"national_id", registered[n].digits}}) == 422u);
        BOOST_TEST(correct({{"name", misplaced.name}, {"lot", "DEMO-B"}}) == 422u);
        BOOST_TEST(correct({{"lot", misplaced.digits}}) == 422u);
    }
    for (const std::string& location : {locations[0], locations[3]}) {
        const response r =
            desk.post(location + "/void", R"({"reason":"NOT_GIVEN"})", {{"If-Match", "*"}});
        BOOST_TEST(r.status == 200u, r.body);
        has_nobody("the answer to a void", r.head + r.body);
    }
    const response moved = desk.post(
        "/v1/stock/movements", R"({"type":"waste","lot":"DEMO-A","quantity":1,"reason":"LOST"})",
        {{"Idempotency-Key", new_key()}});
    BOOST_TEST(moved.status == 201u, moved.body);
    for (const somebody& p : registered) {
        const response r = s.audit({{"national_id", p.digits}});
        BOOST_TEST(r.body.find("REGISTERED") != std::string::npos, r.body);
        has_nobody("the answer to an auditor", r.head + r.body);
    }
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(the_search_finds_what_is_there_in_every_form, fixture) {
    const std::string& digits = registered[0].digits;
    const std::string& name = registered[0].name;
    std::string utf_16_little;
    for (const char c : digits.substr(6)) {
        utf_16_little += {c, '\0'};
    }
    const fs::path planted = s.dir() / "planted";
    for (const std::string& text :
         {digits, registered[0].hyphenated(), "x" + digits.substr(6) + "y", name,
          forms::hex_of(digits), forms::base64(digits), forms::base64("a" + name),
          forms::base64("ab" + digits), std::string("\x54\xd2\x2f\xe4\x8c\x04", 6), utf_16_little,
          std::string(R"({"n":"\ub9c8\ub8e8\ud55c\ubcc4"})")}) {
        write_file(planted, "before" + text + "behind");
        BOOST_TEST(found_in(content_of(planted), forms) != "", text);
    }
    write_file(planted, "before 50031 70271828 1027182890 마루 behind");
    BOOST_TEST(found_in(content_of(planted), forms) == "");
}

BOOST_FIXTURE_TEST_CASE(what_is_written_and_told_of_people_is_sealed, fixture) {
    const auto locations = register_people();
    register_on_the_page();
    look_and_take_back(locations);

    operator_desk operators = s.operators();
    for (const char* target : {"/metrics", "/admin/v1/status", "/admin/v1/proof?fresh=1", "/"}) {
        const response r = operators.get(target);
        BOOST_TEST(r.status == 200u);
        has_nobody(target, r.head + r.body);
    }
    for (const char* target : {"/status", "/", "/v1/stock", "/v1/stock/movements",
                               "/v1/totals?scope=nation", "/v1/totals?scope=clinic"}) {
        has_nobody(target, desk.get(target).body);
    }
    const fs::path backup = s.dir().parent_path() / "backup";
    BOOST_TEST(doseline({"backup", s.dir().string(), backup.string()}).exit_code == 0);
    has_nobody("a backup", content_of(backup));
    for (const char* format : {"ndjson", "csv"}) {
        const run_result r = doseline({"export", s.dir().string(), "--format", format});
        BOOST_TEST(r.exit_code == 0);
        BOOST_TEST(r.out.find(s.clinics()[0].code) != std::string::npos);
        has_nobody("an export", r.out + r.err);
    }
    nobody_in_files();
    BOOST_TEST(operators.post("/admin/v1/drain", "").status / 100 == 2u);
    BOOST_TEST(s.server().wait() == 0);
    nobody_in_files();
    const std::string log = s.server().log();
    BOOST_TEST(log.find("\"ended\"") != std::string::npos);
    has_nobody("the log", log);
    has_nobody("the standard output", s.server().rest_of_output());

    // Where they belong, they are all: the search above was for what is there.
    const run_result personal = doseline(
        {"export", s.dir().string(), "--format", "ndjson", "--personal", "--reason", "audit"});
    for (const somebody& p : registered) {
        for (const std::string& text : {p.hyphenated(), p.name, p.evidence}) {
            BOOST_TEST(personal.out.find(text) != std::string::npos, text);
        }
    }
    nobody_in_files();
}

// Who owns what /proc tells of a process is its user as long as a core image may be written of it
// and the user's other processes may read its memory, else root.
BOOST_FIXTURE_TEST_CASE(no_core_image_and_no_neighbour_reads_the_memory, fixture) {
    const uid_t nobody = ::geteuid() == 0 ? 65'534 : ::geteuid();
    const fs::path place = s.dir().parent_path();
    s.server().terminate();
    std::string start = "#!/bin/sh\nexec ";
    std::string binary = doseline_binary();
    if (::geteuid() == 0) {
        fs::copy_file(binary, place / "doseline");
        binary = place / "doseline";
        BOOST_REQUIRE(::chown(place.c_str(), nobody, nobody) == 0);
        for (const auto& entry : fs::recursive_directory_iterator(place)) {
            BOOST_REQUIRE(::chown(entry.path().c_str(), nobody, nobody) == 0);
        }
        const std::string id = std::to_string(nobody);
        start += "setpriv --reuid " + id + " --regid " + id + " --clear-groups ";
    }
    const auto script = [&](const char* name, const std::string& command) {
        write_file(place / name, start + command + '\n');
        fs::permissions(place / name, fs::perms::owner_all);
        return (place / name).string();
    };
    const std::string other = script("other", "stat -c %u /proc/self/maps");
    BOOST_TEST(run_program(other, {}).out == std::to_string(nobody) + '\n');
    const server_process server(s.dir(), {}, script("serve", binary + " \"$@\""));
    struct stat maps {};
    BOOST_REQUIRE(::stat(("/proc/" + std::to_string(server.pid()) + "/maps").c_str(), &maps) == 0);
    BOOST_TEST(maps.st_uid == 0u);
    const std::string status = content_of("/proc/" + std::to_string(server.pid()) + "/status");
    BOOST_TEST(status.find("Uid:\t" + std::to_string(nobody) + '\t') != std::string::npos, status);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test

#include "tests/support/clinic_desk.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/system/consoles.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(import)

// Files that an operator brings: all or nothing, and what is wrong is told where it stands.
using namespace doseline::test;
namespace fs = std::filesystem;

namespace {

struct demo_directory {
    demo_directory() { make_demo(dir, 2, 10); }

    run_result import(const std::string& what, const std::string& text) {
        write_file(file, text);
        return doseline::test::doseline({"import", dir.string(), what, file.string()});
    }
    // The newest event's number, and the clinics.
    std::pair<std::int64_t, std::int64_t> extent() {
        server_process server(dir);
        const auto status = parsed(operator_desk(dir, server).get("/admin/v1/status"));
        return {number_of(status, "seq"), number_of(status, "clinics")};
    }

    temporary_directory scratch;
    fs::path dir = scratch.path() / "registry";
    fs::path file = scratch.path() / "file";
};

struct row {
    std::string what;
    std::string text;
    std::string at;  // line and column
};

const std::string clinics = "code,name,region\n";
const std::string lots = "lot,product,programme,expires\n";
const std::string shipments = "clinic,lot,quantity,funding\n";

std::string programme(const std::string& phase) {
    return "code = \"spring\"\nname = \"Spring\"\nstarts = 2999-01-01\nends = 2999-06-30\n"
           "[[phase]]\n" +
           phase;
}

const std::vector<row> wrong{
    {"clinics", "", ":1:1: "},
    {"clinics", "code,name\n", ":1:1: "},
    {"clinics", "code,name,region,colour\n", ":1:18: "},
    {"clinics", "code,name,region,code\n", ":1:18: "},
    {"clinics", clinics + "8000000,A,11010\n", ":2:1: "},
    {"clinics", clinics + "80000001,A,11010\n8000000x,B,11010\n", ":3:1: "},
    {"clinics", clinics + "80000001,,11010\n", ":2:10: "},
    {"clinics", clinics + "80000001,A,1101\n", ":2:12: "},
    {"clinics", clinics + "80000001,의원,1101\n", ":2:13: "},
    {"clinics", clinics + "80000001,A\n", ":2:1: "},
    {"clinics", clinics + "80000001,A,11010,more\n", ":2:18: "},
    {"clinics", clinics + "80000001,\"A,11010\n", ":2:10: "},
    {"clinics", clinics + "80000001,A\"B,11010\n", ":2:11: "},
    {"clinics", clinics + "80000001,\xff,11010\n", ":2:10: "},
    {"clinics", clinics + "80000001,A,11010\n80000001,B,11010\n", ":3:1: "},
    {"clinics", clinics + "90000001,A,11010\n", ":2:1: "},
    {"clinics", "code,name,region,kind\n80000001,A,11010,tent\n", ":2:18: "},
    {"clinics", "code,name,region,contract_from\n80000001,A,11010,2016-02-30\n", ":2:18: "},
    {"lots", lots + "L 1,P,demo,2999-12-31\n", ":2:1: "},
    {"lots", lots + "L-1,P,demo,31.12.2999\n", ":2:12: "},
    {"lots", lots + "L-1,P,none,2999-12-31\n", ":2:7: "},
    {"lots", lots + "123456789012345678901,P,demo,2999-12-31\n", ":2:1: "},
    {"lots", lots + "L-1,P,demo,2999-12-31\nL-1,P,demo,2999-12-31\n", ":3:1: "},
    {"shipments", shipments + "80000001,DEMO-A,10,national\n", ":2:1: "},
    {"shipments", shipments + "90000001,NONE,10,national\n", ":2:10: "},
    {"shipments", shipments + "90000001,DEMO-A,0,national\n", ":2:17: "},
    {"shipments", shipments + "90000001,DEMO-A,-5,national\n", ":2:17: "},
    {"shipments", shipments + "90000001,DEMO-A,1000001,national\n", ":2:17: "},
    {"shipments", shipments + "90000001,DEMO-A,10,free\n", ":2:20: "},
    {"programmes", "", ":1:1: "},
    {"programmes", "code = \n", ":1:"},
    {"programmes", "code = 7\n", ":1:"},
    {"programmes", programme("colour = 1\n"), ":6:1: "},
    {"programmes", programme("birth_from = 2000-01-01\n"), ":5:"},
    {"programmes",
     programme("birth_from = 2000-01-01\nbirth_to = 1999-01-01\nopens = 2999-01-01\n"
               "closes = 2999-06-30\n"),
     ":7:12: "},
};

}  // namespace

BOOST_AUTO_TEST_CASE(what_is_wrong_is_told_where_it_stands) {
    demo_directory d;
    const auto before = d.extent();
    for (const row& r : wrong) {
        BOOST_TEST_CONTEXT(r.what << ": " << r.text) {
            const run_result got = d.import(r.what, r.text);
            check_failed(got, 1, d.file.string() + r.at);
        }
    }
    // Neither an event nor a clinic of the files that were right up to their last line.
    BOOST_TEST((d.extent() == before));
    BOOST_TEST(doseline::test::doseline({"verify", d.dir.string()}).exit_code == 0);
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read) {
    demo_directory d;
    const auto before = snapshot_of(d.dir);
    const std::string missing = (d.scratch.path() / "missing.csv").string();
    check_failed(doseline::test::doseline({"import", d.dir.string(), "clinics", missing}), 1,
                 missing);
    const std::string folder = d.scratch.path().string();
    check_failed(doseline::test::doseline({"import", d.dir.string(), "clinics", folder}), 1,
                 folder);
    check_unchanged(before, d.dir);
}

BOOST_AUTO_TEST_CASE(a_season_of_ones_own) {
    temporary_directory scratch;
    demo_directory d;
    const fs::path dir = scratch.path() / "own";
    BOOST_REQUIRE_EQUAL(doseline::test::doseline({"init", dir.string()}).exit_code, 0);
    const auto take = [&](const std::string& what, const std::string& text) {
        write_file(d.file, text);
        const run_result got =
            doseline::test::doseline({"import", dir.string(), what, d.file.string()});
        BOOST_TEST(got.exit_code == 0, got.err);
        BOOST_TEST(got.err == "");
    };
    take("programmes",
         "code = \"spring\"\nname = \"봄\"\nstarts = 2016-01-01\nends = 2999-12-31\n"
         "[[phase]]\nbirth_from = 1800-01-01\nbirth_to = 1899-12-31\nopens = 2016-01-01\n"
         "closes = 2999-12-31\n");
    take("lots", "lot,product,programme,expires\r\nSPRING-1,QIV,spring,2999-12-31\r\n");
    take("clinics", "\xef\xbb\xbfregion,name,code\n11010,\"가, 나 \"\"다\"\" 의원\",00000007\n");
    take("shipments", "clinic,lot,quantity,funding,received\n00000007,SPRING-1,40,national,true\n");

    const run_result token =
        doseline::test::doseline({"enroll", dir.string(), "00000007", "--token"});
    BOOST_REQUIRE_EQUAL(token.exit_code, 0);
    server_process server(dir);
    clinic_desk desk(dir, server, {"", "", token.out.substr(0, token.out.find('\n'))});
    BOOST_TEST(desk.decision(synthetic_person(1, 1899)) == "ELIGIBLE");
    const auto made = parsed(desk.register_dose(new_key(), person_body(synthetic_person(1, 1899))));
    BOOST_TEST(number_of(made, "remaining") == 39);
    BOOST_TEST(texts_of(made, "flags").empty());
    BOOST_TEST(text_of(made, "claim") == "AUTO_OK");
}

BOOST_AUTO_TEST_SUITE_END()

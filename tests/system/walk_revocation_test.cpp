// Taking the right to speak for a clinic from a device, through the real program.
#include "core/limits.hpp"
#include "net/enrolment_code.hpp"
#include "tests/system/consoles.hpp"
#include "tests/system/season.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace doseline::test {

BOOST_AUTO_TEST_SUITE(walk_revocation)

namespace {

namespace json = boost::json;

struct fixture {
    season s{3, 100};

    response revoke(const json::object& body) {
        return s.operators().post("/admin/v1/revocations", json::serialize(body));
    }
    std::string enroll(std::size_t clinic, const std::string& how) {
        std::vector<std::string> line{"enroll", s.dir().string(), s.clinics()[clinic].code};
        if (!how.empty()) {
            line.push_back(how);
        }
        const run_result r = doseline(line);
        BOOST_REQUIRE_MESSAGE(r.exit_code == 0, r.err);
        return r.out.substr(0, r.out.find('\n'));
    }
    unsigned status_with(const std::string& token) {
        return https_client(s.ca(), s.server().clinic_port())
            .request("GET", "/v1/stock", {{"Authorization", "Bearer " + token}})
            .status;
    }
    // Of an audit record of the person, who has not been seen before.
    std::int64_t device_of(const std::string& token, unsigned person) {
        https_client line(s.ca(), s.server().clinic_port());
        line.request("POST", "/v1/checks",
                     {{"Authorization", "Bearer " + token}, {"Content-Type", "application/json"}},
                     person_body(synthetic_person(person)));
        const response r = s.audit({{"national_id", synthetic_person(person)}});
        BOOST_REQUIRE_MESSAGE(r.status == 200, r.body);
        const json::object found = parsed(r);
        return number_of(found.at("records").as_array().at(0).as_object(), "device");
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_lost_device_is_nobody_at_once_and_after_a_restart, fixture) {
    const std::string lost = enroll(0, "--token");
    const std::string kept = enroll(0, "--token");
    const std::int64_t device = device_of(lost, 1);
    const response r = revoke({{"clinic", s.clinics()[0].code}, {"device", device}});
    BOOST_REQUIRE_MESSAGE(r.status == 200, r.head << r.body);
    BOOST_TEST(text_of(parsed(r), "clinic") == s.clinics()[0].code);
    BOOST_TEST(number_of(parsed(r), "device") == device);
    for (int run = 0; run < 2; ++run) {
        BOOST_TEST(status_with(lost) == 401u);
        BOOST_TEST(status_with(kept) == 200u);
        BOOST_TEST(status_with(s.clinics()[0].token) == 200u);
        s.server().terminate();
        s.serve();
    }
}

BOOST_FIXTURE_TEST_CASE(all_that_a_clinic_has_ends_and_it_may_enrol_anew, fixture) {
    const auto now =
        std::chrono::time_point_cast<core::instant::duration>(std::chrono::system_clock::now());
    const std::string older =
        net::enrolment_codes(storage::key_ring::open(s.dir()))
            .issue(static_cast<std::uint32_t>(std::stoul(s.clinics()[0].code)),
                   now + core::limits::enrolment_code_lifetime - std::chrono::hours(48));
    BOOST_REQUIRE(revoke({{"clinic", s.clinics()[0].code}}).status == 200u);
    BOOST_TEST(status_with(s.clinics()[0].token) == 401u);
    BOOST_TEST(status_with(s.clinics()[1].token) == 200u);
    https_client line(s.ca(), s.server().clinic_port());
    const auto exchange = [&](const std::string& typed) {
        return line.request("POST", "/v1/session", {{"Content-Type", "application/json"}},
                            json::serialize(json::object{{"code", typed}}));
    };
    BOOST_TEST(exchange(older).status == 401u);  // was issued two days ago
    const response anew = exchange(enroll(0, ""));
    BOOST_REQUIRE_MESSAGE(anew.status == 201u, anew.body);
    // A token's time has no fractions: what is issued within the second still counts as before it.
    while (status_with(text_of(parsed(exchange(enroll(0, ""))), "token")) == 401u) {
    }
}

BOOST_FIXTURE_TEST_CASE(a_certificate_ends_as_a_token_does, fixture) {
    const run_result issued =
        doseline({"enroll", s.dir().string(), s.clinics()[0].code, "--certificate"});
    temporary_directory place;
    https_client::options with;
    with.certificate = place.path() / "client.pem";
    write_file(with.certificate, issued.out);
    https_client line(s.ca(), s.server().clinic_port(), with);
    BOOST_TEST(line.request("GET", "/v1/stock").status == 200u);
    // clinic,device,issued,expires
    const std::string list = content_of(s.dir() / "certificates.csv");
    const std::string row = list.substr(list.find('\n') + 10);
    BOOST_REQUIRE(revoke({{"clinic", s.clinics()[0].code},
                          {"device", std::stoll(row.substr(0, row.find(',')))}})
                      .status == 200u);
    // On the connection that is open, too.
    BOOST_TEST(line.request("GET", "/v1/stock").status == 401u);
}

BOOST_FIXTURE_TEST_CASE(what_names_nobody_is_refused, fixture) {
    const std::string code = s.clinics()[0].code;
    for (const json::object& body :
         {json::object{{"clinic", "99999999"}}, json::object{{"clinic", "1"}}, json::object{},
          json::object{{"clinic", code}, {"device", 0}},
          json::object{{"clinic", code}, {"device", 1.5}},
          json::object{{"clinic", code}, {"device", 4'294'967'296}}}) {
        BOOST_TEST(revoke(body).status == 422u, body);
    }
    BOOST_TEST(status_with(s.clinics()[0].token) == 200u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test

// A clinic's software that shows a certificate instead of a token.
#include "net/certificates.hpp"
#include "tests/system/consoles.hpp"
#include "tests/system/season.hpp"

#include <boost/test/unit_test.hpp>

#include <openssl/ssl.h>

namespace doseline::test {

BOOST_AUTO_TEST_SUITE(client_certificate)

namespace {

namespace fs = std::filesystem;

struct fixture {
    season s{2, 10};
    temporary_directory place;

    // Printed by the program, while the server runs.
    fs::path enroll(std::size_t clinic) {
        const run_result r =
            doseline({"enroll", s.dir().string(), s.clinics()[clinic].code, "--certificate"});
        BOOST_REQUIRE_MESSAGE(r.exit_code == 0, r.err);
        return written(r.out);
    }
    fs::path written(const std::string& pem) {
        const fs::path file = place.path() / (std::to_string(++files_) + ".pem");
        write_file(file, pem);
        return file;
    }
    https_client connect(const fs::path& certificate, int version = 0) {
        https_client::options o;
        o.certificate = certificate;
        o.tls_version_max = version;
        return {s.ca(), s.server().clinic_port(), o};
    }
    static response post(https_client& line, std::string_view target, std::string_view body,
                         https_client::fields more = {}) {
        more.emplace_back("Content-Type", "application/json");
        return line.request("POST", target, more, body);
    }
    std::int64_t given(std::size_t clinic) {
        return number_of(s.desk(clinic).get_json("/v1/totals?scope=clinic"), "doses");
    }
    // The handshake of TLS 1.3 is over for the client before the server has judged it.
    bool is_turned_away(const fs::path& certificate, int version) {
        try {
            connect(certificate, version).request("GET", "/status");
        } catch (const std::exception&) {
            return true;
        }
        return false;
    }

private:
    int files_ = 0;
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(it_registers_for_its_clinic_under_both_versions, fixture) {
    unsigned n = 0;
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        https_client line = connect(enroll(1), version);
        const response r = post(line, "/v1/registrations", person_body(synthetic_person(++n)),
                                {{"Idempotency-Key", new_key()}});
        BOOST_TEST(r.status == 201u, r.body);
        BOOST_TEST(given(1) == n);
        BOOST_TEST(given(0) == 0);
    }
}

BOOST_FIXTURE_TEST_CASE(who_shows_none_goes_on_with_a_token, fixture) {
    https_client line(s.ca(), s.server().clinic_port());
    BOOST_TEST(post(line, "/v1/checks", person_body(synthetic_person(1))).status == 401u);
    BOOST_TEST(s.desk(0).check(synthetic_person(1)).status == 200u);
}

BOOST_FIXTURE_TEST_CASE(a_token_that_is_shown_too_is_what_counts, fixture) {
    https_client line = connect(enroll(1));
    const std::string body = person_body(synthetic_person(1));
    const auto with = [&](const std::string& token) {
        return post(line, "/v1/registrations", body,
                    {{"Idempotency-Key", new_key()}, {"Authorization", "Bearer " + token}});
    };
    BOOST_TEST(with(s.clinics()[0].token).status == 201u);
    BOOST_TEST(given(0) == 1);
    BOOST_TEST(with("no-token").status == 401u);
}

BOOST_FIXTURE_TEST_CASE(one_of_another_authority_ends_the_handshake, fixture) {
    const fs::path other = place.path() / "other";
    make_demo(other, 1, 1);
    const auto now =
        std::chrono::time_point_cast<core::instant::duration>(std::chrono::system_clock::now());
    const auto claims = [&](core::instant from) {
        return net::device_claims{static_cast<std::uint32_t>(std::stoul(s.clinics()[0].code)), 7,
                                  from, from + std::chrono::hours(24)};
    };
    const fs::path foreign = written(net::issue_client_certificate(other, claims(now)));
    const fs::path late =
        written(net::issue_client_certificate(s.dir(), claims(now - std::chrono::hours(48))));
    const fs::path good = written(net::issue_client_certificate(s.dir(), claims(now)));
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        BOOST_TEST(is_turned_away(foreign, version));
        BOOST_TEST(is_turned_away(late, version));
        BOOST_TEST(!is_turned_away(good, version));
    }
}

// The server's pair has the same authority and would pass for anybody.
BOOST_FIXTURE_TEST_CASE(the_servers_own_certificate_ends_it_too, fixture) {
    enroll(0);  // before the first, none is asked for
    const fs::path own =
        written(content_of(s.dir() / "server.pem") + content_of(s.dir() / "keys" / "server.key"));
    BOOST_TEST(is_turned_away(own, TLS1_3_VERSION));
}

BOOST_FIXTURE_TEST_CASE(a_clinic_that_is_not_in_the_registry_is_nobody, fixture) {
    const auto now =
        std::chrono::time_point_cast<core::instant::duration>(std::chrono::system_clock::now());
    https_client line = connect(written(net::issue_client_certificate(
        s.dir(), {99'999'999, 7, now, now + std::chrono::hours(24)})));
    BOOST_TEST(post(line, "/v1/checks", person_body(synthetic_person(1))).status == 401u);
    check_failed(doseline({"enroll", s.dir().string(), "99999999", "--certificate"}), 1,
                 "no clinic has the code");
}

// A browser shows its certificate to whatever another site's form sends here.
BOOST_FIXTURE_TEST_CASE(forms_go_by_the_cookie_alone, fixture) {
    https_client line = connect(enroll(0));
    const https_client::fields form{{"Content-Type", "application/x-www-form-urlencoded"}};
    BOOST_TEST(
        line.request("POST", "/page/check", form, "national_id=" + synthetic_person(1)).status ==
        401u);
    BOOST_TEST(line.request("GET", "/").body.find("/page/login") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(a_token_or_a_certificate_not_both, fixture) {
    check_failed(
        doseline({"enroll", s.dir().string(), s.clinics()[0].code, "--token", "--certificate"}), 2);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test

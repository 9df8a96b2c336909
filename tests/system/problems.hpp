#pragma once

#include "tests/support/clinic_desk.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

// What every refusal has in common, whatever brought it about.
namespace doseline::test {

struct expected_problem {
    unsigned status = 0;
    std::string code;
    std::string field;              // empty: no field is at fault
    std::optional<bool> vaccinate;  // nothing: no shot is in question
};

// A request that can be sent as it stands, in either language.
struct shown_request {
    std::string method = "POST";
    std::string target;
    https_client::fields fields;
    std::string body;
};

inline bool has_hangul(std::string_view text) {
    // The syllables U+AC00..U+D7A3 begin with these bytes in UTF-8.
    return std::any_of(text.begin(), text.end(), [](char c) { return c >= '\xea' && c <= '\xed'; });
}

inline bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

inline bool is_count_of_seconds(const std::string& text) {
    return !text.empty() && text.size() < 5 && text != "0" &&
           text.find_first_not_of("0123456789") == std::string::npos;
}

// The body, for what else a test wants to know of it.
inline boost::json::object check_problem(const response& r, const expected_problem& expected,
                                         bool english) {
    BOOST_TEST(r.status == expected.status);
    BOOST_TEST(r.field("content-type") == "application/problem+json");
    boost::json::object body;
    BOOST_REQUIRE_NO_THROW(body = parsed(r));
    BOOST_REQUIRE(body.contains("code"));
    BOOST_TEST(text_of(body, "code") == expected.code);
    const std::string detail = text_of(body, "detail");
    BOOST_TEST(!detail.empty());
    BOOST_TEST(has_hangul(detail) == !english, "the language of: " << detail);
    BOOST_TEST(is_ascii(detail) == english, "the language of: " << detail);
    BOOST_TEST(body.contains("field") == !expected.field.empty());
    if (body.contains("field")) {
        BOOST_TEST(text_of(body, "field") == expected.field);
    }
    if (expected.vaccinate) {
        BOOST_TEST(body["vaccinate"] == boost::json::value(*expected.vaccinate));
    }
    if (expected.code == "RATE" || expected.code == "WAIT") {
        BOOST_TEST(is_count_of_seconds(r.field("retry-after")),
                   "Retry-After: " << r.field("retry-after"));
    }
    return body;
}

// A clinic's PC that connects again when it has been told that the connection is over.
class caller {
public:
    caller(std::filesystem::path ca, std::uint16_t port) : ca_(std::move(ca)), port_(port) {}

    response send(const shown_request& r) {
        if (!line_) {
            line_ = std::make_unique<https_client>(ca_, port_);
        }
        response got = line_->request(r.method, r.target, r.fields, r.body);
        if (got.field("connection") == "close") {
            line_.reset();
        }
        return got;
    }

private:
    const std::filesystem::path ca_;
    const std::uint16_t port_;
    std::unique_ptr<https_client> line_;
};

// Sends it as a browser of either language does; gives back the English body.
inline boost::json::object check_refused(caller& line, shown_request request,
                                         const expected_problem& expected) {
    BOOST_TEST_CONTEXT("in Korean") { check_problem(line.send(request), expected, false); }
    boost::json::object body;
    BOOST_TEST_CONTEXT("in English") {
        request.fields.emplace_back("Accept-Language", "en");
        body = check_problem(line.send(request), expected, true);
    }
    return body;
}

// A served demo season of its own for each test case, and what its clinics send.
struct served_season {
    using preparation = std::function<void(const std::filesystem::path& dir)>;
    explicit served_season(const std::string& binary = doseline_binary(),
                           const preparation& prepare = {})
        : dir(made(scratch.path() / "registry", prepare)), clinics(demo_clinics(dir)),
          server(dir, {}, binary), line(dir / "ca.pem", server.clinic_port()), admin(dir, server) {}

    https_client::fields json_of(const demo_clinic& clinic) const {
        return {{"Authorization", "Bearer " + clinic.token}, {"Content-Type", "application/json"}};
    }
    shown_request check_of(std::string body) const {
        return {"POST", "/v1/checks", json_of(clinics.front()), std::move(body)};
    }
    shown_request registration_of(std::string body, const std::string& key = new_key()) const {
        shown_request r{"POST", "/v1/registrations", json_of(clinics.front()), std::move(body)};
        r.fields.emplace_back("Idempotency-Key", key);
        return r;
    }
    shown_request get_of(std::string target, https_client::fields more = {}) const {
        more.emplace_back("Authorization", "Bearer " + clinics.front().token);
        return {"GET", std::move(target), std::move(more), ""};
    }
    response send(const shown_request& r) { return line.send(r); }
    void set_mode(const std::string& mode) {
        const response r = admin.post("/admin/v1/mode", R"({"mode":")" + mode + R"("})");
        BOOST_REQUIRE_EQUAL(r.status, 200u);
    }

    temporary_directory scratch;
    std::filesystem::path dir;
    std::vector<demo_clinic> clinics;
    server_process server;
    caller line;
    operator_desk admin;

private:
    static std::filesystem::path made(const std::filesystem::path& dir,
                                      const preparation& prepare) {
        make_demo(dir, 3, 100);
        if (prepare) {
            prepare(dir);
        }
        return dir;
    }
};

}  // namespace doseline::test

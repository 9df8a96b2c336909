#pragma once

#include "tests/support/https_client.hpp"
#include "tests/support/program.hpp"

#include <boost/json.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace doseline::test {

// Thirteen digits of somebody who never lived: born in that year of the 1800s (century digit 9).
// Another n is another person. REQUIRES: 1800 <= birth_year <= 1899, n < 28,000,000.
inline std::string synthetic_person(unsigned n, unsigned birth_year = 1850) {
    const auto padded = [](unsigned number, std::size_t width) {
        const std::string digits = std::to_string(number);
        return std::string(width - digits.size(), '0') + digits;
    };
    return padded(birth_year - 1800, 2) + "01" + padded(n / 1'000'000 + 1, 2) + '9' +
           padded(n % 1'000'000, 6);
}

// {"national_id": ..., more...}
inline std::string person_body(std::string_view national_id, boost::json::object more = {}) {
    more["national_id"] = national_id;
    return boost::json::serialize(more);
}

inline boost::json::object parsed(const response& r) {
    return boost::json::parse(r.body).as_object();
}

inline std::string text_of(const boost::json::object& object, std::string_view name) {
    return std::string(object.at(name).as_string());
}

inline std::int64_t number_of(const boost::json::object& object, std::string_view name) {
    return object.at(name).to_number<std::int64_t>();
}

inline std::vector<std::string> texts_of(const boost::json::object& object, std::string_view name) {
    std::vector<std::string> all;
    for (const boost::json::value& value : object.at(name).as_array()) {
        all.emplace_back(value.as_string());
    }
    return all;
}

// A clinic's PC: one connection that sends the clinic's token.
class clinic_desk {
public:
    clinic_desk(const std::filesystem::path& dir, const server_process& server,
                const demo_clinic& clinic)
        : line_(dir / "ca.pem", server.clinic_port()), token_(clinic.token) {}

    response check(std::string_view national_id, boost::json::object more = {}) {
        return post("/v1/checks", person_body(national_id, std::move(more)));
    }
    std::string decision(std::string_view national_id, boost::json::object more = {}) {
        return text_of(parsed(check(national_id, std::move(more))), "decision");
    }

    response register_dose(std::string_view key, std::string_view body,
                           https_client::fields more = {}) {
        more.emplace_back("Idempotency-Key", key);
        return post("/v1/registrations", body, std::move(more));
    }

    response post(std::string_view target, std::string_view body, https_client::fields more = {}) {
        more.emplace_back("Authorization", "Bearer " + token_);
        more.emplace_back("Content-Type", "application/json");
        return line_.request("POST", target, more, body);
    }
    response get(std::string_view target) {
        return line_.request("GET", target, {{"Authorization", "Bearer " + token_}});
    }
    boost::json::object get_json(std::string_view target) { return parsed(get(target)); }

    // A request as bytes, for who sends and receives at moments of their own. more: fields, each
    // with its line end.
    std::string request_bytes(std::string_view target, std::string_view body,
                              std::string_view more = "") const {
        return "POST " + std::string(target) +
               " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token_ +
               "\r\nContent-Type: application/json\r\n" + std::string(more) +
               "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
    }
    std::string registration_bytes(std::string_view key, std::string_view body) const {
        return request_bytes("/v1/registrations", body,
                             "Idempotency-Key: " + std::string(key) + "\r\n");
    }
    https_client& line() noexcept { return line_; }

private:
    https_client line_;
    std::string token_;
};

// The operator's calls.
class operator_desk {
public:
    operator_desk(const std::filesystem::path& dir, const server_process& server)
        : line_(dir / "ca.pem", server.admin_port()), token_(operator_token(dir)) {}

    boost::json::object fresh_proof() { return parsed(get("/admin/v1/proof?fresh=1")); }

    response get(std::string_view target) {
        return line_.request("GET", target, {{"Authorization", "Bearer " + token_}});
    }
    response post(std::string_view target, std::string_view body) {
        return line_.request(
            "POST", target,
            {{"Authorization", "Bearer " + token_}, {"Content-Type", "application/json"}}, body);
    }

private:
    https_client line_;
    std::string token_;
};

}  // namespace doseline::test

#include "loadtest/request.hpp"

#include "loadtest/synthetic_person.hpp"

namespace doseline::loadtest {

namespace {

std::string body_of(std::string_view digits, bool exception) {
    std::string body = std::string(R"({"national_id":")").append(digits).append("\"");
    return body.append(exception ? R"(,"exception":"UNDERLYING_DISEASE"})" : "}");
}

std::string check_body(std::uint64_t person) {
    const auto digits = synthetic_national_id(person);
    return body_of({digits.data(), digits.size()}, needs_exception(person));
}

// A name as long as an ordinary one, which nobody bears.
std::string registration_body(std::uint64_t person, std::string_view occurred_at) {
    std::string body = check_body(person);
    body.pop_back();
    if (needs_exception(person)) {
        body.append(R"(,"evidence":"certificate")");
    }
    body.append(R"(,"name":"가상)").append(std::to_string(person % 1'000)).append("\"");
    if (!occurred_at.empty()) {
        body.append(R"(,"occurred_at":")").append(occurred_at).append("\"");
    }
    return body.append("}");
}

}  // namespace

std::string request_writer::post(std::string_view path, std::uint32_t clinic, std::string_view key,
                                 std::string_view body) const {
    std::string bytes;
    bytes.reserve(320 + clinics_[clinic].token.size() + body.size());
    bytes.append("POST ").append(path).append(" HTTP/1.1\r\nHost: ").append(host_);
    bytes.append("\r\nAuthorization: Bearer ").append(clinics_[clinic].token);
    if (!key.empty()) {
        bytes.append("\r\nIdempotency-Key: ").append(key);
    }
    bytes.append("\r\nContent-Type: application/json\r\nContent-Length: ");
    return bytes.append(std::to_string(body.size())).append("\r\n\r\n").append(body);
}

request request_writer::check(std::uint32_t clinic, std::uint64_t person) const {
    request r;
    r.kind = request_kind::check;
    r.clinic = clinic;
    r.person = person;
    r.bytes = post("/v1/checks", clinic, {}, check_body(person));
    return r;
}

request request_writer::mistyped_check(std::uint32_t clinic, std::uint64_t person,
                                       bool impossible) const {
    auto digits = synthetic_national_id(person);
    if (impossible) {
        digits[2] = '1';
        digits[3] = '3';
    } else {
        digits[12] = static_cast<char>('0' + (digits[12] - '0' + 1) % 10);
    }
    request r = check(clinic, person);
    r.wrong_digits = true;
    r.bytes = post("/v1/checks", clinic, {},
                   body_of({digits.data(), digits.size()}, needs_exception(person)));
    return r;
}

request request_writer::registration(std::uint32_t clinic, std::uint64_t person, std::string key,
                                     std::string occurred_at) const {
    request r;
    r.kind = request_kind::registration;
    r.clinic = clinic;
    r.person = person;
    r.bytes = post("/v1/registrations", clinic, key, registration_body(person, occurred_at));
    r.key = std::move(key);
    r.occurred_at = std::move(occurred_at);
    return r;
}

request request_writer::batch(std::uint32_t clinic, std::span<const shot> rows) const {
    std::string body = R"({"rows":[)";
    for (const shot& s : rows) {
        body.append(body.back() == '[' ? "" : ",")
            .append(R"({"key":")")
            .append(s.key)
            .append("\",");
        body.append(registration_body(s.person, s.occurred_at).substr(1));
    }
    request r;
    r.clinic = clinic;
    r.bytes = post("/v1/registrations/batch", clinic, {}, body.append("]}"));
    return r;
}

request request_writer::movement(std::uint32_t clinic, std::string key,
                                 std::string_view body) const {
    request r;
    r.clinic = clinic;
    r.bytes = post("/v1/stock/movements", clinic, key, body);
    r.key = std::move(key);
    return r;
}

request request_writer::get(std::string_view path, std::string_view token) const {
    request r;
    r.bytes.append("GET ").append(path).append(" HTTP/1.1\r\nHost: ").append(host_);
    if (!token.empty()) {
        r.bytes.append("\r\nAuthorization: Bearer ").append(token);
    }
    r.bytes.append("\r\n\r\n");
    return r;
}

}  // namespace doseline::loadtest

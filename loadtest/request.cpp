#include "loadtest/request.hpp"

#include "loadtest/synthetic_person.hpp"

namespace doseline::loadtest {

namespace {

std::string check_body(std::uint64_t person) {
    const auto digits = synthetic_national_id(person);
    return std::string(R"({"national_id":")").append(digits.data(), digits.size()).append("\"}");
}

// A name as long as an ordinary one, which nobody bears.
std::string registration_body(std::uint64_t person) {
    std::string body = check_body(person);
    body.pop_back();
    return body.append(R"(,"name":"가상)").append(std::to_string(person % 1'000)).append("\"}");
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

request request_writer::registration(std::uint32_t clinic, std::uint64_t person,
                                     std::string key) const {
    request r;
    r.kind = request_kind::registration;
    r.clinic = clinic;
    r.person = person;
    r.bytes = post("/v1/registrations", clinic, key, registration_body(person));
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

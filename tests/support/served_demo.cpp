#include "tests/support/served_demo.hpp"

#include <chrono>
#include <stdexcept>

namespace doseline::test {

namespace {

constexpr unsigned clinics = 3;
constexpr unsigned doses_per_clinic = 100;

std::filesystem::path made_demo(const std::filesystem::path& dir) {
    make_demo(dir, clinics, doses_per_clinic);
    return dir;
}

}  // namespace

served_demo::served_demo(const std::string& binary) : served_demo(serving{}, binary) {}

served_demo::served_demo(const serving& how, const std::string& binary)
    : demo_(made_demo(place_.path() / "demo")), process_(demo_, how.more, binary, how.descriptors),
      operator_(operator_token(demo_)), clinic_(demo_clinics(demo_).front().token) {}

https_client served_demo::clinic_client(const https_client::options& o) const {
    return {demo_ / "ca.pem", process_.clinic_port(), o};
}

https_client served_demo::admin_client() const { return {demo_ / "ca.pem", process_.admin_port()}; }

response served_demo::as_operator(std::string_view method, std::string_view target,
                                  std::string_view body) const {
    https_client client = admin_client();
    return client.request(
        method, target,
        {{"Authorization", "Bearer " + operator_}, {"Content-Type", "application/json"}}, body);
}

double served_demo::metric(std::string_view name) const {
    https_client client = admin_client();
    const std::string text = '\n' + client.request("GET", "/metrics").body;
    const std::string line = '\n' + std::string(name) + ' ';
    const std::size_t at = text.find(line);
    if (at == std::string::npos) {
        throw std::runtime_error("no metric " + std::string(name));
    }
    return std::stod(text.substr(at + line.size()));
}

// Each look is a request of its own, which is pause enough.
bool served_demo::metric_becomes(std::string_view name, double value) const {
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (std::chrono::steady_clock::now() < patience) {
        if (metric(name) == value) {
            return true;
        }
    }
    return false;
}

std::string served_demo::check_request() const {
    const std::string body = R"({"national_id":"500101-9000001"})";
    return "POST /v1/checks HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + clinic_ +
           "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
}

}  // namespace doseline::test

#pragma once

#include "tests/support/clinic_desk.hpp"
#include "tests/support/program.hpp"
#include "tests/support/temporary_directory.hpp"

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace doseline::test {

// A moment as the server writes it, in Korea's time.
inline std::string korean_time(std::chrono::system_clock::time_point at) {
    using namespace std::chrono;
    const auto local = floor<seconds>(at) + hours(9);
    const auto day = floor<days>(local);
    const year_month_day date(day);
    const hh_mm_ss clock(local - day);
    char text[40];
    std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d+09:00",
                  static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()));
    return text;
}

inline std::string korean_day(std::chrono::system_clock::time_point at) {
    return korean_time(at).substr(0, 10);
}

// A demo season of its own, served.
class season {
public:
    explicit season(unsigned clinic_count = 20, unsigned doses = 100,
                    const std::string& binary = doseline_binary())
        : binary_(binary) {
        make_demo(dir(), clinic_count, doses);
        clinics_ = demo_clinics(dir());
        serve();
    }

    std::filesystem::path dir() const { return scratch_.path() / "registry"; }
    std::filesystem::path ca() const { return dir() / "ca.pem"; }
    const std::vector<demo_clinic>& clinics() const noexcept { return clinics_; }
    server_process& server() { return *server_; }

    clinic_desk desk(std::size_t clinic) { return {dir(), *server_, clinics_.at(clinic)}; }
    operator_desk operators() { return {dir(), *server_}; }
    // What an auditor is told of the audit.
    response audit(const boost::json::object& question) {
        https_client line(ca(), server_->admin_port());
        return line.request("POST", "/admin/v1/audit",
                            {{"Authorization", "Bearer " + auditor_token(dir())},
                             {"Content-Type", "application/json"}},
                            boost::json::serialize(question));
    }

    // After it ended. Other ports than before.
    void serve() {
        server_.reset();
        server_ = std::make_unique<server_process>(dir(), std::vector<std::string>{}, binary_);
    }

private:
    const std::string binary_;
    temporary_directory scratch_;
    std::vector<demo_clinic> clinics_;
    std::unique_ptr<server_process> server_;
};

}  // namespace doseline::test

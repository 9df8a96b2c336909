#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace doseline::net::cli {

// All work beside a running server: they are signed, and nothing is stored. Throw when the
// registry does not know the clinic.
std::string issue_enrolment_code(const std::filesystem::path& dir, std::uint32_t clinic_code);
std::string issue_device_token(const std::filesystem::path& dir, std::uint32_t clinic_code);
std::string issue_device_certificate(const std::filesystem::path& dir, std::uint32_t clinic_code);

// "12345678". Throws saying what is expected.
std::uint32_t parse_clinic_code(const std::string& text);

}  // namespace doseline::net::cli

#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace doseline::net::cli {

// All work beside a running server: they are signed, and no server asks what was issued. Throw when
// the registry does not know the clinic.
//
// A code opens nothing before it is used, and its use is an event. A token or a certificate is of a
// device at once: that it was issued goes into the audit, as net/console_acts.hpp says, and nothing
// is issued that has not left its line there.
std::string issue_enrolment_code(const std::filesystem::path& dir, std::uint32_t clinic_code);
std::string issue_device_token(const std::filesystem::path& dir, std::uint32_t clinic_code);
std::string issue_device_certificate(const std::filesystem::path& dir, std::uint32_t clinic_code);

// "12345678". Throws saying what is expected.
std::uint32_t parse_clinic_code(const std::string& text);

}  // namespace doseline::net::cli

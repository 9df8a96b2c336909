#include "net/client_certificate.hpp"

#include "net/clinic_code.hpp"
#include "storage/openssl.hpp"

#include <openssl/x509v3.h>

#include <charconv>
#include <ctime>
#include <optional>
#include <string_view>

namespace doseline::net {

namespace {

constexpr std::string_view before_clinic = "doseline://clinic/";
constexpr std::string_view before_device = "/device/";
constexpr std::size_t clinic_digits = 8;

using names = storage::openssl::handle<GENERAL_NAMES, GENERAL_NAMES_free>;

// Digits and nothing else.
std::optional<std::uint32_t> number(std::string_view text) noexcept {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() ? std::optional(value)
                                                                    : std::nullopt;
}

std::optional<device_claims> read_address(std::string_view text) {
    device_claims claims;
    if (!text.starts_with(before_clinic) || text.size() <= before_clinic.size() + clinic_digits) {
        return std::nullopt;
    }
    const auto clinic = number(text.substr(before_clinic.size(), clinic_digits));
    const std::string_view rest = text.substr(before_clinic.size() + clinic_digits);
    const auto device =
        rest.starts_with(before_device) ? number(rest.substr(before_device.size())) : std::nullopt;
    if (!clinic || !device) {
        return std::nullopt;
    }
    claims.clinic_code = *clinic;
    claims.device = *device;
    return claims;
}

std::optional<core::instant> time_of(const ASN1_TIME* time) {
    std::tm utc{};
    if (ASN1_TIME_to_tm(time, &utc) != 1) {
        return std::nullopt;
    }
    return core::instant(std::chrono::seconds(::timegm(&utc)));
}

}  // namespace

std::string address_of_device(const device_claims& claims) {
    return std::string(before_clinic) + clinic_code_text(claims.clinic_code) +
           std::string(before_device) + std::to_string(claims.device);
}

core::result<device_claims> read_client_certificate(const x509_st& subject, core::instant now) {
    const names found(static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(&subject, NID_subject_alt_name, nullptr, nullptr)));
    if (found == nullptr || sk_GENERAL_NAME_num(found.get()) != 1) {
        return core::make_error_code(core::errc::malformed);
    }
    int type = 0;
    const auto* const text = static_cast<const ASN1_STRING*>(
        GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(found.get(), 0), &type));
    if (type != GEN_URI) {
        return core::make_error_code(core::errc::malformed);
    }
    auto claims = read_address({reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                                static_cast<std::size_t>(ASN1_STRING_length(text))});
    const auto from = time_of(X509_get0_notBefore(&subject));
    const auto to = time_of(X509_get0_notAfter(&subject));
    if (!claims || !from || !to) {
        return core::make_error_code(core::errc::malformed);
    }
    claims->issued_at = *from;
    claims->expires_at = *to + std::chrono::seconds(1);  // the last second counts
    if (now >= claims->expires_at) {
        return core::make_error_code(core::errc::expired);
    }
    return *claims;
}

}  // namespace doseline::net

#include "net/cli/enrolment.hpp"

#include "net/certificates.hpp"
#include "net/clinic_code.hpp"
#include "net/console_acts.hpp"
#include "net/enrolment_code.hpp"
#include "net/token.hpp"
#include "storage/committer.hpp"
#include "storage/event_codec.hpp"
#include "storage/lmdb_ledger.hpp"
#include "storage/openssl.hpp"

#include <array>
#include <bit>
#include <stdexcept>

namespace doseline::net::cli {

namespace {

// Clinics stand near the beginning of a ledger, so that little of it is read.
void require_clinic(const std::filesystem::path& dir, std::uint32_t code) {
    storage::lmdb_ledger ledger(dir, storage::lmdb::access::read);
    bool found = false;
    ledger.reader()->scan(
        storage::stream::events, 1, [&](core::sequence, std::span<const std::byte> record) {
            const auto event = storage::decode_event(record);
            if (event) {
                const auto* clinic = std::get_if<core::clinic_registered>(&*event);
                found = clinic != nullptr && clinic->code == code;
            }
            return !found;
        });
    if (!found) {
        throw std::runtime_error("no clinic has the code " + std::to_string(code) +
                                 ": import it first");
    }
}

device_claims new_device(std::uint32_t clinic_code) {
    std::array<std::byte, sizeof(std::uint32_t)> device{};
    storage::openssl::random(device);
    const core::instant now = storage::system_clocks().wall();
    return {clinic_code, std::bit_cast<std::uint32_t>(device), now,
            now + core::limits::device_token_lifetime};
}

}  // namespace

std::string issue_enrolment_code(const std::filesystem::path& dir, std::uint32_t clinic_code) {
    require_clinic(dir, clinic_code);
    return enrolment_codes(storage::key_ring::open(dir))
        .issue(clinic_code,
               storage::system_clocks().wall() + core::limits::enrolment_code_lifetime);
}

std::string issue_device_token(const std::filesystem::path& dir, std::uint32_t clinic_code) {
    require_clinic(dir, clinic_code);
    device_tokens tokens(storage::key_ring::open(dir));
    const device_claims device = new_device(clinic_code);
    leave_console_act(dir, core::operator_act::device_token, clinic_code, device.device);
    return tokens.issue(device);
}

std::string issue_device_certificate(const std::filesystem::path& dir, std::uint32_t clinic_code) {
    require_clinic(dir, clinic_code);
    const device_claims device = new_device(clinic_code);
    leave_console_act(dir, core::operator_act::device_certificate, clinic_code, device.device);
    return issue_client_certificate(dir, device);
}

std::uint32_t parse_clinic_code(const std::string& text) {
    const auto code = net::parse_clinic_code(text);
    if (!code) {
        throw std::invalid_argument("\"" + text + "\" is not a clinic's code, which has 8 digits");
    }
    return *code;
}

}  // namespace doseline::net::cli

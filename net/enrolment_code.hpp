#pragma once

#include "core/civil_time.hpp"
#include "core/error.hpp"
#include "storage/key_ring.hpp"
#include "storage/sha256.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace doseline::net {

struct enrolment_claims {
    std::uint32_t clinic_code = 0;
    std::uint64_t code_id = 0;  // never the same for two clinics; 2^32 for each
    core::instant expires;
};

// A code that a clinic types once to get its device token: XXXXX-XXXXX-XXXXX-XXXXX-XXXXX in
// base 32. It carries the clinic, the day on which it ends, a random number and 50 bits of an HMAC
// under the token key, so it is valid without having been stored; that it is used once is the
// registry's to decide. 50 bits hold because tries are counted
// (limits::enrolment_tries_per_minute_max). One object per thread; the ring may go first.
class enrolment_codes {
public:
    static constexpr std::uint32_t clinic_code_max = 99'999'999;
    static constexpr std::size_t typed_bytes_max = 64;

    explicit enrolment_codes(const storage::key_ring& ring);

    // Valid until the first midnight UTC that is not before expires. Throws std::out_of_range when
    // clinic_code > clinic_code_max or expires lies outside 1970..2149.
    std::string issue(std::uint32_t clinic_code, core::instant expires);

    // As typed: either case, hyphens and spaces anywhere, O for 0, I and L for 1. Errors:
    // malformed, also for a code of another registry; expired.
    core::result<enrolment_claims> read(std::string_view typed, core::instant now);

private:
    std::uint64_t mac(std::uint32_t clinic_code, std::uint64_t day, std::uint32_t id);

    storage::hmac_sha256 token_key_;
};

}  // namespace doseline::net

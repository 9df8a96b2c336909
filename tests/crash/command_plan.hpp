#pragma once

#include "core/command.hpp"
#include "net/demo_season.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace doseline::test {

// What clinics send to a ledger that is about to fail: command n of a seed is the same in every
// process and every life, so that it can be sent again and its answers compared. Every fourth is a
// check; every eighth confirms, wastes, counts or sends doses; every sixteenth corrects, voids or
// pays for a registration of before; the others are registrations: every tenth a second shot of a
// person of before, every seventh from a lot that nobody knows, every ninth with as much text as
// one may have.
class command_plan {
public:
    command_plan(std::uint64_t seed, std::uint32_t clinics) : seed_(seed), clinics_(clinics) {}

    static bool is_check(std::uint32_t n) noexcept { return n % 4 == 3; }
    static bool is_movement(std::uint32_t n) noexcept { return n % 8 == 5; }

    static bool is_amendment(std::uint32_t n) noexcept { return n % 16 == 14; }
    // The registration that an amendment is of; it has one at most.
    static std::uint32_t amended_by(std::uint32_t n) noexcept { return n - 6; }

    core::key_hash key(std::uint32_t n) const { return hash(n, 1); }

    // Who is at the keyboard: names a check in the audit.
    static core::user_code user(std::uint32_t n) {
        return core::user_code("PLAN-" + std::to_string(n));
    }

    // amended: of an amendment, the number that its registration has in the ledger.
    core::command operator()(std::uint32_t n, core::sequence amended = 0) const {
        if (is_amendment(n)) {
            return amendment(n, amended);
        }
        if (is_check(n)) {
            core::check_eligibility c;
            c.by = by(n);
            c.person = hash(n, 0);
            c.birth = born;
            return c;
        }
        if (is_movement(n)) {
            return movement(n);
        }
        core::register_dose c;
        c.by = by(n);
        c.person = hash(n % 10 == 9 ? n / 2 : n, 0);
        c.key = key(n);
        c.content = hash(n, 2);
        c.birth = born;
        c.data_key = 1;
        if (n % 7 == 6) {
            c.lot = core::lot_text("LOT-" + std::to_string(n % 3));
        }
        if (n % 9 == 0) {
            c.extension = std::make_unique<std::vector<std::byte>>(
                core::limits::extension_bytes_max, std::byte(n));
        }
        return c;
    }

private:
    static constexpr core::civil_day born{std::chrono::year{1850} / 5 / 20};

    // Of the version that was registered, so that it comes again as what it was.
    core::command amendment(std::uint32_t n, core::sequence amended) const {
        core::actor clinic = by(n);
        clinic.clinic = amended_by(n) % clinics_;
        if (n % 32 == 30) {
            return core::void_registration{clinic, amended, 1, core::void_reason::not_given, {}};
        }
        if (n % 128 == 46) {
            return core::pay_claim{amended, {}, {}};
        }
        core::correct_registration c;
        c.by = clinic;
        c.seq = amended;
        c.version = 1;
        c.reason = core::correction_reason::mistyped;
        c.content = hash(n, 2);
        c.lot = core::lot_text(n % 64 == 14 ? net::demo_lot_second : "LOT-9");
        c.site = core::body_site::left_arm;
        return c;
    }

    // The four in turn, at each clinic in its turn, of the lot that every demo clinic has. What is
    // counted lasts about until the next count; where it did not, the movement is declined.
    core::move_stock movement(std::uint32_t n) const {
        core::move_stock c;
        c.by = by(n);
        c.by.clinic = n / 32 % clinics_;
        c.key = key(n);
        c.content = hash(n, 2);
        c.lot = core::lot_text(net::demo_lot_first);
        c.quantity = 1 + static_cast<std::int32_t>(n % 9);
        switch (n / 8 % 4) {
            case 0: c.action = core::stock_action::confirmed; break;
            case 1:
                c.action = core::stock_action::wasted;
                c.reason = core::stock_reason::lost;
                break;
            case 2:
                c.action = core::stock_action::counted;
                c.reason = core::stock_reason::miscount;
                c.quantity += 30;
                break;
            case 3:
                c.action = core::stock_action::sent;
                c.to = net::demo_clinic_code_first + (c.by.clinic + 1) % clinics_;
                break;
        }
        return c;
    }

    core::actor by(std::uint32_t n) const {
        core::actor a;
        a.clinic = n % clinics_;
        a.device = 1;
        a.user = user(n);
        return a;
    }

    std::array<std::byte, 16> hash(std::uint32_t n, unsigned domain) const {
        std::mt19937_64 random(seed_ * 0x9e3779b97f4a7c15 + n * 4ull + domain);
        const std::array<std::uint64_t, 2> words{random(), random()};
        std::array<std::byte, 16> bytes;
        std::memcpy(bytes.data(), words.data(), bytes.size());
        return bytes;
    }

    const std::uint64_t seed_;
    const std::uint32_t clinics_;
};

}  // namespace doseline::test

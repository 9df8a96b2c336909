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
// check; every eighth confirms, wastes, counts or sends doses; the others are registrations: every
// tenth a second shot of a person of before, every seventh from a lot that nobody knows, every
// ninth with as much text as one may have.
class command_plan {
public:
    command_plan(std::uint64_t seed, std::uint32_t clinics) : seed_(seed), clinics_(clinics) {}

    static bool is_check(std::uint32_t n) noexcept { return n % 4 == 3; }
    static bool is_movement(std::uint32_t n) noexcept { return n % 8 == 5; }

    core::key_hash key(std::uint32_t n) const { return hash(n, 1); }

    // Who is at the keyboard: names a check in the audit.
    static core::user_code user(std::uint32_t n) {
        return core::user_code("PLAN-" + std::to_string(n));
    }

    core::command operator()(std::uint32_t n) const {
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

#pragma once

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace doseline::test {

// One lot, of which clinics have a few doses each to begin with, as far as a faulty_server needs to
// know. Clinics are named by their tokens.
class stock_shelf {
public:
    static constexpr std::int64_t doses_at_first = 8;

    // False: nothing is on hand.
    bool take(const std::string& clinic, std::int64_t doses) {
        amounts& own = of(clinic);
        const bool on_hand = own.on_hand > 0;
        (on_hand ? own.on_hand : own.suspense) -= doses;
        return on_hand;
    }

    std::int64_t remaining(const std::string& clinic) {
        return of(clinic).on_hand + of(clinic).suspense;
    }

    // Of all clinics, below what they had at first.
    std::int64_t remaining_in_all() const {
        std::int64_t sum = 0;
        for (const auto& [clinic, own] : amounts_) {
            sum += own.on_hand + own.suspense - doses_at_first;
        }
        return sum;
    }

    // GET /v1/stock
    std::string tell(const std::string& clinic) {
        const amounts& own = of(clinic);
        return R"({"accounts":[{"lot":"A","expires":"2999-01-01","on_hand":)" +
               std::to_string(own.on_hand) + R"(,"in_transit":)" + std::to_string(own.in_transit) +
               R"(,"suspense":0},{"lot":"","expires":null,"on_hand":0,"in_transit":0,"suspense":)" +
               std::to_string(own.suspense) + "}]}";
    }

    // POST /v1/stock/movements; other: whom a transfer goes to.
    std::string move(const std::string& clinic, const boost::json::value& asked,
                     const std::string& other) {
        amounts& own = of(clinic);
        const std::string_view type = asked.at("type").as_string();
        const auto quantity = asked.at("quantity").to_number<std::int64_t>();
        std::int64_t difference = 0;
        if (type == "confirm") {
            difference = std::max<std::int64_t>(0, quantity - own.in_transit);
            own.in_transit -= quantity - difference;
            own.on_hand += quantity;
        } else if (type == "transfer") {
            own.on_hand -= quantity;
            of(other).in_transit += quantity;
        } else if (type == "assign") {
            own.on_hand -= quantity;
            own.suspense += quantity;
        } else {
            own.on_hand = quantity;
        }
        return R"({"difference":)" + std::to_string(difference) + R"(,"on_hand":)" +
               std::to_string(own.on_hand) + R"(,"remaining":)" +
               std::to_string(remaining(clinic)) + "}";
    }

private:
    struct amounts {
        std::int64_t on_hand = doses_at_first;
        std::int64_t in_transit = 0;
        std::int64_t suspense = 0;
    };
    amounts& of(const std::string& clinic) { return amounts_[clinic]; }

    std::map<std::string, amounts> amounts_;
};

}  // namespace doseline::test

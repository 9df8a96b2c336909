#pragma once

#include "loadtest/random.hpp"
#include "loadtest/stock_book.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace doseline::loadtest {

// What a clinic enters of its stock beside shots.
struct stock_movement {
    enum class kind : std::uint8_t { confirm, assign, transfer, count };
    kind what = kind::count;
    std::string lot;
    std::int64_t quantity = 0;
    std::string_view reason{};  // empty: none
};

// The sensible thing to do: confirm what others have sent; say of which lot the shots were that
// were given before it was there; send some to a clinic that has less, if there is one; confirm a
// delivery that nobody announced; count. REQUIRES: the book has a lot with a name.
stock_movement choose_movement(const stock_book& book, std::int64_t coming, bool other_has_less,
                               random_source& random);

// As POST /v1/stock/movements wants it; to is the code of the other clinic of a transfer.
std::string body_of(const stock_movement& m, std::string_view to);

// What it does to the clinic's own book. difference: what more came than was on its way.
void apply(const stock_movement& m, std::int64_t difference, stock_book& to);

}  // namespace doseline::loadtest

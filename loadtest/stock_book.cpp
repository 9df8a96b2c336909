#include "loadtest/stock_book.hpp"

#include "loadtest/json_view.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

namespace doseline::loadtest {

namespace {

namespace json = boost::json;

std::optional<book_account> read_account(const json::value& told) {
    book_account a;
    bool good = told.is_object();
    const auto number = [&](std::string_view place, std::int64_t& into) {
        const json::value* v = good ? value_at(told, place) : nullptr;
        good = v != nullptr && v->is_int64();
        into = good ? v->get_int64() : 0;
    };
    number("/on_hand", a.on_hand);
    number("/in_transit", a.in_transit);
    number("/suspense", a.suspense);
    const json::value* lot = good ? value_at(told, "/lot") : nullptr;
    if (lot == nullptr || !lot->is_string()) {
        return std::nullopt;
    }
    a.lot = lot->get_string();
    a.expires = string_at(told, "/expires");
    return a;
}

// By lot: what the clinic holds of it, whoever paid.
std::optional<std::vector<book_account>> read_accounts(std::string_view body) {
    boost::system::error_code ec;
    const json::value parsed = json::parse(body, ec);
    const json::value* rows = ec ? nullptr : value_at(parsed, "/accounts");
    if (rows == nullptr || !rows->is_array()) {
        return std::nullopt;
    }
    std::vector<book_account> all;
    for (const json::value& row : rows->get_array()) {
        auto a = read_account(row);
        if (!a) {
            return std::nullopt;
        }
        const auto known = std::find_if(
            all.begin(), all.end(), [&](const book_account& other) { return other.lot == a->lot; });
        if (known == all.end()) {
            all.push_back(std::move(*a));
            continue;
        }
        known->on_hand += a->on_hand;
        known->in_transit += a->in_transit;
        known->suspense += a->suspense;
    }
    return all;
}

bool expires_first(const book_account& a, const book_account& b) noexcept {
    return std::tie(a.expires, a.lot) < std::tie(b.expires, b.lot);
}

// An account with nothing in it is as good as none.
bool same(const book_account* a, const book_account* b, bool in_quiet) noexcept {
    constexpr auto nothing = [](const book_account* c, std::int64_t book_account::*which) {
        return c == nullptr ? 0 : c->*which;
    };
    const auto alike = [&](std::int64_t book_account::*which) {
        return nothing(a, which) == nothing(b, which);
    };
    return alike(&book_account::on_hand) && alike(&book_account::suspense) &&
           (!in_quiet || alike(&book_account::in_transit));
}

const book_account* find_in(const std::vector<book_account>& accounts,
                            std::string_view lot) noexcept {
    const auto it = std::find_if(accounts.begin(), accounts.end(),
                                 [&](const book_account& a) { return a.lot == lot; });
    return it == accounts.end() ? nullptr : &*it;
}

}  // namespace

bool stock_book::begin(std::string_view body) {
    auto told = read_accounts(body);
    if (!told) {
        return false;
    }
    accounts_ = std::move(*told);
    std::sort(accounts_.begin(), accounts_.end(), expires_first);
    return true;
}

bool stock_book::take() {
    for (book_account& a : accounts_) {
        if (a.on_hand > 0) {
            --a.on_hand;
            return true;
        }
    }
    --at("").suspense;
    return false;
}

void stock_book::confirm(std::string_view lot, std::int64_t quantity, std::int64_t difference) {
    book_account& a = at(lot);
    const std::int64_t explained = std::clamp<std::int64_t>(-a.suspense, 0, quantity);
    a.in_transit -= quantity - difference;
    a.on_hand += quantity - explained;
    a.suspense += explained;
}

void stock_book::send(std::string_view lot, std::int64_t quantity) { at(lot).on_hand -= quantity; }

void stock_book::count(std::string_view lot, std::int64_t quantity) {
    at(lot).on_hand = quantity;
    at(lot).suspense = 0;
}

void stock_book::assign(std::int64_t quantity, std::string_view lot) {
    at("").suspense += quantity;
    at(lot).on_hand -= quantity;
}

void stock_book::arrive(const book_account& lot, std::int64_t quantity) {
    at(lot).in_transit += quantity;
}

const book_account* stock_book::find(std::string_view lot) const noexcept {
    return find_in(accounts_, lot);
}

const book_account* stock_book::first_lot() const noexcept {
    const auto it = std::find_if(accounts_.begin(), accounts_.end(),
                                 [](const book_account& a) { return !a.lot.empty(); });
    return it == accounts_.end() ? nullptr : &*it;
}

std::int64_t stock_book::remaining() const noexcept {
    std::int64_t sum = 0;
    for (const book_account& a : accounts_) {
        sum += a.on_hand + a.suspense;
    }
    return sum;
}

bool stock_book::agrees(std::string_view body, bool in_quiet) const {
    const auto told = read_accounts(body);
    if (!told) {
        return false;
    }
    const auto known = [&](const std::vector<book_account>& in) {
        return std::all_of(in.begin(), in.end(), [&](const book_account& a) {
            return same(find(a.lot), find_in(*told, a.lot), in_quiet);
        });
    };
    return known(accounts_) && known(*told);
}

book_account& stock_book::at(const book_account& lot) {
    for (book_account& a : accounts_) {
        if (a.lot == lot.lot) {
            return a;
        }
    }
    const book_account fresh{lot.lot, lot.expires, 0, 0, 0};
    return *accounts_.insert(
        std::upper_bound(accounts_.begin(), accounts_.end(), fresh, expires_first), fresh);
}

book_account& stock_book::at(std::string_view lot) {
    return at(book_account{std::string(lot), {}, 0, 0, 0});
}

}  // namespace doseline::loadtest

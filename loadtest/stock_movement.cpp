#include "loadtest/stock_movement.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace doseline::loadtest {

namespace {

using kind = stock_movement::kind;

constexpr std::int64_t too_few_to_share = 4;
constexpr std::uint32_t delivery_max = 20;

std::string_view name_of(kind what) noexcept {
    switch (what) {
        case kind::confirm: return "confirm";
        case kind::assign: return "assign";
        case kind::transfer: return "transfer";
        case kind::count: return "count";
    }
    return "";
}

}  // namespace

stock_movement choose_movement(const stock_book& book, std::int64_t coming, bool other_has_less,
                               random_source& random) {
    const book_account& first = *book.first_lot();
    const book_account* unknown = book.find("");
    const std::int64_t unexplained = unknown != nullptr ? -unknown->suspense : 0;
    if (coming > 0) {
        return {kind::confirm, first.lot, coming};
    }
    if (unexplained > 0 && first.on_hand > 0) {
        return {kind::assign, first.lot, std::min(unexplained, first.on_hand)};
    }
    if (other_has_less && first.on_hand >= too_few_to_share) {
        return {kind::transfer, first.lot, first.on_hand / 2};
    }
    if (first.on_hand == 0 && random.below(2) == 0) {
        return {kind::confirm, first.lot, 1 + random.below(delivery_max)};
    }
    const bool one_is_missing = first.on_hand > 0 && random.below(2) == 0;
    return {kind::count, first.lot, first.on_hand - (one_is_missing ? 1 : 0),
            one_is_missing || first.suspense != 0 ? "MISCOUNT" : ""};
}

std::string body_of(const stock_movement& m, std::string_view to) {
    boost::json::object body{{"type", name_of(m.what)}, {"quantity", m.quantity}};
    body["lot"] = m.what == kind::assign ? "" : m.lot;
    if (m.what == kind::assign) {
        body["to_lot"] = m.lot;
    }
    if (m.what == kind::transfer) {
        body["to"] = to;
    }
    if (!m.reason.empty()) {
        body["reason"] = m.reason;
    }
    return boost::json::serialize(body);
}

void apply(const stock_movement& m, std::int64_t difference, stock_book& to) {
    switch (m.what) {
        case kind::confirm: return to.confirm(m.lot, m.quantity, difference);
        case kind::assign: return to.assign(m.quantity, m.lot);
        case kind::transfer: return to.send(m.lot, m.quantity);
        case kind::count: return to.count(m.lot, m.quantity);
    }
}

}  // namespace doseline::loadtest

#include "storage/movement_list.hpp"

#include "storage/clinic_walk.hpp"

#include <optional>

namespace doseline::storage {

namespace {

std::optional<core::listed_movement> row_of(core::sequence seq, const core::event& e) {
    if (const auto* moved = std::get_if<core::stock_moved>(&e)) {
        return core::listed_movement{seq, *moved};
    }
    if (const auto* changed = std::get_if<core::stock_changed>(&e)) {
        return core::listed_movement{seq, *changed};
    }
    return std::nullopt;
}

core::instant occurred_at(const core::listed_movement& row) noexcept {
    const auto* changed = std::get_if<core::stock_changed>(&row.what);
    return changed != nullptr ? changed->occurred_at
                              : std::get<core::stock_moved>(row.what).header.recorded_at;
}

}  // namespace

core::movement_page read_movements(ledger_reader& from, const core::page_wanted& wanted,
                                   const std::function<void()>& give_way) {
    core::movement_page page{wanted.head, wanted.clinic, {}, 0, false};
    page.too_long = !walk_back(
        from, wanted,
        [&](core::sequence seq, const core::event& event) {
            const auto row = row_of(seq, event);
            if (!row || (wanted.before != 0 && seq >= wanted.before) ||
                (wanted.day && core::day_at(occurred_at(*row), wanted.zone) != *wanted.day)) {
                return true;
            }
            if (page.rows.size() == core::limits::list_rows_max) {
                page.next = page.rows.back().seq;
                return false;
            }
            page.rows.push_back(*row);
            return true;
        },
        give_way);
    return page;
}

}  // namespace doseline::storage

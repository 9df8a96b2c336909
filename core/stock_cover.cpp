#include "core/stock_cover.hpp"

#include <algorithm>

namespace doseline::core {

namespace {

bool may_be_given(const published& state, const stock_row& row, civil_day today) noexcept {
    const lot_card& lot = state.lot(row.lot);
    return lot.verified && lot.expires >= today && !state.recalled(row.lot) &&
           state.programmes()[lot.programme]->ends >= today;
}

}  // namespace

stock_use stock_use_of(const published& state, clinic_number clinic, civil_day today,
                       std::vector<stock_row>& rows) {
    stock_use use;
    state.read_stock(clinic, rows);
    for (const stock_row& row : rows) {
        use.usable += row.suspense;
        if (may_be_given(state, row, today)) {
            use.usable += row.on_hand;
            use.in_transit += row.in_transit;
        }
    }
    for (std::int64_t ago = 0; ago < static_cast<std::int64_t>(limits::days_kept); ++ago) {
        const clinic_day day = state.read_day(clinic, today - std::chrono::days{ago});
        use.usable -= day.left();
        use.given += day.registered;
        use.over_days = day.registered > 0 ? ago + 1 : use.over_days;
    }
    use.usable = std::max<std::int64_t>(use.usable, 0);
    return use;
}

stock_cover cover_of(const stock_use& use, std::int64_t days) noexcept {
    stock_cover c;
    const std::int64_t given = static_cast<std::int64_t>(use.given) * days;
    c.need = (given + use.over_days - 1) / use.over_days;  // no half doses
    c.surplus = std::max<std::int64_t>(use.usable - c.need, 0);
    c.shortage = std::max<std::int64_t>(c.need - use.usable - use.in_transit, 0);
    return c;
}

void region_cover::add(const stock_use& use, const stock_cover& cover) noexcept {
    clinics += 1;
    empty += use.usable == 0 ? 1 : 0;
    usable += use.usable;
    in_transit += use.in_transit;
    given += use.given;
    surplus += cover.surplus;
    shortage += cover.shortage;
}

}  // namespace doseline::core

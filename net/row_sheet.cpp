#include "net/row_sheet.hpp"

#include <boost/assert.hpp>

#include <utility>

namespace doseline::net {

row_sheet::row_sheet(pending_rows&& rows) : rows_(rows.rows.size()), missing_(rows_.size()) {
    for (std::size_t n = 0; n < rows_.size(); ++n) {
        if (auto* asked = std::get_if<pending>(&rows.rows[n])) {
            rows_[n].asked = std::move(*asked);
        } else {
            put(n, std::get<reply>(rows.rows[n]));
        }
    }
}

pending* row_sheet::asks(std::size_t row) noexcept {
    return row < rows_.size() && rows_[row].answer.empty() ? &rows_[row].asked : nullptr;
}

void row_sheet::put(std::size_t row, const reply& told) {
    BOOST_ASSERT(asks(row) != nullptr);
    std::string& text = rows_[row].answer;
    text.append("{\"status\":").append(std::to_string(told.status));
    text.append(told.status < 400 ? ",\"registration\":" : ",\"problem\":");
    text.append(told.body).push_back('}');
    rows_[row].asked.held = {};
    if (told.by_mode != core::mode::normal) {
        by_mode_ = told.by_mode;
    }
    --missing_;
}

reply row_sheet::together() const {
    BOOST_ASSERT(missing_ == 0);
    reply r;
    r.body = "{\"results\":[";
    for (const place& row : rows_) {
        r.body.append(&row == &rows_.front() ? "" : ",").append(row.answer);
    }
    r.body.append("]}");
    r.by_mode = by_mode_;
    return r;
}

}  // namespace doseline::net

#include "loadtest/batch_answer.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <utility>

namespace doseline::loadtest {

namespace {

namespace json = boost::json;

row_outcome outcome_of(std::int64_t status) noexcept {
    switch (status) {
        case 200: return row_outcome::replayed;
        case 201: return row_outcome::created;
        case 429: return row_outcome::rate;
        case 503: return row_outcome::wait;
        default: return row_outcome::refused;
    }
}

row_answer read_row(const json::value& told) {
    const json::object* row = told.if_object();
    const json::value* status = row == nullptr ? nullptr : row->if_contains("status");
    if (status == nullptr || !status->is_int64()) {
        return {};
    }
    const row_outcome how = outcome_of(status->get_int64());
    const bool recorded = how == row_outcome::created || how == row_outcome::replayed;
    const json::value* said = row->if_contains(recorded ? "registration" : "problem");
    if (said == nullptr || !said->is_object()) {
        return {};
    }
    if (!recorded) {
        return {how, {}};
    }
    auto given = read_acknowledgement(said->get_object());
    return given ? row_answer{how, std::move(*given)} : row_answer{};
}

}  // namespace

std::optional<std::vector<row_answer>> read_batch_answer(std::string_view body, std::size_t rows) {
    boost::system::error_code ec;
    const json::value parsed = json::parse(body, ec);
    const json::object* object = ec ? nullptr : parsed.if_object();
    const json::value* results = object == nullptr ? nullptr : object->if_contains("results");
    if (results == nullptr || !results->is_array() || results->get_array().size() != rows) {
        return std::nullopt;
    }
    std::vector<row_answer> answers;
    answers.reserve(rows);
    for (const json::value& row : results->get_array()) {
        answers.push_back(read_row(row));
    }
    return answers;
}

}  // namespace doseline::loadtest

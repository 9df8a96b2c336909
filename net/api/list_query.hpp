#pragma once

#include "net/api_context.hpp"

#include <optional>
#include <variant>

namespace doseline::net::api {

// What a list of a clinic is asked by: ?clinic=&date=&cursor=, and of registrations &claim=, each
// of them or none. The cursor is the id of the last row that was seen: what is recorded meanwhile
// moves no page.
struct list_query {
    core::clinic_number clinic = 0;
    core::sequence before = 0;
    std::optional<core::civil_day> day;
    std::optional<core::claim_state> claim;
};

enum class listed : std::uint8_t { registrations, movements };

// Or what is wrong with it.
std::variant<list_query, reply> read_list_query(const call& c, listed what);

}  // namespace doseline::net::api

#pragma once

#include "loadtest/acks.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace doseline::loadtest {

// What the answer to a batch says of one row.
enum class row_outcome : std::uint8_t {
    created,     // 201: recorded now
    replayed,    // 200: recorded before
    rate,        // 429: this clinic's own cap
    wait,        // 503: not now, WAIT or READ_ONLY
    refused,     // any other problem
    bad_answer,  // not in the contract's form
};

struct row_answer {
    row_outcome how = row_outcome::bad_answer;
    acknowledgement given;  // of created and replayed
};

// The answers to so many rows, in their order. Nothing: the body of the 200 is not one answer a
// row, so it says of no row anything that could be relied on.
std::optional<std::vector<row_answer>> read_batch_answer(std::string_view body, std::size_t rows);

}  // namespace doseline::loadtest

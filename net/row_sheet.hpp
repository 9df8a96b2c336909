#pragma once

#include "net/handler.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace doseline::net {

// The rows of one request on their way: each is answered as it would be by itself, and all of them
// together once the last answer is there. Its reactor's alone.
class row_sheet {
public:
    explicit row_sheet(pending_rows&& rows);

    std::size_t size() const noexcept { return rows_.size(); }
    std::size_t missing() const noexcept { return missing_; }

    // What the row asks of the committer; null when it has its answer.
    pending* asks(std::size_t row) noexcept;

    // REQUIRES: the row has none yet.
    void put(std::size_t row, const reply& told);

    // {"results":[{"status":201,"registration":{...}},{"status":422,"problem":{...}}]}, in the
    // order of the rows. REQUIRES: none is missing.
    reply together() const;

private:
    struct place {
        pending asked;
        std::string answer;  // empty: missing
    };
    std::vector<place> rows_;
    std::size_t missing_ = 0;
    core::mode by_mode_ = core::mode::normal;  // of the whole, where any row is refused by one
};

}  // namespace doseline::net

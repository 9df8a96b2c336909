#pragma once

#include "core/outcome.hpp"
#include "net/handler.hpp"

#include <optional>
#include <string>

// Errors as clients meet them: application/problem+json (RFC 9457) with a machine code.
namespace doseline::net {

struct problem_details {
    std::string_view field;
    std::optional<bool> vaccinate;
    std::uint8_t confirm = 0;                // core::confirm_expired, core::confirm_recalled
    std::optional<core::decision> decision;  // of a check that could not be asked in full
};

reply problem(core::errc code, language lang, const problem_details& details = {});

// In words of its own: what an operator is told of a file or a row.
reply problem(unsigned status, std::string_view code, std::string_view detail,
              std::string_view field = {});

// As the registry said it, with what the phase rule alone says of the injection; of a check that
// the registry could not take, also the decision.
reply problem(const core::refusal& refused, const render_context& context);

// In how many seconds to come again: a few, and not the same for all.
std::string retry_after();

}  // namespace doseline::net

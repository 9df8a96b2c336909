#pragma once

#include "core/national_id.hpp"
#include "core/totals.hpp"
#include "net/enrolment_code.hpp"
#include "net/enrolment_limiter.hpp"
#include "net/handler.hpp"
#include "net/json_arena.hpp"
#include "net/metrics.hpp"
#include "net/receipt.hpp"
#include "net/shed_classes.hpp"
#include "net/token.hpp"
#include "storage/seal.hpp"
#include "storage/served_keys.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace doseline::net {

// What the clinic calls of one reactor share. Its thread's alone; the clocks are set once a
// request.
struct api_context {
    api_context(const storage::served_keys& all_keys, const core::published& published,
                const core::dose_totals& told, const shed_classes& shed_for_load,
                std::uint32_t boot_epoch, std::uint16_t thread_number)
        : state(published), totals(told), shed(shed_for_load), keys(all_keys),
          seal(keys.now(), boot_epoch, thread_number), tokens(keys.now()), codes(keys.now()),
          receipt(keys.now()) {}

    const core::published& state;
    const core::dose_totals& totals;
    const shed_classes& shed;
    const storage::served_keys& keys;
    storage::sealer seal;
    device_tokens tokens;
    enrolment_codes codes;
    receipts receipt;
    enrolment_limiter enrolments;
    request_figures figures;
    core::instant now;
    std::chrono::steady_clock::time_point steady_now;
    std::vector<core::stock_row> rows;  // scratch
    std::string content;                // scratch
    json_arena json;
};

// Who is asking, from a valid token.
struct caller {
    core::clinic_number clinic = 0;
    std::uint32_t device = 0;
    core::user_code user;
};

// One request on its way through a handler.
struct call {
    const request& req;
    api_context& api;
    language lang = language::korean;
    caller who;           // of routes that need a clinic
    std::string_view id;  // what stood in the path's {id}

    core::actor actor() const { return {who.clinic, who.device, who.user, req.peer}; }
    const core::clinic_card& clinic() const { return api.state.clinic(who.clinic); }
    core::mode mode() const { return api.state.mode_at(api.steady_now); }
};

}  // namespace doseline::net

#pragma once

#include "core/outcome.hpp"
#include "storage/ledger.hpp"

#include <functional>

namespace doseline::storage {

// The events that name a clinic, from the wanted head back, until visit says that it has enough or
// none of the wanted day can stand further back. False: there are more than
// limits::clinic_events_max of them. Calls give_way after every limits::list_step_records, in no
// transaction. Throws fatal_error.
bool walk_back(ledger_reader& from, const core::page_wanted& wanted,
               const std::function<bool(core::sequence, const core::event&)>& visit,
               const std::function<void()>& give_way);

}  // namespace doseline::storage

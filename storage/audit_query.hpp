#pragma once

#include "core/audit_page.hpp"
#include "core/command.hpp"
#include "storage/ledger.hpp"

#include <functional>

namespace doseline::storage {

// The next records that the filter lets through. Looks at limits::audit_scan_max of them at most,
// so a page may be empty and yet have something behind it. Begins at filter.from without reading
// what is before it: the audit is in the order of its times. Calls give_way after every
// limits::list_step_records, in no transaction. Throws fatal_error.
core::audit_page read_audit(ledger_reader& from, const core::audit_filter& filter,
                            const std::function<void()>& give_way);

}  // namespace doseline::storage

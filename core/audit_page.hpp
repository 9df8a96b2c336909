#pragma once

#include "core/event.hpp"

#include <string>
#include <vector>

namespace doseline::core {

// Records of the audit that an auditor asked for, in the order in which they were made.
struct audit_page {
    struct row {
        std::uint64_t number = 0;  // in the audit's own counting, from 1
        audit_record record;
        std::string reason;  // as storage/audit_codec: of exports, destroyed books, imports
    };
    std::vector<row> rows;
    std::uint64_t next = 0;  // what follows begins behind that record; 0: nothing follows
};

}  // namespace doseline::core

#pragma once

#include <cstddef>
#include <string>

namespace doseline::net {

// How connections are shared out among reactors and descriptor tables.
struct descriptor_plan {
    std::size_t reactors = 1;                 // of the clinics' listener
    std::size_t connections_max = 0;          // of all reactors together
    std::size_t reactor_connections_max = 0;  // of one: what its table has room for
    bool private_tables = false;
};

struct descriptor_wish {
    std::size_t reactors = 1;  // at least; more where connections_max needs more tables
    std::size_t connections_max = 0;
};

// One table for all while that is enough. Else a table a reactor, and as many reactors as it takes,
// at most limits::reactors_max. The wish for connections may have to be lowered.
// limit: descriptors that a table may hold. Throws std::runtime_error when that is not even enough
// for the program's own.
descriptor_plan plan_descriptors(std::size_t limit, bool tables_can_be_private,
                                 const descriptor_wish& wish);

// What an operator should know about a plan that is not simply what was asked for; empty when it
// is. refused: the system's words why tables cannot be private, if they cannot.
std::string explain(const descriptor_plan& plan, const descriptor_wish& wish, std::size_t limit,
                    const std::string& refused);

}  // namespace doseline::net

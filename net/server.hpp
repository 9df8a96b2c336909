#pragma once

#include "net/admin/admin_service.hpp"
#include "storage/preallocation.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

namespace doseline::net {

struct server_options {
    std::filesystem::path dir;
    std::string listen = "0.0.0.0:8443";
    std::string admin = "127.0.0.1:8444";
    std::size_t reactors = 0;  // at least, see descriptor_plan.hpp; 0: as many as cores
    // 0: as many as one descriptor table holds, at most limits::connections_default_max.
    std::size_t connections_max = 0;
    std::filesystem::path certificate;  // empty: the registry's own, with its key
    std::filesystem::path key;
    std::filesystem::path backups;  // where POST /admin/v1/backup writes; empty: DIR/backups
    std::uint64_t disk_reserve_bytes = core::limits::disk_reserve_bytes;
    std::uint64_t preallocate_bytes = storage::preallocation::default_most;  // 0: none
    std::size_t inbox_commands = core::limits::inbox_commands_max;  // per reactor; a power of two
    std::vector<address_range> proxy_protocol_from;  // balancers that name the client, and must
};

// What a build for tests may reach into, to show that the proof finds what is wrong.
struct test_access {
    storage::committer& committer;
    core::dose_totals& totals;
    core::published& published;
};
using more_admin_routes = std::function<std::vector<admin_route>(const test_access&)>;

// Opens the registry, recovers, serves until SIGTERM, SIGINT or the operator's drain, and lets go
// of everything in order. Prints both addresses and "ready" to out. Throws std::exception with one
// line when it cannot start; once it serves, a failed commit ends the process.
// REQUIRES: the only thread of the process.
void serve(const server_options& options, std::ostream& out, const more_admin_routes& more = {});

// "1.2.3.4:8443", "[::1]:8443". Throws saying what is expected.
tcp::endpoint parse_endpoint(const std::string& text);

}  // namespace doseline::net

#pragma once

#include "net/server.hpp"

namespace doseline::net::cli {

// Reads a TOML file over the options: listen, admin, reactors, connections_max, certificate, key,
// proxy_protocol_from, backups, inbox_commands, disk_reserve_mib, preallocate_mib. Throws
// "FILE:LINE:COLUMN: what is wrong"; keys that it does not know are wrong.
void read_serve_config(const std::filesystem::path& file, server_options& into);

}  // namespace doseline::net::cli

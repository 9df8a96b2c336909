#pragma once

#include <filesystem>

namespace doseline::storage {
class served_keys;
}

namespace doseline::net {

class tls_context;

// Takes a new certificate and new data keys of the registry in DIR, and says in the log what came
// of it. All or nothing: when it throws, those of before stay in use.
void reload_files(const std::filesystem::path& dir, tls_context& tls, storage::served_keys& keys);

}  // namespace doseline::net

#include "net/reload.hpp"

#include "net/log.hpp"
#include "net/tls_context.hpp"
#include "storage/key_ring.hpp"
#include "storage/served_keys.hpp"

#include <exception>
#include <string>
#include <utility>

namespace doseline::net {

void reload_files(const std::filesystem::path& dir, tls_context& tls, storage::served_keys& keys) {
    try {
        storage::key_ring fresh = storage::key_ring::open(dir);
        keys.require_renewable(fresh);
        tls.reload();
        keys.renew(std::move(fresh));
        log_event("reload", "a new certificate is in use, and data key " +
                                std::to_string(keys.now().current_data_key_id()));
    } catch (const std::exception& e) {
        log_event("reload",
                  std::string(e.what()) + "; the certificate and keys of before stay in use");
        throw;
    }
}

}  // namespace doseline::net

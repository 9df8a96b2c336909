#include "net/cli/key_commands.hpp"

#include "net/console_acts.hpp"
#include "storage/data_key_file.hpp"
#include "storage/directory_lock.hpp"
#include "storage/lmdb_ledger.hpp"

#include <ostream>

namespace doseline::net::cli {

void rotate_data_key(const std::filesystem::path& dir, std::ostream& out) {
    const storage::book_facts book =
        storage::lmdb_ledger(storage::require_registry(dir), storage::lmdb::access::read).book();
    leave_console_act(dir, core::operator_act::data_key);  // first: what is not noted is not done
    const std::uint8_t id = storage::key_ring::add_data_key(dir, book.number, book.year);
    const std::filesystem::path keys = dir / "keys";
    out << "data key " << static_cast<unsigned>(id) << " is in "
        << storage::data_key_path(keys, id).string() << ": put a copy of " << keys.string()
        << " into the safe first; then a running server takes it by POST /admin/v1/reload or "
           "SIGHUP, one that starts by itself"
        << std::endl;
}

void renew_master_key(const std::filesystem::path& dir, std::ostream& out) {
    storage::require_registry(dir);
    leave_console_act(dir, core::operator_act::master_key);  // as above
    storage::key_ring::renew_master_key(dir);
    const std::filesystem::path keys = dir / "keys";
    out << "the data keys are wrapped under a new master key: put a copy of " << keys.string()
        << " into the safe, and destroy the older ones that it replaces" << std::endl;
}

}  // namespace doseline::net::cli

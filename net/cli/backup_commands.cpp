#include "net/cli/backup_commands.hpp"

#include "net/cli/long_command.hpp"
#include "net/token.hpp"
#include "storage/backup.hpp"

#include <ostream>
#include <system_error>

namespace doseline::net::cli {

namespace {

void print_counts(const storage::backed_up& b, std::ostream& out) {
    out << b.at.heads.events.seq << " events, " << b.at.heads.audit.seq << " audit records, "
        << b.doses << " doses";
}

}  // namespace

void backup_registry(const std::filesystem::path& dir, const std::filesystem::path& file,
                     std::ostream& out) {
    long_command command;
    const storage::backed_up b = storage::backup(
        dir, file, [&](std::string_view doing, std::uint64_t done, std::uint64_t of) {
            command.tell(doing, done, of);
        });
    out << "backed up and checked: ";
    print_counts(b, out);
    out << ", " << b.bytes << " bytes; the keys are not in it: back up " << (dir / "keys").string()
        << " elsewhere" << std::endl;
}

void restore_registry(const std::filesystem::path& file, const std::filesystem::path& dir,
                      std::ostream& out) {
    long_command command;
    const storage::backed_up b = storage::restore(
        file, dir, [&](std::string_view doing, std::uint64_t done, std::uint64_t of) {
            command.tell(doing, done, of);
        });
    console_token::create(dir, console::operators);
    console_token::create(dir, console::auditors);
    out << "restored and verified: ";
    print_counts(b, out);
    out << "; before serve, put the keys from their own backup into " << (dir / "keys").string()
        << std::endl;
}

}  // namespace doseline::net::cli

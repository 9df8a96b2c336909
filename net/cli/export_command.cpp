#include "net/cli/export_command.hpp"

#include "net/cli/book_commands.hpp"
#include "net/cli/long_command.hpp"
#include "net/cli/offline_registry.hpp"
#include "net/console_acts.hpp"

#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <stdexcept>

namespace doseline::net::cli {

namespace {

// Text on its way to a file or a pipe, in writes of some size.
class output {
public:
    explicit output(int descriptor) : descriptor_(descriptor) {}

    void add(std::string_view text) {
        buffer_ += text;
        if (buffer_.size() >= flush_bytes) {
            flush();
        }
    }

    void flush() {
        for (std::string_view rest = buffer_; !rest.empty();) {
            const ssize_t wrote = ::write(descriptor_, rest.data(), rest.size());
            if (wrote < 0 && errno == EINTR) {
                continue;
            }
            if (wrote < 0) {
                throw std::runtime_error(
                    errno == EPIPE ? "the export is not complete: its reader went away"
                                   : std::string("the export is not complete: cannot write it: ") +
                                         std::strerror(errno));
            }
            rest.remove_prefix(static_cast<std::size_t>(wrote));
        }
        buffer_.clear();
    }

private:
    static constexpr std::size_t flush_bytes = 64 * 1024;
    const int descriptor_;
    std::string buffer_;
};

void write_rows(storage::lmdb_ledger& ledger, const storage::key_ring& keys,
                const export_options& how, int descriptor) {
    long_command command;
    output out(descriptor);
    out.add(export_header(how.form, how.personal));
    storage::exporter rows(keys, how.personal);
    rows.run(
        *ledger.reader(), how.book == 0 ? ledger.book().number : how.book,
        [&](const storage::export_row& row) { out.add(export_line(how.form, row)); },
        [&](std::string_view doing, std::uint64_t done, std::uint64_t of) {
            command.tell(doing, done, of);
        });
    out.flush();
}

void export_persons(const std::filesystem::path& dir, const export_options& how, int descriptor) {
    offline_registry registry(dir, 0);
    registry.note(core::audit_action::exported, registry.last_event(), how.reason);
    registry.commit_note();
    write_rows(registry.ledger(), registry.keys(), how, descriptor);
}

}  // namespace

void export_registry(const std::filesystem::path& dir, const export_options& how, int descriptor) {
    if (how.personal) {
        require_reason(how.reason);
    }
    // Nobody in a core image, and a pipe that closes is an error like others.
    ::prctl(PR_SET_DUMPABLE, 0);
    std::signal(SIGPIPE, SIG_IGN);
    if (how.personal) {
        export_persons(dir, how, descriptor);
        return;
    }
    storage::lmdb_ledger ledger(dir, storage::lmdb::access::read);
    const storage::key_ring keys = storage::key_ring::open(dir);
    leave_console_act(dir, core::operator_act::export_);
    write_rows(ledger, keys, how, descriptor);
}

}  // namespace doseline::net::cli

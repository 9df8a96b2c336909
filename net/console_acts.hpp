#pragma once

#include "core/published.hpp"
#include "storage/committer.hpp"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

// What is done at the console beside a running server or without one, on its way into the audit.
// Who serves alone writes the ledger; so the console leaves a line in DIR/console.acts, and the
// server that runs, or the next one, takes it from there.
namespace doseline::net {

struct console_act {
    core::operator_act what = core::operator_act::none;
    core::instant at;
    std::uint32_t user = 0;                    // the system's number, as the kernel knows it
    std::optional<std::uint32_t> clinic_code;  // whose token or certificate it is
    std::uint32_t device = 0;                  // likewise
};

// By the user of this process, now; on the disk when it returns. Any process, beside others like
// it. Throws with a line that names the file.
void leave_console_act(const std::filesystem::path& dir, core::operator_act what,
                       std::optional<std::uint32_t> clinic_code = {}, std::uint32_t device = 0);

// The lines of DIR/console.acts, as a server takes them. What is in the audit is taken out of the
// file when all of it is; killed in between, a server meets it again, and the audit has it twice.
// Its owner's thread alone.
class left_acts {
public:
    explicit left_acts(const std::filesystem::path& dir);

    // Those that are not in the audit yet; none when there is no file. Throws with a line that
    // names the file.
    std::vector<console_act> read();
    // What the last read() gave is in the audit.
    void recorded();
    // Takes out of the file what is recorded, if that is all of it and nobody is just leaving a
    // line; else another time.
    void cut();

private:
    const std::filesystem::path file_;
    std::uint64_t recorded_ = 0;  // bytes from the beginning
    std::uint64_t read_ = 0;      // likewise
};

// Takes them into the audit of a registry that is served. REQUIRES: the committer ends before it.
class console_watch {
public:
    console_watch(const std::filesystem::path& dir, storage::committer& to,
                  const core::published& state);
    ~console_watch();  // the last that was asked for is recorded by then, or is not

    // Once a second or so, by one thread. Waits for nothing: what is read now is known to be
    // recorded, or is tried again, when it is called the next time.
    void look();

private:
    core::audit_record record_of(const console_act& act) const;

    left_acts left_;
    storage::committer& to_;
    const core::published& state_;
    enum class asked : std::uint8_t { nothing, under_way, recorded, refused };
    std::atomic<asked> asked_{asked::nothing};
    bool told_ = false;  // in the log, that the file cannot be read
};

}  // namespace doseline::net

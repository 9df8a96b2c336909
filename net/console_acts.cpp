#include "net/console_acts.hpp"

#include "net/clinic_code.hpp"
#include "net/log.hpp"
#include "storage/private_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace doseline::net {

namespace {

namespace fs = std::filesystem;
using core::operator_act;

constexpr std::size_t bytes_at_once = 1u << 20;

class descriptor {
public:
    explicit descriptor(int opened) noexcept : number(opened) {}
    ~descriptor() {
        if (number >= 0) {
            ::close(number);
        }
    }
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;

    const int number;
};

fs::path list_of(const fs::path& dir) { return dir / "console.acts"; }

void check(bool good, const fs::path& file, const char* doing) {
    if (!good) {
        throw std::system_error(errno, std::generic_category(),
                                std::string("cannot ") + doing + ' ' + file.string());
    }
}

// Whoever may write into the directory may have laid a link or a pipe in the file's place, and it
// is root who calls: nothing but a plain file with this one name is opened.
struct stat plain_file(const descriptor& opened, const fs::path& file, const char* doing) {
    check(opened.number >= 0, file, doing);
    struct stat now {};
    check(::fstat(opened.number, &now) == 0, file, doing);
    if (!S_ISREG(now.st_mode) || now.st_nlink != 1) {
        throw std::system_error(
            std::make_error_code(std::errc::invalid_argument),
            std::string("cannot ") + doing + ' ' + file.string() + ", which is no plain file");
    }
    return now;
}

int open_list(const fs::path& file, int how) {
    return ::open(file.c_str(), how | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
}

std::string line_of(const console_act& act) {
    std::string line = core::format_instant(act.at, {}) + ',' + std::to_string(act.user) + ',';
    line.append(core::name_of(act.what)).push_back(',');
    if (act.clinic_code) {
        line += clinic_code_text(*act.clinic_code) + ',' + std::to_string(act.device);
    } else {
        line += ',';
    }
    return line + '\n';
}

std::optional<std::uint32_t> number_in(std::string_view text) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() ? std::optional(value)
                                                                    : std::nullopt;
}

std::optional<operator_act> act_named(std::string_view name) {
    for (const operator_act a :
         {operator_act::device_token, operator_act::device_certificate, operator_act::export_,
          operator_act::data_key, operator_act::master_key}) {
        if (core::name_of(a) == name) {
            return a;
        }
    }
    return std::nullopt;
}

// Nothing for what is no such line: the end of one that a power cut tore, most likely.
std::optional<console_act> act_in(std::string_view line) {
    std::array<std::string_view, 5> fields;
    for (std::size_t n = 0; n < fields.size(); ++n) {
        const std::size_t comma = line.find(',');
        if ((comma == std::string_view::npos) != (n + 1 == fields.size())) {
            return std::nullopt;
        }
        fields[n] = line.substr(0, comma);
        line.remove_prefix(std::min(line.size(), fields[n].size() + 1));
    }
    const auto at = core::parse_instant(fields[0]);
    const auto user = number_in(fields[1]);
    const auto what = act_named(fields[2]);
    const bool of_nobody = fields[3].empty() && fields[4].empty();
    const auto clinic = parse_clinic_code(fields[3]);
    const auto device = number_in(fields[4]);
    if (!at || !user || !what || !(of_nobody || (clinic && device))) {
        return std::nullopt;
    }
    return console_act{*what, *at, *user, clinic, device.value_or(0)};
}

}  // namespace

void leave_console_act(const fs::path& dir, operator_act what,
                       std::optional<std::uint32_t> clinic_code, std::uint32_t device) {
    const fs::path file = list_of(dir);
    constexpr int how = O_RDWR | O_APPEND;
    const int made =
        ::open(file.c_str(), how | O_CREAT | O_EXCL | O_CLOEXEC, storage::private_mode);
    const bool is_there = made < 0 && errno == EEXIST;
    const descriptor to(is_there ? open_list(file, how) : made);
    plain_file(to, file, "write");
    check(::flock(to.number, LOCK_EX) == 0, file, "write");
    const struct stat now = plain_file(to, file, "write");
    struct stat home {};
    check(::stat(dir.c_str(), &home) == 0, file, "write");
    if (!is_there && now.st_uid != home.st_uid) {
        // Made by root for a registry of another user's, who serves it and must be able to take it.
        check(::fchown(to.number, home.st_uid, home.st_gid) == 0, file, "write");
    }
    char last = '\n';
    if (now.st_size > 0) {
        check(::pread(to.number, &last, 1, now.st_size - 1) == 1, file, "read");
    }
    const std::string text =
        (last == '\n' ? "" : "\n") +
        line_of({what, storage::system_clocks().wall(), ::getuid(), clinic_code, device});
    check(::write(to.number, text.data(), text.size()) == static_cast<ssize_t>(text.size()), file,
          "write");
    check(::fsync(to.number) == 0, file, "write");
    if (now.st_size == 0) {
        storage::sync_directory(dir);
    }
}

left_acts::left_acts(const fs::path& dir) : file_(list_of(dir)) {}

std::vector<console_act> left_acts::read() {
    std::vector<console_act> all;
    const descriptor from(open_list(file_, O_RDONLY));
    if (from.number < 0 && errno == ENOENT) {
        recorded_ = read_ = 0;
        return all;
    }
    const struct stat now = plain_file(from, file_, "read");
    if (static_cast<std::uint64_t>(now.st_size) < recorded_) {
        recorded_ = 0;  // it is another one
    }
    std::string text(bytes_at_once, '\0');
    const ssize_t got =
        ::pread(from.number, text.data(), text.size(), static_cast<off_t>(recorded_));
    check(got >= 0, file_, "read");
    text.resize(static_cast<std::size_t>(got));
    if (text.size() == bytes_at_once && text.find('\n') == std::string::npos) {
        log_event("console", file_.string() + " has no line in " + std::to_string(bytes_at_once) +
                                 " bytes, which are left out");
        read_ = recorded_ + text.size();
        recorded();
        return all;
    }
    text.resize(text.rfind('\n') + 1);  // whole lines; npos + 1 is none
    read_ = recorded_ + text.size();
    for (std::string_view rest = text; !rest.empty();) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(line.size() + 1);
        if (const auto act = act_in(line)) {
            all.push_back(*act);
        } else if (!line.empty()) {
            log_event("console", "a line of " + file_.string() + " is no act, and is left out");
        }
    }
    if (all.empty() && !text.empty()) {
        recorded();  // there is nothing in it to wait for
    }
    return all;
}

void left_acts::recorded() {
    recorded_ = read_;
    cut();
}

// Who leaves a line holds the lock, and the disk may be slow: that is not waited for, and nothing
// comes between the look and the cut.
void left_acts::cut() {
    if (recorded_ == 0) {
        return;
    }
    const descriptor to(open_list(file_, O_WRONLY));
    struct stat now {};
    if (to.number >= 0 && ::flock(to.number, LOCK_EX | LOCK_NB) == 0 &&
        ::fstat(to.number, &now) == 0 && static_cast<std::uint64_t>(now.st_size) == recorded_ &&
        ::ftruncate(to.number, 0) == 0) {
        recorded_ = read_ = 0;
    }
}

console_watch::console_watch(const fs::path& dir, storage::committer& to,
                             const core::published& state)
    : left_(dir), to_(to), state_(state) {}

console_watch::~console_watch() {
    if (asked_.load(std::memory_order_acquire) == asked::recorded) {
        left_.recorded();
    } else {
        left_.cut();
    }
}

core::audit_record console_watch::record_of(const console_act& act) const {
    core::audit_record record;
    record.action = core::audit_action::operated;
    record.act = act.what;
    record.at = act.at;
    record.by.clinic = core::no_clinic;
    record.by.user = core::user_code("uid-" + std::to_string(act.user));
    record.by.device = act.device;
    if (act.clinic_code) {
        record.by.clinic = state_.find_clinic(*act.clinic_code).value_or(core::no_clinic);
    }
    return record;
}

void console_watch::look() {
    switch (asked_.load(std::memory_order_acquire)) {
        case asked::under_way: return;
        case asked::recorded: left_.recorded(); break;
        case asked::nothing:
        case asked::refused: left_.cut(); break;
    }
    asked_.store(asked::nothing, std::memory_order_relaxed);
    std::vector<core::audit_record> records;
    try {
        for (const console_act& act : left_.read()) {
            records.push_back(record_of(act));
        }
        told_ = false;
    } catch (const std::system_error& e) {
        if (!std::exchange(told_, true)) {
            log_event("console", std::string(e.what()) + ": what was done is not in the audit");
        }
        return;
    }
    if (records.empty()) {
        return;
    }
    asked_.store(asked::under_way, std::memory_order_relaxed);
    to_.call([this, what = std::move(records)](core::registry&, core::sequence) {
        asked_.store(to_.record(what) ? asked::recorded : asked::refused,
                     std::memory_order_release);
    });
}

}  // namespace doseline::net

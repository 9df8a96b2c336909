#include "tests/crash/writer_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <sstream>
#include <stdexcept>
#include <system_error>

namespace doseline::test {

namespace {

constexpr int patience_ms = 60'000;

[[noreturn]] void fail(const char* what) {
    throw std::system_error(errno, std::system_category(), what);
}

// A file without a name.
int scratch(const std::string& content) {
    const int fd = ::memfd_create("doseline-test", MFD_CLOEXEC);
    if (fd < 0 ||
        ::pwrite(fd, content.data(), content.size(), 0) != static_cast<ssize_t>(content.size())) {
        fail("a scratch file");
    }
    return fd;
}

acknowledgement parsed(const std::string& line) {
    std::istringstream words(line);
    acknowledgement a;
    std::string kind;
    words >> a.n >> kind;
    if (kind == "dose" || kind == "amended") {
        receipt& r = a.recorded.emplace();
        words >> r.seq >> r.flags >> r.claim >> r.remaining >> r.recorded_at_ms;
    } else if (kind == "moved") {
        receipt& r = a.recorded.emplace();
        words >> r.seq >> r.on_hand >> r.in_transit >> r.suspense >> r.remaining >>
            r.recorded_at_ms;
    }
    a.declined = kind == "declined";
    a.refused = kind == "refused";
    if (!words) {
        throw std::runtime_error("the writer said: " + line);
    }
    return a;
}

}  // namespace

std::string text_of(const receipt& r) {
    return "seq " + std::to_string(r.seq) + ", flags " + std::to_string(r.flags) + ", claim " +
           std::to_string(r.claim) + ", on hand " + std::to_string(r.on_hand) + ", in transit " +
           std::to_string(r.in_transit) + ", in suspense " + std::to_string(r.suspense) +
           ", remaining " + std::to_string(r.remaining) + ", at " +
           std::to_string(r.recorded_at_ms);
}

writer_process::writer_process(const std::filesystem::path& dir, const options& o,
                               const std::vector<std::uint32_t>& numbers)
    : err_(scratch("")) {
    ::fcntl(err_, F_SETFL, O_APPEND);  // two threads may have a last word
    const char* const binary = std::getenv("DOSELINE_TEST_WRITER");
    if (binary == nullptr) {
        throw std::runtime_error("DOSELINE_TEST_WRITER is not set: run the tests with ctest");
    }
    std::string plan;
    for (const std::uint32_t n : numbers) {
        plan += std::to_string(n) + '\n';
    }
    const int in = scratch(plan);
    std::array<int, 2> out;
    if (::pipe2(out.data(), O_CLOEXEC) != 0) {
        fail("pipe");
    }
    std::array<std::string, 5> words{binary, dir.string(), std::to_string(o.seed),
                                     std::to_string(o.window), std::to_string(o.anchor_ms)};
    std::array<char*, 6> argv{};
    for (std::size_t i = 0; i < words.size(); ++i) {
        argv[i] = words[i].data();
    }
    pid_ = ::vfork();
    if (pid_ == 0) {
        ::dup2(in, STDIN_FILENO);
        ::dup2(out[1], STDOUT_FILENO);
        ::dup2(err_, STDERR_FILENO);
        ::execv(binary, argv.data());
        ::_exit(127);
    }
    ::close(in);
    ::close(out[1]);
    out_ = out[0];
    if (pid_ < 0) {
        fail("fork");
    }
}

writer_process::~writer_process() {
    if (pid_ > 0) {
        kill();
        ::waitpid(pid_, nullptr, 0);
    }
    ::close(out_);
    ::close(err_);
}

void writer_process::read_until(std::size_t answers) {
    while (acknowledged_.size() < answers && read_some()) {
    }
}

void writer_process::kill() const { ::kill(pid_, SIGKILL); }

int writer_process::wait() {
    while (read_some()) {
    }
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0) {
        if (errno != EINTR) {
            fail("waitpid");
        }
    }
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string writer_process::said() const {
    std::string text(4'096, '\0');
    const ssize_t n = ::pread(err_, text.data(), text.size(), 0);
    text.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
    return text;
}

bool says_why_it_ended(const std::string& said) {
    std::istringstream lines(said);
    bool any = false;
    for (std::string line; std::getline(lines, line); any = true) {
        if (!line.starts_with("fatal: ") || line.size() < 20) {
            return false;
        }
    }
    return any;
}

bool writer_process::read_some() {
    pollfd p{out_, POLLIN, 0};
    if (::poll(&p, 1, patience_ms) != 1) {
        throw std::runtime_error("the writer said nothing for a minute: " + said());
    }
    std::array<char, 16'384> some;
    const ssize_t n = ::read(out_, some.data(), some.size());
    if (n <= 0) {
        return false;
    }
    unread_.append(some.data(), static_cast<std::size_t>(n));
    take_lines();
    return true;
}

void writer_process::take_lines() {
    std::size_t at = 0;
    for (std::size_t end = 0; (end = unread_.find('\n', at)) != std::string::npos; at = end + 1) {
        acknowledged_.push_back(parsed(unread_.substr(at, end - at)));
    }
    unread_.erase(0, at);
}

}  // namespace doseline::test

#include "tests/support/program.hpp"

#include "tests/support/temporary_directory.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>

extern char** environ;

namespace doseline::test {

namespace {

constexpr int patience_ms = 60'000;

std::string from_environment(const char* name) {
    const char* const value = std::getenv(name);
    if (value == nullptr) {
        throw std::runtime_error(std::string(name) + " is not set: run the tests with ctest");
    }
    return value;
}

[[noreturn]] void call_failed(const char* what) {
    throw std::system_error(errno, std::system_category(), what);
}

pid_t spawn(const std::string& binary, const std::vector<std::string>& arguments, int out, int err,
            std::size_t descriptors) {
    const std::string limit =
        "--nofile=" + std::to_string(descriptors) + ':' + std::to_string(descriptors);
    std::vector<char*> argv{const_cast<char*>(binary.c_str())};
    if (descriptors != 0) {
        const auto limited = {const_cast<char*>("/usr/bin/prlimit"),
                              const_cast<char*>(limit.c_str())};
        argv.insert(argv.begin(), limited.begin(), limited.end());
    }
    for (const std::string& a : arguments) {
        argv.push_back(const_cast<char*>(a.c_str()));
    }
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
    // What this process ignores, the program must ignore by itself.
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    sigset_t signals;
    ::sigemptyset(&signals);
    ::sigaddset(&signals, SIGPIPE);
    ::sigaddset(&signals, SIGXFSZ);
    ::posix_spawnattr_setsigdefault(&attributes, &signals);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    pid_t pid = -1;
    const int error =
        ::posix_spawn(&pid, argv.front(), &actions, &attributes, argv.data(), environ);
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&actions);
    if (error != 0) {
        throw std::system_error(error, std::system_category(), "cannot start " + binary);
    }
    return pid;
}

int wait_for(pid_t pid) {
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR) {
            call_failed("waitpid");
        }
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// Up to the end of what the other side writes, or until stop says that it has enough.
template <class Stop>
std::string read_until(int from, Stop&& stop) {
    std::string text;
    char buffer[4096];
    for (;;) {
        pollfd p{from, POLLIN, 0};
        if (::poll(&p, 1, patience_ms) != 1) {
            throw std::runtime_error("a program said nothing for a minute; so far: " + text);
        }
        const ssize_t n = ::read(from, buffer, sizeof buffer);
        if (n <= 0) {
            return text;
        }
        text.append(buffer, static_cast<std::size_t>(n));
        if (stop(text)) {
            return text;
        }
    }
}

std::string content_of(const std::filesystem::path& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

// A file that has a name only while it is opened.
int scratch_file() {
    char name[] = "/tmp/doseline-test-XXXXXX";
    const int fd = ::mkostemp(name, O_CLOEXEC);
    if (fd < 0) {
        call_failed("mkostemp");
    }
    ::unlink(name);
    return fd;
}

std::string content_of(int fd) {
    std::string text;
    char buffer[4096];
    ::lseek(fd, 0, SEEK_SET);
    for (ssize_t n = 0; (n = ::read(fd, buffer, sizeof buffer)) > 0;) {
        text.append(buffer, static_cast<std::size_t>(n));
    }
    return text;
}

std::uint16_t port_behind(const std::string& text, const std::string& word) {
    const std::size_t line = text.find(word + ' ');
    const std::size_t colon = text.rfind(':', text.find('\n', line));
    return static_cast<std::uint16_t>(std::stoul(text.substr(colon + 1)));
}

std::string first_line_of(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

}  // namespace

std::string doseline_binary() { return from_environment("DOSELINE_BINARY"); }
std::string test_binary() { return from_environment("DOSELINE_TEST_BINARY"); }

std::string loadtest_binary() { return from_environment("DOSELINE_LOADTEST"); }

run_result run_program(const std::string& binary, const std::vector<std::string>& arguments,
                       std::size_t descriptors) {
    int out[2];
    if (::pipe2(out, O_CLOEXEC) != 0) {
        call_failed("pipe");
    }
    const int err = scratch_file();
    const pid_t pid = spawn(binary, arguments, out[1], err, descriptors);
    ::close(out[1]);
    run_result result;
    try {
        result.out = read_until(out[0], [](const std::string&) { return false; });
    } catch (...) {
        ::kill(pid, SIGKILL);
        wait_for(pid);
        throw;
    }
    ::close(out[0]);
    result.exit_code = wait_for(pid);
    result.err = content_of(err);
    ::close(err);
    return result;
}

run_result doseline(const std::vector<std::string>& arguments) {
    return run_program(doseline_binary(), arguments);
}

server_process::server_process(const std::filesystem::path& dir,
                               const std::vector<std::string>& more, const std::string& binary,
                               std::size_t descriptors)
    : err_(dir.string() + ".err") {
    std::vector<std::string> arguments{"serve",   dir.string(),  "--listen",   "127.0.0.1:0",
                                       "--admin", "127.0.0.1:0", "--reactors", "2"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    int out[2];
    if (::pipe2(out, O_CLOEXEC) != 0) {
        call_failed("pipe");
    }
    const int err = ::open(err_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    pid_ = spawn(binary, arguments, out[1], err, descriptors);
    ::close(out[1]);
    ::close(err);
    out_ = out[0];
    std::string said;
    try {
        said = read_until(out_, [](const std::string& text) {
            return text.find("\nready\n") != std::string::npos;
        });
    } catch (...) {
        kill();
        ::close(out_);
        throw;
    }
    if (said.find("\nready\n") == std::string::npos) {
        const int code = wait();
        ::close(out_);
        throw std::runtime_error("serve ended with " + std::to_string(code) + ": " +
                                 content_of(err_));
    }
    clinic_port_ = port_behind(said, "clinic");
    admin_port_ = port_behind(said, "admin");
}

server_process::~server_process() {
    if (pid_ > 0) {
        kill();
    }
    ::close(out_);
}

std::string server_process::log() const { return content_of(err_); }

std::string server_process::rest_of_output() const {
    return read_until(out_, [](const std::string&) { return false; });
}

void server_process::signal(int number) const { ::kill(pid_, number); }

int server_process::wait() {
    const int code = wait_for(pid_);
    pid_ = -1;
    return code;
}

int server_process::terminate() {
    signal(SIGTERM);
    return wait();
}

void server_process::kill() {
    signal(SIGKILL);
    wait();
}

void make_demo(const std::filesystem::path& dir, unsigned clinics, unsigned doses,
               const std::vector<std::string>& more) {
    std::vector<std::string> call{"demo",
                                  dir.string(),
                                  "--clinics",
                                  std::to_string(clinics),
                                  "--doses-per-clinic",
                                  std::to_string(doses)};
    call.insert(call.end(), more.begin(), more.end());
    const run_result made = doseline(call);
    if (made.exit_code != 0) {
        throw std::runtime_error("demo failed: " + made.err);
    }
}

void make_demo_on_small_disk(const std::filesystem::path& dir, unsigned clinics, unsigned doses) {
    const temporary_directory scratch;
    const std::filesystem::path config = scratch.path() / "serve.toml";
    std::ofstream(config) << "disk_reserve_mib = 1\n";
    make_demo(dir, clinics, doses, {"--config", config.string()});
}

std::vector<demo_clinic> demo_clinics(const std::filesystem::path& dir) {
    std::ifstream file(dir / "clinics.csv");
    std::string line;
    std::getline(file, line);
    std::vector<demo_clinic> all;
    while (std::getline(file, line)) {
        if (!line.empty() && line.back() == '\r') {
            line.pop_back();
        }
        // The name is the one field that may be quoted; it is not needed.
        const std::size_t token = line.rfind(',');
        const std::size_t region = line.rfind(',', token - 1);
        all.push_back({line.substr(0, line.find(',')), line.substr(region + 1, token - region - 1),
                       line.substr(token + 1)});
    }
    return all;
}

std::string operator_token(const std::filesystem::path& dir) {
    return first_line_of(dir / "operator.token");
}

std::string auditor_token(const std::filesystem::path& dir) {
    return first_line_of(dir / "auditor.token");
}

}  // namespace doseline::test

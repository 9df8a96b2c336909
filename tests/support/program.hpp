#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

// The real binary, as its user starts it. REQUIRES: the environment names it (DOSELINE_BINARY ...);
// ctest does.
namespace doseline::test {

std::string doseline_binary();  // the program
std::string test_binary();      // the same with the operator's calls that do damage
std::string loadtest_binary();  // the load tester

struct run_result {
    int exit_code = -1;  // 128 + signal when a signal ended it
    std::string out;
    std::string err;
};

// Runs to its end. Ended by force after a minute without a word, which no call needs.
// descriptors: its limit of them, soft and hard; 0: the one of this process.
run_result run_program(const std::string& binary, const std::vector<std::string>& arguments,
                       std::size_t descriptors = 0);
run_result doseline(const std::vector<std::string>& arguments);

// A server on free ports of loopback, until the object goes. What a thread is forbidden (seccomp)
// it hands on to the server that it starts.
class server_process {
public:
    // Returns when it printed "ready". Throws with its stderr when it ends before.
    // descriptors: its limit of them, soft and hard; 0: the one of this process.
    explicit server_process(const std::filesystem::path& dir,
                            const std::vector<std::string>& more = {},
                            const std::string& binary = doseline_binary(),
                            std::size_t descriptors = 0);
    ~server_process();  // kills it when it still runs
    server_process(const server_process&) = delete;
    server_process& operator=(const server_process&) = delete;

    std::uint16_t clinic_port() const noexcept { return clinic_port_; }
    std::uint16_t admin_port() const noexcept { return admin_port_; }
    pid_t pid() const noexcept { return pid_; }
    std::string log() const;             // its stderr so far
    std::string rest_of_output() const;  // its stdout behind "ready". REQUIRES: it has ended

    void signal(int number) const;
    int wait();       // the exit code, 128 + signal
    int terminate();  // SIGTERM, then wait
    void kill();      // SIGKILL, then wait

private:
    pid_t pid_ = -1;
    int out_ = -1;
    std::filesystem::path err_;
    std::uint16_t clinic_port_ = 0;
    std::uint16_t admin_port_ = 0;
};

// A fresh demo season in dir.
void make_demo(const std::filesystem::path& dir, unsigned clinics = 20, unsigned doses = 100,
               const std::vector<std::string>& more = {});
// On a disk that is smaller than the reserve of most.
void make_demo_on_small_disk(const std::filesystem::path& dir, unsigned clinics, unsigned doses);

// Of clinics.csv, in its order.
struct demo_clinic {
    std::string code;
    std::string region;
    std::string token;
};
std::vector<demo_clinic> demo_clinics(const std::filesystem::path& dir);
std::string operator_token(const std::filesystem::path& dir);
std::string auditor_token(const std::filesystem::path& dir);

}  // namespace doseline::test

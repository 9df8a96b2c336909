#pragma once

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace doseline::test {

// What failing_calls.cpp is asked for; there is what the words mean.
struct fault {
    std::filesystem::path dir;  // as the kernel names it: no links in it
    std::string how;
    unsigned call = 1;
    bool for_ever = false;
    int error = 0;
    std::string only;
    std::filesystem::path log;
    unsigned milliseconds = 0;
    std::filesystem::path until;
};

// Every program that this process starts has the fault, until the object goes.
class fault_of_children {
public:
    explicit fault_of_children(const fault& f) {
        const char* const library = std::getenv("DOSELINE_FAILING_CALLS");
        if (library == nullptr) {
            throw std::runtime_error("DOSELINE_FAILING_CALLS is not set: run the tests with ctest");
        }
        set("LD_PRELOAD", library);
        set("ASAN_OPTIONS", "verify_asan_link_order=0");  // that runtime wants to be the first
        set("DOSELINE_FAIL_DIR", f.dir);
        set("DOSELINE_FAIL_HOW", f.how);
        set("DOSELINE_FAIL_CALL", std::to_string(f.call));
        set("DOSELINE_FAIL_EVER", f.for_ever ? "1" : "");
        set("DOSELINE_FAIL_ERRNO", std::to_string(f.error));
        set("DOSELINE_FAIL_ONLY", f.only);
        set("DOSELINE_FAIL_LOG", f.log);
        set("DOSELINE_FAIL_MS", std::to_string(f.milliseconds));
        set("DOSELINE_FAIL_UNTIL", f.until);
    }
    ~fault_of_children() {
        ::unsetenv("LD_PRELOAD");
        ::unsetenv("ASAN_OPTIONS");
    }
    fault_of_children(const fault_of_children&) = delete;
    fault_of_children& operator=(const fault_of_children&) = delete;

private:
    static void set(const char* name, const std::string& value) {
        ::setenv(name, value.c_str(), 1);
    }
};

// What the log says of the first call that failed, such as "12 fdatasync /ledger/data.mdb"; empty
// when none did.
inline std::string line_that_fails(const std::filesystem::path& log) {
    constexpr std::string_view mark = " fails";
    std::ifstream lines(log);
    for (std::string line; std::getline(lines, line);) {
        if (line.ends_with(mark)) {
            return line.substr(0, line.size() - mark.size());
        }
    }
    return {};
}

// Skips a test, saying why: *boost::unit_test::precondition(can_preload).
inline boost::test_tools::assertion_result can_preload(boost::unit_test::test_unit_id) {
#ifdef __SANITIZE_THREAD__
    boost::test_tools::assertion_result can(false);
    can.message() << "programs under the thread sanitizer die of a preloaded library";
    return can;
#else
    return true;
#endif
}

}  // namespace doseline::test

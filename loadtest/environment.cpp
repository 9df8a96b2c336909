#include "loadtest/environment.hpp"

#include <boost/json/array.hpp>

#include <openssl/crypto.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <thread>
#include <utility>

namespace doseline::loadtest {

namespace {

#ifdef __clang__
constexpr const char* compiler = __VERSION__;  // begins with the name
#else
constexpr const char* compiler = "GCC " __VERSION__;
#endif

std::string now_utc() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    std::array<char, 32> text{};
    const std::size_t length =
        std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return {text.data(), length};
}

std::string kernel() {
    utsname name{};
    return ::uname(&name) == 0 ? std::string(name.sysname) + " " + name.release + " " + name.machine
                               : "not told";
}

std::string processor() {
    std::ifstream in("/proc/cpuinfo");
    for (std::string line; std::getline(in, line);) {
        const std::size_t colon = line.find(": ");
        if (line.starts_with("model name") && colon != std::string::npos) {
            return line.substr(colon + 2);
        }
    }
    return "not told";
}

std::string commit() {
    const char* told = std::getenv("DOSELINE_COMMIT");
    return told != nullptr ? told : "not told";
}

std::uint64_t memory_bytes() noexcept {
    const long pages = ::sysconf(_SC_PHYS_PAGES);
    const long page = ::sysconf(_SC_PAGESIZE);
    return pages > 0 && page > 0
               ? static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page)
               : 0;
}

}  // namespace

boost::json::object describe_environment(std::span<const std::string> command) {
    boost::json::array words;
    for (const std::string& word : command) {
        words.emplace_back(word);
    }
    return {{"at", now_utc()},
            {"commit", commit()},
            {"compiler", compiler},
            {"tls", ::OpenSSL_version(OPENSSL_VERSION)},
            {"kernel", kernel()},
            {"processor", processor()},
            {"cores", std::thread::hardware_concurrency()},
            {"memory_bytes", memory_bytes()},
            {"command", std::move(words)}};
}

}  // namespace doseline::loadtest

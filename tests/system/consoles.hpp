#pragma once

#include "tests/support/program.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

// What an operator sees at the console, and what is left on the disk.
namespace doseline::test {

inline bool is_one_line(const std::string& text) {
    return text.size() > 1 && std::count(text.begin(), text.end(), '\n') == 1 &&
           text.back() == '\n';
}

// Ended with that code, said so in one line on stderr that has the words, and nothing on stdout.
inline void check_failed(const run_result& r, int code, const std::string& words = "") {
    BOOST_TEST(r.exit_code == code);
    BOOST_TEST(r.out == "");
    BOOST_TEST(is_one_line(r.err), "stderr: " << r.err);
    BOOST_TEST(r.err.find(words) != std::string::npos,
               "stderr: " << r.err << "does not say: " << words);
}

inline std::string content_of(const std::filesystem::path& file) {
    std::ostringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    return text.str();
}

inline void write_file(const std::filesystem::path& file, const std::string& content) {
    std::ofstream(file, std::ios::binary) << content;
}

// All that a directory holds: names, modes and bytes. The two lock files count by their names
// alone: who holds them writes itself down in them.
inline std::map<std::string, std::string> snapshot_of(const std::filesystem::path& dir) {
    std::map<std::string, std::string> all;
    if (!std::filesystem::exists(dir)) {
        return all;
    }
    all["."] = "directory";
    for (const auto& entry : std::filesystem::recursive_directory_iterator(dir)) {
        const std::string name = std::filesystem::relative(entry.path(), dir).string();
        const bool is_lock = name == "lock" || name == "ledger/lock.mdb";
        std::string& known = all[name];
        known = std::to_string(static_cast<unsigned>(entry.status().permissions())) + ' ';
        known += entry.is_regular_file() && !is_lock ? content_of(entry.path()) : "";
    }
    return all;
}

inline void check_unchanged(const std::map<std::string, std::string>& before,
                            const std::filesystem::path& dir) {
    const auto after = snapshot_of(dir);
    for (const auto& [name, content] : before) {
        const auto found = after.find(name);
        BOOST_TEST((found != after.end()), name << " is gone");
        BOOST_TEST((found == after.end() || found->second == content), name << " has changed");
    }
    for (const auto& [name, content] : after) {
        BOOST_TEST(before.contains(name), name << " is new");
    }
}

}  // namespace doseline::test

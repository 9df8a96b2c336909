#pragma once

#include "tests/support/https_client.hpp"
#include "tests/support/program.hpp"
#include "tests/support/temporary_directory.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace doseline::test {

// A small demo season, served by the program until the object goes.
class served_demo {
public:
    explicit served_demo(const std::string& binary = doseline_binary());
    // With more arguments, and with a limit of descriptors unless that is 0.
    struct serving {
        std::vector<std::string> more;
        std::size_t descriptors = 0;
    };
    explicit served_demo(const serving& how, const std::string& binary = doseline_binary());

    https_client clinic_client(const https_client::options& o = {}) const;
    https_client admin_client() const;
    response as_operator(std::string_view method, std::string_view target,
                         std::string_view body = {}) const;

    // A figure of /metrics by its name and labels, as written there. Throws when there is none.
    double metric(std::string_view name) const;
    // Asks until the figure has that value; false when it has not after ten seconds.
    bool metric_becomes(std::string_view name, double value) const;

    // A check of a synthetic person by the first clinic: its answer waits for a commit.
    std::string check_request() const;

    const std::filesystem::path& directory() const noexcept { return demo_; }
    server_process& process() noexcept { return process_; }
    const server_process& process() const noexcept { return process_; }

private:
    temporary_directory place_;
    std::filesystem::path demo_;
    server_process process_;
    std::string operator_;
    std::string clinic_;
};

}  // namespace doseline::test

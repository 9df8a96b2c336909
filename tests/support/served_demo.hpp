#pragma once

#include "tests/support/https_client.hpp"
#include "tests/support/program.hpp"
#include "tests/support/temporary_directory.hpp"

#include <string>

namespace doseline::test {

// A small demo season, served by the program until the object goes.
class served_demo {
public:
    explicit served_demo(const std::string& binary = doseline_binary());

    https_client clinic_client(const https_client::options& o = {}) const;
    https_client admin_client() const;
    response as_operator(std::string_view method, std::string_view target,
                         std::string_view body = {}) const;
    // Sum over the labels of a figure of /metrics. Throws when there is none.
    double metric(const std::string& name) const;
    // Waits until the figure has that value; false after ten seconds.
    bool metric_becomes(const std::string& name, double value) const;
    // A check of a synthetic person by the first clinic: a request that waits for the committer.
    std::string check_request() const;

    server_process& process() noexcept { return process_; }
    const server_process& process() const noexcept { return process_; }
    std::filesystem::path authority() const { return demo_.dir.path() / "ca.pem"; }

private:
    struct made_demo {
        made_demo();
        temporary_directory dir;
    };
    made_demo demo_;
    server_process process_;
    std::string operator_;
    std::string clinic_;
};

}  // namespace doseline::test

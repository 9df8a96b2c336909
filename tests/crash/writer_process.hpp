#pragma once

#include "core/event.hpp"

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace doseline::test {

// What a clinic was told of a registration, a change of one or a movement, or would be told again.
struct receipt {
    core::sequence seq = 0;
    core::flag_set flags = 0;  // of a registration or its correction, as its claim
    unsigned claim = 0;
    std::int32_t on_hand = 0;  // of a movement, as the next two
    std::int32_t in_transit = 0;
    std::int32_t suspense = 0;
    std::int32_t remaining = 0;
    std::int64_t recorded_at_ms = 0;

    friend bool operator==(const receipt&, const receipt&) = default;
};
std::string text_of(const receipt& r);

// An answer that the writer told us of.
struct acknowledgement {
    std::uint32_t n = 0;              // of the plan
    std::optional<receipt> recorded;  // of all but a check
    bool declined = false;            // more than there is, or not payable: looked at, not recorded
    bool refused = false;             // neither recorded nor looked at
};

// A run of doseline-test-writer. What it acknowledged is here, in another process, before it sends
// the next.
class writer_process {
public:
    struct options {
        std::uint64_t seed = 0;
        std::size_t window = 32;
        unsigned anchor_ms = 3;
    };
    writer_process(const std::filesystem::path& dir, const options& o,
                   const std::vector<std::uint32_t>& numbers);
    ~writer_process();  // kills it when it still runs
    writer_process(const writer_process&) = delete;
    writer_process& operator=(const writer_process&) = delete;

    // Until so many answers have come or it has ended.
    void read_until(std::size_t answers);
    void kill() const;
    // To its end: the exit code, 128 + signal when a signal ended it.
    int wait();

    const std::vector<acknowledgement>& acknowledged() const noexcept { return acknowledged_; }
    std::string said() const;  // on stderr

private:
    bool read_some();  // false at the end
    void take_lines();

    pid_t pid_ = -1;
    int out_ = -1;
    int err_ = -1;
    std::string unread_;
    std::vector<acknowledgement> acknowledged_;
};

// Nothing but last words, one a line.
bool says_why_it_ended(const std::string& said);

}  // namespace doseline::test

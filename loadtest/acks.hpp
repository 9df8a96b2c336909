#pragma once

#include "loadtest/request.hpp"

#include <boost/json/object.hpp>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

// The load tester's own record of what the server acknowledged: the truth that the ledger is held
// against. One line a registration:
//   clinic index,clinic code,idempotency key,person,id,receipt,seq[,occurred at]
namespace doseline::loadtest {

// What a server says of a registration.
struct acknowledgement {
    std::string id;
    std::string receipt;
    std::uint64_t seq = 0;

    bool operator==(const acknowledgement&) const = default;
};

// From the body of a 200 or 201. Nothing when it does not have the contract's form.
std::optional<acknowledgement> read_acknowledgement(std::string_view body);
std::optional<acknowledgement> read_acknowledgement(const boost::json::object& told);

struct ack_line {
    std::uint32_t clinic = 0;  // index in the clinics file
    std::string clinic_code;
    std::string key;
    std::uint64_t person = 0;
    acknowledgement given;
    std::string occurred_at{};  // RFC 3339, what was sent; empty: none was

    bool operator==(const ack_line&) const = default;
};

std::string format_ack_line(const ack_line& line);  // with its line feed
std::optional<ack_line> parse_ack_line(std::string_view line);

// Appends to an acks file, line by line, each with one write: a line that append() has answered
// for survives the end of this process, though not of the machine.
//
// Thread safety: append() by any thread.
class ack_writer {
public:
    // Created with mode 0600 when it is not there. Throws std::runtime_error with one line.
    explicit ack_writer(const std::filesystem::path& file);
    ~ack_writer();
    ack_writer(const ack_writer&) = delete;
    ack_writer& operator=(const ack_writer&) = delete;

    // False when the line could not be written whole: it must not be counted.
    [[nodiscard]] bool append(const ack_line& line) noexcept;

private:
    int descriptor_ = -1;
    std::atomic<std::size_t> unwritten_{0};  // bytes since the disk was last told to begin
};

// Reads an acks file once, to its end, for any number of threads.
//
// Thread safety: any thread.
class ack_reader {
public:
    // Begins at this byte, which must begin a line. Throws std::runtime_error with one line when
    // the file cannot be read.
    explicit ack_reader(const std::filesystem::path& file, std::uintmax_t from = 0);

    // Nothing: the file has ended. What follows the last line feed is left out: a line that was
    // being written when its process died was never counted. Lines that are not of an acks file
    // are counted and passed over.
    std::optional<ack_line> next();

    std::uint64_t unreadable() const noexcept {
        // relaxed: read for the report, after the threads have been joined.
        return unreadable_.load(std::memory_order_relaxed);
    }

private:
    std::mutex mutex_;
    std::ifstream file_;
    std::atomic<std::uint64_t> unreadable_{0};
};

}  // namespace doseline::loadtest

#pragma once

#include "tests/loadtest/tiny_server.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace doseline::test {

// What a server may do wrong without saying so.
enum class lie : std::uint8_t {
    none,
    forgets,        // acknowledges one registration and does not keep it
    answers_twice,  // sends one answer a second time behind itself
    records_twice,  // counts one registration as two doses
    changes,        // gives one receipt another number when asked again
    drifts,         // takes one dose too few out of the stock
    admits_drift,   // says so in its proof, and in nothing else
    delays,         // lets every hundredth answer wait for 200 ms
    stalls,         // answers nobody for 2 s, once
};

// A server in memory that does what the load tester looks at, on one listener for clinics and
// operators, and tells one lie.
class faulty_server {
public:
    explicit faulty_server(lie told)
        : told_(told), server_([this](std::string_view request) { return answer(request); }) {}

    const tiny_server& listener() const noexcept { return server_; }

private:
    // Registrations that are lied about, so that every short run meets one.
    static constexpr std::uint64_t chosen = 20;

    struct dose {
        std::uint64_t seq = 0;
    };

    std::string answer(std::string_view request) {
        if (told_ == lie::delays && is_hundredth()) {
            std::this_thread::sleep_for(std::chrono::milliseconds{200});
        }
        const std::lock_guard lock(mutex_);
        if (request.starts_with("GET /v1/totals")) {
            return http_answer("200 OK", R"({"seq":)" + std::to_string(1 + seq_) + R"(,"doses":)" +
                                             std::to_string(doses_) + R"(,"remaining":)" +
                                             std::to_string(remaining_) + "}");
        }
        if (request.starts_with("GET /admin/v1/proof")) {
            return http_answer("200 OK",
                               told_ == lie::admits_drift ? R"({"drift":1})" : R"({"drift":0})");
        }
        if (request.starts_with("POST /v1/checks")) {
            return http_answer("200 OK", R"({"decision":"ELIGIBLE"})");
        }
        if (request.starts_with("POST /v1/registrations")) {
            return register_dose(request);
        }
        return http_answer("404 Not Found", R"({"code":"NOT_FOUND"})");
    }

    bool is_hundredth() {
        const std::lock_guard lock(mutex_);
        return ++answers_ % 100 == 0;
    }

    std::string register_dose(std::string_view request) {
        const std::string_view field = "Idempotency-Key: ";
        const std::string key(request.substr(request.find(field) + field.size(), 36));
        if (const auto known = recorded_.find(key); known != recorded_.end()) {
            return receipt("200 OK", known->second.seq, "Replayed: true\r\n",
                           told_ == lie::changes && known->second.seq == chosen);
        }
        const std::uint64_t seq = ++seq_;
        const bool now = seq == chosen;
        if (!(now && told_ == lie::forgets)) {
            recorded_[key] = {seq};
            doses_ += now && told_ == lie::records_twice ? 2 : 1;
            remaining_ -= now && told_ == lie::records_twice ? 2 : 1;
        }
        remaining_ += now && told_ == lie::drifts ? 1 : 0;
        if (now && told_ == lie::stalls) {
            std::this_thread::sleep_for(std::chrono::seconds{2});  // with the lock: for everybody
        }
        const std::string once = receipt("201 Created", seq, "", false);
        return now && told_ == lie::answers_twice ? once + once : once;
    }

    static std::string receipt(std::string_view status, std::uint64_t seq, std::string_view fields,
                               bool another) {
        const std::string n = std::to_string(seq);
        return http_answer(status,
                           R"({"id":"r)" + n + R"(","receipt":"R-)" + n + (another ? "x" : "") +
                               R"(","seq":)" + n + "}",
                           fields);
    }

    const lie told_;
    std::mutex mutex_;
    std::map<std::string, dose> recorded_;  // by key
    std::uint64_t seq_ = 0;
    std::int64_t doses_ = 0;
    std::int64_t remaining_ = 1'000'000;
    std::uint64_t answers_ = 0;
    tiny_server server_;  // last: its threads end before what they use
};

}  // namespace doseline::test

#pragma once

#include "tests/loadtest/stock_shelf.hpp"
#include "tests/loadtest/tiny_server.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
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
    forgets,                // acknowledges one registration and does not keep it
    answers_twice,          // sends one answer a second time behind itself
    records_twice,          // counts one registration as two doses
    changes,                // gives one receipt another number when asked again
    drifts,                 // takes one dose too few out of the stock
    admits_drift,           // says so in its proof, and in nothing else
    delays,                 // lets every hundredth answer wait for 200 ms
    stalls,                 // answers nobody for 2 s, once
    tires,                  // lets every registration wait for half a second, from some time on
    never_below_zero,       // says that none is left when fewer than none are
    keeps_connections,      // of those who have gone
    refuses_without_stock,  // records no shot for which there is no stock
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
    static constexpr std::uint64_t tired_after = 56;

    struct dose {
        std::uint64_t seq = 0;
    };

    std::string answer(std::string_view request) {
        if (told_ == lie::delays && is_hundredth()) {
            std::this_thread::sleep_for(std::chrono::milliseconds{200});
        }
        if (told_ == lie::tires && request.starts_with("POST /v1/registrations ") &&
            is_late(request)) {
            std::this_thread::sleep_for(std::chrono::milliseconds{500});
        }
        const std::lock_guard lock(mutex_);
        if (request.starts_with("GET /v1/totals")) {
            return tell_totals(request);
        }
        if (request.starts_with("GET /admin/v1/proof")) {
            return http_answer("200 OK",
                               told_ == lie::admits_drift ? R"({"drift":1})" : R"({"drift":0})");
        }
        if (request.starts_with("GET /admin/v1/status")) {
            const bool has_kept_some = told_ == lie::keeps_connections && seq_ > 0;
            return http_answer("200 OK",
                               has_kept_some ? R"({"connections":3})" : R"({"connections":0})");
        }
        if (request.starts_with("GET /v1/stock")) {
            return http_answer("200 OK", shelf_.tell(token_of(request)));
        }
        if (request.starts_with("POST /v1/stock/movements")) {
            return move_stock(request);
        }
        if (request.starts_with("POST /v1/checks")) {
            return http_answer("200 OK", R"({"decision":"ELIGIBLE"})");
        }
        if (request.starts_with("POST /v1/registrations/batch")) {
            return register_rows(request);
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

    bool is_late(std::string_view request) {
        const std::lock_guard lock(mutex_);
        return !recorded_.contains(text_behind("Idempotency-Key: ", request, "\r\n")) &&
               ++registrations_ > tired_after;
    }

    static std::string text_behind(std::string_view name, std::string_view request,
                                   std::string_view end) {
        const std::size_t begin = request.find(name) + name.size();
        return std::string(request.substr(begin, request.find(end, begin) - begin));
    }
    static std::string token_of(std::string_view request) {
        return text_behind("Authorization: Bearer ", request, "\r\n");
    }

    std::string tell_totals(std::string_view request) {
        const bool own = request.starts_with("GET /v1/totals?scope=clinic");
        std::int64_t doses = 0;
        for (const auto& [token, of_one] : doses_) {
            doses += !own || token == token_of(request) ? of_one : 0;
        }
        const std::int64_t remaining =
            own ? shelf_.remaining(token_of(request)) : shelf_.remaining_in_all();
        return http_answer("200 OK", R"({"seq":)" + std::to_string(1 + seq_) + R"(,"doses":)" +
                                         std::to_string(doses) + R"(,"remaining":)" +
                                         std::to_string(remaining) + "}");
    }

    // Clinics 9000000N have the tokens token-a and so on.
    std::string move_stock(std::string_view request) {
        const auto asked = boost::json::parse(request.substr(request.find("\r\n\r\n") + 4));
        const boost::json::value* to = asked.as_object().if_contains("to");
        std::string other = "token-";
        if (to != nullptr) {
            other += static_cast<char>('a' + (to->as_string().back() - '1'));
        }
        return http_answer("201 Created", shelf_.move(token_of(request), asked, other));
    }

    std::string register_dose(std::string_view request) {
        if (told_ == lie::refuses_without_stock && shelf_.remaining(token_of(request)) <= 0) {
            return http_answer("409 Conflict", R"({"code":"NO_STOCK"})");
        }
        const auto [fresh, seq, body] =
            record(text_behind("Idempotency-Key: ", request, "\r\n"), token_of(request));
        if (!fresh) {
            return http_answer("200 OK", body, "Replayed: true\r\n");
        }
        const std::string once = http_answer("201 Created", body);
        return seq == chosen && told_ == lie::answers_twice ? once + once : once;
    }

    std::string register_rows(std::string_view request) {
        const auto asked = boost::json::parse(request.substr(request.find("\r\n\r\n") + 4));
        std::string results;
        for (const boost::json::value& row : asked.at("rows").as_array()) {
            const entry t = record(std::string(row.at("key").as_string()), token_of(request));
            results.append(results.empty() ? "" : ",").append(R"({"status":)");
            results.append(t.fresh ? "201" : "200").append(R"(,"registration":)");
            results.append(t.body).append("}");
        }
        return http_answer("200 OK", R"({"results":[)" + results + "]}");
    }

    struct entry {
        bool fresh;
        std::uint64_t seq;
        std::string body;
    };

    entry record(const std::string& key, const std::string& token) {
        if (const auto known = recorded_.find(key); known != recorded_.end()) {
            const std::uint64_t seq = known->second.seq;
            return {false, seq, receipt(seq, told_ == lie::changes && seq == chosen)};
        }
        const std::uint64_t seq = ++seq_;
        const bool now = seq == chosen;
        bool on_hand = false;
        if (!(now && told_ == lie::forgets)) {
            recorded_[key] = {seq};
            const std::int64_t doses = now && told_ == lie::records_twice ? 2 : 1;
            doses_[token] += doses;
            on_hand = shelf_.take(token, now && told_ == lie::drifts ? 0 : doses);
        }
        if (now && told_ == lie::stalls) {
            std::this_thread::sleep_for(std::chrono::seconds{2});  // with the lock: for everybody
        }
        return {true, seq, receipt(seq, false, told_of_stock(token, on_hand))};
    }

    std::string told_of_stock(const std::string& token, bool on_hand) {
        const std::int64_t left = shelf_.remaining(token);
        return std::string(R"(,"flags":[)") + (on_hand ? "" : R"("STOCK_NEGATIVE")") +
               R"(],"remaining":)" +
               std::to_string(told_ == lie::never_below_zero ? std::max<std::int64_t>(0, left)
                                                             : left);
    }

    static std::string receipt(std::uint64_t seq, bool another, const std::string& more = "") {
        const std::string n = std::to_string(seq);
        return R"({"id":"r)" + n + R"(","receipt":"R-)" + n + (another ? "x" : "") + R"(","seq":)" +
               n + more + "}";
    }

    const lie told_;
    std::mutex mutex_;
    std::map<std::string, dose> recorded_;  // by key
    std::uint64_t seq_ = 0;
    std::map<std::string, std::int64_t> doses_;  // by token
    stock_shelf shelf_;
    std::uint64_t answers_ = 0;
    std::uint64_t registrations_ = 0;  // asked for
    tiny_server server_;               // last: its threads end before what they use
};

}  // namespace doseline::test

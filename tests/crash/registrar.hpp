#pragma once

#include "tests/support/clinic_desk.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace doseline::test {

// A registration or a movement as a clinic's PC remembers it: the key before it is sent, the answer
// as soon as it is there.
struct attempt {
    std::size_t clinic = 0;
    std::string key;
    std::string body;
    std::optional<std::string> answer;
    bool moves = false;

    response send(clinic_desk& desk) const {
        return desk.post(moves ? "/v1/stock/movements" : "/v1/registrations", body,
                         {{"Idempotency-Key", key}});
    }
};

// What one clinic is about to register, one after another. Every tenth is the second shot of a
// person of before, every seventh comes from a lot that nobody knows.
inline std::vector<attempt> planned(std::size_t clinic, unsigned first_person, unsigned count) {
    std::vector<attempt> all;
    for (unsigned n = 0; n < count; ++n) {
        boost::json::object more{{"name", "김누리"}};
        if (n % 7 == 6) {
            more["lot"] = "LOT-" + std::to_string(n % 3);
        }
        const unsigned person = first_person + (n % 10 == 9 ? n / 2 : n);
        all.push_back({clinic, new_key(), person_body(synthetic_person(person), more), {}, false});
    }
    return all;
}

// The same with a delivery or a count, which are always taken, in the place of every eighth.
inline std::vector<attempt> planned_with_movements(std::size_t clinic, unsigned first_person,
                                                   unsigned count) {
    std::vector<attempt> all = planned(clinic, first_person, count);
    for (unsigned n = 5; n < count; n += 8) {
        all[n].moves = true;
        all[n].body = n % 16 == 5
                          ? R"({"type":"confirm","lot":"DEMO-A","quantity":3})"
                          : R"({"type":"count","lot":"DEMO-A","quantity":40,"reason":"MISCOUNT"})";
    }
    return all;
}

// Sends a plan on one connection of its own until the server is gone or the plan is done.
//
// Thread safety: run() by one thread; sent() and plan() after that thread has ended.
class registrar {
public:
    // acknowledged counts answers over all registrars, each after it was noted; after a refusal it
    // is more than anyone waits for. rows_at_once > 1: registrations that stand together in the
    // plan go as batches of at most so many.
    registrar(clinic_desk desk, std::vector<attempt> plan, std::atomic<unsigned>& acknowledged,
              std::size_t rows_at_once = 1)
        : desk_(std::make_unique<clinic_desk>(std::move(desk))), plan_(std::move(plan)),
          acknowledged_(acknowledged), rows_at_once_(rows_at_once) {}

    void run() noexcept try {
        while (sent_ < plan_.size() && refused_.empty()) {
            const std::span<attempt> rows = next();
            sent_ += rows.size();
            rows.size() == 1 ? send_one(rows.front()) : send_batch(rows);
            acknowledged_ += static_cast<unsigned>(rows.size());
            if (!refused_.empty()) {
                acknowledged_ = nobody_waits_longer;
            }
            acknowledged_.notify_all();
        }
    } catch (const std::exception&) {
        // The server is gone; what has no answer may or may not have been recorded.
    }

    std::size_t sent() const noexcept { return sent_; }
    const std::vector<attempt>& plan() const noexcept { return plan_; }
    const std::string& refused() const noexcept { return refused_; }  // empty: nothing was

private:
    static constexpr unsigned nobody_waits_longer = 1'000'000;

    std::span<attempt> next() {
        std::size_t end = sent_ + 1;
        while (end < plan_.size() && end - sent_ < rows_at_once_ && !plan_[sent_].moves &&
               !plan_[end].moves) {
            ++end;
        }
        return std::span(plan_).subspan(sent_, end - sent_);
    }

    // A machine that stands still looks like one with too much to do. Who is told to wait sends the
    // same again: the server does not read him sooner than it can bear.
    template <class Send>
    static response until_taken(Send&& send) {
        constexpr int tries_max = 20;
        response r = send();
        for (int tries = 1;
             tries < tries_max && r.status == 503 && r.body.find("\"WAIT\"") != std::string::npos;
             ++tries) {
            r = send();
        }
        return r;
    }

    void send_one(attempt& a) {
        response r = until_taken([&] { return a.send(*desk_); });
        if (is_recorded(r.status)) {
            a.answer = std::move(r.body);
        } else {
            refused_ = r.head + r.body;
        }
    }

    void send_batch(std::span<attempt> rows) {
        boost::json::array all;
        for (const attempt& a : rows) {
            boost::json::object row = boost::json::parse(a.body).as_object();
            row["key"] = a.key;
            all.emplace_back(std::move(row));
        }
        const std::string rows_text = boost::json::serialize(boost::json::object{{"rows", all}});
        const response r =
            until_taken([&] { return desk_->post("/v1/registrations/batch", rows_text); });
        if (r.status != 200) {
            refused_ = r.head + r.body;
            return;
        }
        const boost::json::object told = parsed(r);
        const boost::json::array& results = told.at("results").as_array();
        for (std::size_t n = 0; n < rows.size(); ++n) {
            const boost::json::object& one = results.at(n).as_object();
            if (!is_recorded(static_cast<unsigned>(number_of(one, "status")))) {
                refused_ = r.body;
                return;
            }
            rows[n].answer = boost::json::serialize(one.at("registration"));
        }
    }

    static bool is_recorded(unsigned status) noexcept { return status == 200 || status == 201; }

    std::unique_ptr<clinic_desk> desk_;
    std::vector<attempt> plan_;
    std::atomic<unsigned>& acknowledged_;
    const std::size_t rows_at_once_;
    std::size_t sent_ = 0;
    std::string refused_;
};

}  // namespace doseline::test

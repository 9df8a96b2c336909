// The program itself, and three operator's calls that no product has: they damage what is served,
// so that tests can show that the proof names it, and they hold up commits.
#include "net/cli/command_line.hpp"
#include "net/json_fields.hpp"
#include "net/problem.hpp"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>

namespace doseline::core {

struct registry_poison {
    static void lose_a_dose_of_stock(registry& r) {
        r.clinics_.front().accounts.front().on_hand -= 1;
    }
    static void forget_a_dose_of_a_person(registry& r) {
        const_cast<person_record&>(r.persons_.records_[0]).doses -= 1;
    }
};

struct totals_poison {
    static void count_a_dose_twice(dose_totals& t) {
        t.counters_.add(0, dose_totals::programme_cells);
    }
};

}  // namespace doseline::core

namespace doseline::net {

namespace {

// Handlers are plain functions; the one server of this process is what they reach for.
std::optional<test_access>& server() {
    static std::optional<test_access> access;
    return access;
}

answer done() {
    reply r;
    r.body = "{}";
    return r;
}

answer refuse(const admin_call& c) { return problem(core::errc::bad_field, c.lang); }

// {"what": "account" | "person" | "shard"}
answer poison(admin_call& c) {
    json_fields fields(c.req.body);
    const std::string what(fields.required_text("what", 16).value_or(""));
    if (fields.finish()) {
        return refuse(c);
    }
    if (what == "shard") {
        core::totals_poison::count_a_dose_twice(server()->totals);
    } else {
        server()->committer.call([what](core::registry& r, core::sequence) {
            what == "account" ? core::registry_poison::lose_a_dose_of_stock(r)
                              : core::registry_poison::forget_a_dose_of_a_person(r);
        });
    }
    return done();
}

// {"milliseconds": N, "until": FILE?}: the next commit takes that long, and ends before when there
// is a file of that name.
answer stall(admin_call& c) {
    json_fields fields(c.req.body);
    const double wanted = fields.number("milliseconds").value_or(-1);
    const std::string until(fields.text("until", 1'000).value_or(""));
    if (fields.finish() || wanted < 0 || wanted > 60'000) {
        return refuse(c);
    }
    const std::chrono::milliseconds pause{static_cast<int>(wanted)};
    server()->committer.call([pause, until](core::registry&, core::sequence) {
        const auto began = std::chrono::steady_clock::now();
        server()->published.commit_begins(began);
        // Stands for a slow disk.
        while (std::chrono::steady_clock::now() - began < pause &&
               (until.empty() || !std::filesystem::exists(until))) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        server()->published.commit_ends();
    });
    return done();
}

std::vector<admin_route> routes_of_tests(const test_access& access) {
    server().emplace(access);
    const auto call = [](std::string_view path, answer (*handle)(admin_call&)) {
        return admin_route{http::verb::post,
                           path,
                           work_class::page,
                           role::operator_,
                           body_kind::json,
                           core::limits::body_bytes_max,
                           handle};
    };
    return {call("/admin/v1/test/poison", poison), call("/admin/v1/test/stall", stall)};
}

}  // namespace

}  // namespace doseline::net

int main(int argc, char** argv) {
    return doseline::net::cli::run(argc, argv, doseline::net::routes_of_tests);
}

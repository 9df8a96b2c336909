// The program itself, and three operator's calls that no product has: they damage what is served,
// so that tests can show that the proof names it, and they hold up commits.
#include "net/cli/command_line.hpp"
#include "net/json_fields.hpp"
#include "net/problem.hpp"

#include <algorithm>
#include <array>
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
    static void count_a_dose_of_a_clinic_twice(registry& r) { r.clinics_.front().doses += 1; }
    static void move_a_dose_to_another_hour(registry& r) {
        auto& hours = r.clinics_.front().by_hour;
        const auto full = std::ranges::max_element(hours);
        *full -= 1;
        (full == hours.begin() ? hours.back() : hours.front()) += 1;
    }
    static void forget_an_event_of_a_clinic(registry& r) { r.clinics_.back().last_event -= 1; }
    static void forget_a_dose_of_a_person(registry& r) {
        const_cast<person_record&>(r.persons_.records_[0]).doses -= 1;
    }
    static void know_a_person_too_many(registry& r) { r.persons_.at({std::byte{1}}, 0); }
    static void lose_a_dose_of_a_region(registry& r) { r.remaining_by_region_[0] -= 1; }
    static void waste_a_dose_of_a_lot(registry& r) {
        r.lots_.back().nation.post({place::on_hand, place::wasted, 1});
    }
    static void show_a_dose_less(published& to, registry& r) {
        const auto n = static_cast<clinic_number>(r.clinics_.size() - 1);
        std::vector<stock_row> rows;
        const sequence seq = to.read_stock(n, rows);
        rows.front().on_hand -= 1;
        to.publish_stock(n, rows, seq);
    }
    static void show_a_dose_more(published& to, registry& r) {
        const auto n = static_cast<clinic_number>(r.clinics_.size() - 1);
        clinic_tally tally;
        const sequence seq = to.read_tally(n, tally);
        tally.doses += 1;
        to.publish_tally(n, tally, seq);
    }
};

struct totals_poison {
    static void count_a_dose_twice(dose_totals& t) {
        t.counters_.add(0, dose_totals::programme_cells);
    }
    static void count_a_dose_of_no_programme(dose_totals& t) {
        t.counters_.add(0, dose_totals::dose_cell(limits::programmes_max - 1));
    }
    // In a shard whose hours are of the newest day.
    static void count_an_hour_twice(dose_totals& t) {
        std::size_t newest = 0;
        for (std::size_t n = 1; n < t.counters_.shards(); ++n) {
            const auto day_of = [&](std::size_t shard) {
                return t.counters_.get(shard, dose_totals::day_cell);
            };
            newest = day_of(n) > day_of(newest) ? n : newest;
        }
        t.counters_.add(newest, 0);
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

// What is damaged, by the first word of what the proof is to find, and how.
struct poison_kind {
    std::string_view what;
    void (*damage)(core::registry& r, core::published& shown, core::dose_totals& totals);
};

constexpr std::array<poison_kind, 13> poisons{{
    {"account", [](auto& r, auto&, auto&) { core::registry_poison::lose_a_dose_of_stock(r); }},
    {"account_shown",
     [](auto& r, auto& shown, auto&) { core::registry_poison::show_a_dose_less(shown, r); }},
    {"tally",
     [](auto& r, auto&, auto&) { core::registry_poison::count_a_dose_of_a_clinic_twice(r); }},
    {"tally_hour",
     [](auto& r, auto&, auto&) { core::registry_poison::move_a_dose_to_another_hour(r); }},
    {"tally_shown",
     [](auto& r, auto& shown, auto&) { core::registry_poison::show_a_dose_more(shown, r); }},
    {"clinic",
     [](auto& r, auto&, auto&) { core::registry_poison::forget_an_event_of_a_clinic(r); }},
    {"person", [](auto& r, auto&, auto&) { core::registry_poison::forget_a_dose_of_a_person(r); }},
    {"person_more",
     [](auto& r, auto&, auto&) { core::registry_poison::know_a_person_too_many(r); }},
    {"region", [](auto& r, auto&, auto&) { core::registry_poison::lose_a_dose_of_a_region(r); }},
    {"lot", [](auto& r, auto&, auto&) { core::registry_poison::waste_a_dose_of_a_lot(r); }},
    {"shard", [](auto&, auto&, auto& t) { core::totals_poison::count_a_dose_twice(t); }},
    {"shard_hour", [](auto&, auto&, auto& t) { core::totals_poison::count_an_hour_twice(t); }},
    {"shard_sum",
     [](auto&, auto&, auto& t) { core::totals_poison::count_a_dose_of_no_programme(t); }},
}};

// {"what": one of the poisons}
answer poison(admin_call& c) {
    json_fields fields(c.req.body);
    const std::string what(fields.required_text("what", 16).value_or(""));
    const auto kind = std::ranges::find(poisons, what, &poison_kind::what);
    if (fields.finish() || kind == poisons.end()) {
        return refuse(c);
    }
    server()->committer.call([kind](core::registry& r, core::sequence) {
        kind->damage(r, server()->published, server()->totals);
    });
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

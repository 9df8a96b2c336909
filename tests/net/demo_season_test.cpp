#include "net/demo_season.hpp"

#include "core/eligibility.hpp"
#include "core/registry.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

BOOST_AUTO_TEST_SUITE(demo_season)

using namespace doseline;
using core::decision;
using core::facility_kind;

namespace {

constexpr core::civil_day today = std::chrono::year(2016) / 10 / 4;
constexpr std::chrono::days one_day{1};

template <class Command>
std::vector<Command> only(const std::vector<core::command>& commands) {
    std::vector<Command> found;
    for (const core::command& c : commands) {
        if (const auto* one = std::get_if<Command>(&c)) {
            found.push_back(*one);
        }
    }
    return found;
}

// The season as a registry takes it. Requires that nothing is refused.
struct season {
    explicit season(const net::demo_options& options) : commands(net::demo_season(options)) {
        core::sequence seq = 0;
        core::decided decided;
        for (const core::command& c : commands) {
            decided.clear();
            const auto outcome = registry->decide(c, {today, 0}, seq + 1, decided);
            BOOST_REQUIRE(!std::holds_alternative<core::refusal>(outcome));
            for (const core::event& e : decided.events) {
                registry->apply(e, ++seq);
            }
        }
    }

    const core::programme& programme(std::string_view code) const {
        const auto& all = registry->programmes();
        const auto it =
            std::find_if(all.begin(), all.end(), [&](const auto& p) { return p->code == code; });
        BOOST_REQUIRE((it != all.end()));
        return **it;
    }

    // What a clinic is told of somebody born on that day who never had a dose.
    core::eligibility ask(std::string_view code, int birth_year, unsigned month, unsigned birth_day,
                          std::string_view exception = {},
                          facility_kind at = facility_kind::clinic) const {
        const core::programme& p = programme(code);
        const core::exception_kind* excepted = core::find_exception(p, exception);
        BOOST_REQUIRE((excepted != nullptr || exception.empty()));
        return core::evaluate(p, std::chrono::year(birth_year) / month / birth_day, today, at,
                              excepted, {});
    }

    std::vector<core::command> commands;
    std::unique_ptr<core::registry> registry = std::make_unique<core::registry>();
};

net::demo_options small() { return {.clinics = 60, .doses_per_clinic = 100, .today = today}; }

// Everything that a command of the season holds, as text.
std::string text_of(const core::command& c) {
    std::string text = std::to_string(c.index());
    const auto add = [&](auto value) {
        if constexpr (std::is_arithmetic_v<decltype(value)>) {
            text += ' ' + std::to_string(value);
        } else {
            text.append(" ").append(value);
        }
    };
    if (const auto* clinic = std::get_if<core::register_clinic>(&c)) {
        add(clinic->code);
        add(clinic->region);
        add(static_cast<int>(clinic->kind));
        add(clinic->name);
        add(core::format_day(clinic->contract_from));
        add(core::format_day(clinic->contract_to));
    } else if (const auto* lot = std::get_if<core::register_lot>(&c)) {
        add(lot->lot.view());
        add(core::format_day(lot->expires));
    } else if (const auto* shipment = std::get_if<core::ship_doses>(&c)) {
        add(shipment->clinic_code);
        add(shipment->lot.view());
        add(shipment->quantity);
    }
    return text;
}

std::vector<std::string> texts_of(const net::demo_options& options) {
    std::vector<std::string> texts;
    for (const core::command& c : net::demo_season(options)) {
        texts.push_back(text_of(c));
    }
    return texts;
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_decision_that_the_contract_promises_occurs) {
    const season s(small());
    const auto decide = [&](int year, unsigned month, unsigned day, std::string_view exception) {
        return s.ask("demo", year, month, day, exception).decision;
    };
    BOOST_TEST((decide(1800, 1, 1, "") == decision::eligible));
    BOOST_TEST((decide(1869, 12, 31, "") == decision::eligible));
    BOOST_TEST((decide(1870, 1, 1, "") == decision::not_yet));
    BOOST_TEST((decide(1879, 12, 31, "") == decision::not_yet));
    BOOST_TEST((decide(1880, 1, 1, "") == decision::not_eligible_age));
    BOOST_TEST((decide(1889, 12, 31, "") == decision::not_eligible_age));
    BOOST_TEST((decide(1890, 1, 1, "") == decision::not_eligible_age));
    BOOST_TEST((decide(1899, 12, 31, "") == decision::not_eligible_age));
    BOOST_TEST((decide(1950, 1, 1, "") == decision::not_eligible_age));

    const auto& exceptions = s.programme("demo").exceptions;
    BOOST_REQUIRE(!exceptions.empty());
    for (const core::exception_kind& e : exceptions) {
        BOOST_TEST_CONTEXT(e.code) {
            BOOST_TEST((decide(1879, 12, 31, e.code) == decision::eligible_exception));
            BOOST_TEST((decide(1880, 1, 1, e.code) == decision::eligible_exception));
            BOOST_TEST((decide(1889, 12, 31, e.code) == decision::eligible_exception));
            BOOST_TEST((decide(1890, 1, 1, e.code) == decision::not_eligible_age));
        }
    }
    BOOST_TEST((s.ask("demo", 1875, 1, 1).opens == today + 7 * one_day));
}

BOOST_AUTO_TEST_CASE(the_season_is_open_for_months_around_today) {
    const season s(small());
    for (const std::string_view code : {"demo", "demo-local", "demo-two-dose"}) {
        const core::programme& p = s.programme(code);
        BOOST_TEST((p.starts < today));
        BOOST_TEST((p.ends > today + 60 * one_day));
        BOOST_TEST((p.offset == core::zone_offset{540}));
        BOOST_TEST(core::defect_of(p) == "");
    }
    const auto& open = s.programme("demo").phases.at(0);
    BOOST_TEST((open.opens < today));
    BOOST_TEST((open.closes > today + 60 * one_day));
}

BOOST_AUTO_TEST_CASE(a_request_without_a_name_means_the_first_programme) {
    const season s(small());
    BOOST_TEST(s.registry->programmes().front()->code == "demo");
    for (const auto& p : s.registry->programmes()) {
        BOOST_TEST((p->code == "demo" || p->priority < s.programme("demo").priority));
    }
}

BOOST_AUTO_TEST_CASE(the_local_programme_is_closed_at_clinics_and_open_at_health_centres) {
    const season s(small());
    BOOST_TEST((s.ask("demo-local", 1850, 1, 1).decision == decision::closed_here));
    const auto at_centre = s.ask("demo-local", 1850, 1, 1, {}, facility_kind::health_centre);
    BOOST_TEST((at_centre.decision == decision::eligible));
    BOOST_TEST((at_centre.funding == core::funding::local));
}

BOOST_AUTO_TEST_CASE(the_two_dose_programme_lets_28_days_pass_between_its_doses) {
    const season s(small());
    const core::programme& p = s.programme("demo-two-dose");
    BOOST_TEST(p.schedule.doses == 2);
    const core::civil_day birth = std::chrono::year(1850) / 1 / 1;
    const auto after = [&](std::uint8_t doses, int days) {
        return core::evaluate(p, birth, today + days * one_day, facility_kind::clinic, nullptr,
                              {doses, today})
            .decision;
    };
    BOOST_TEST((after(1, 27) == decision::not_yet));
    BOOST_TEST((after(1, 28) == decision::eligible));
    BOOST_TEST((after(2, 28) == decision::already_vaccinated));
}

BOOST_AUTO_TEST_CASE(every_clinic_has_its_doses_on_hand_in_lots_that_have_not_expired) {
    for (const std::int32_t doses : {1, 2, 3, 100, 1'000'000}) {
        net::demo_options options = small();
        options.doses_per_clinic = doses;
        const season s(options);
        BOOST_TEST(s.registry->clinics().size() == 60u);
        for (core::clinic_number n = 0; n < 60; ++n) {
            BOOST_TEST(s.registry->remaining(n) == doses);
            std::int32_t on_hand = 0;
            for (const core::account& a : s.registry->clinics()[n].accounts) {
                BOOST_TEST(a.programme == 0u);
                BOOST_TEST(a.in_transit == 0);
                BOOST_TEST(a.suspense == 0);
                BOOST_TEST((s.registry->lots()[a.lot].expires > today));
                BOOST_TEST(!s.registry->lots()[a.lot].recalled);
                on_hand += a.on_hand;
            }
            BOOST_TEST(on_hand == doses);
        }
    }
}

BOOST_AUTO_TEST_CASE(lots_show_every_case_that_a_clinic_can_meet) {
    const season s(small());
    const auto find = [&](std::string_view name) {
        const auto lots = only<core::register_lot>(s.commands);
        const auto it = std::find_if(lots.begin(), lots.end(),
                                     [&](const auto& l) { return l.lot.view() == name; });
        BOOST_REQUIRE((it != lots.end()));
        return *it;
    };
    BOOST_TEST((find(net::demo_lot_first).expires < find(net::demo_lot_second).expires));
    BOOST_TEST((find(net::demo_lot_expired).expires < today));
    BOOST_TEST(!find(net::demo_lot_expired).recalled);
    BOOST_TEST(find(net::demo_lot_recalled).recalled);
    BOOST_TEST((find(net::demo_lot_recalled).expires > today));

    bool local_at_centres = false;
    for (const core::clinic_state& c : s.registry->clinics()) {
        for (const core::account& a : c.accounts) {
            const bool local = a.funding == core::funding::local;
            BOOST_TEST((!local || c.kind == facility_kind::health_centre));
            local_at_centres = local_at_centres || local;
        }
    }
    BOOST_TEST(local_at_centres);
}

BOOST_AUTO_TEST_CASE(clinics_have_codes_of_eight_digits_in_regions_of_five) {
    net::demo_options options = small();
    options.clinics = 3'000;
    const auto clinics = only<core::register_clinic>(net::demo_season(options));
    BOOST_REQUIRE(clinics.size() == 3'000u);
    std::set<std::uint32_t> codes;
    std::set<std::uint32_t> regions;
    std::set<std::uint32_t> provinces;
    for (std::size_t n = 0; n < clinics.size(); ++n) {
        const core::register_clinic& c = clinics[n];
        codes.insert(c.code);
        regions.insert(c.region);
        provinces.insert(c.region / 1'000);
        BOOST_TEST((c.code >= 10'000'000 && c.code <= 99'999'999));
        BOOST_TEST((c.region >= 10'000 && c.region <= 99'999));
        BOOST_TEST(((c.kind == facility_kind::health_centre) == (n % 20 == 19)));
        BOOST_TEST((c.contract_from <= today && today + 180 * one_day <= c.contract_to));
        BOOST_TEST((!c.name.empty() && c.name.size() <= 100));
    }
    BOOST_TEST(codes.size() == 3'000u);
    BOOST_TEST(provinces.size() == 17u);
    BOOST_TEST((regions.size() > 200 && regions.size() <= core::limits::regions_max));
}

BOOST_AUTO_TEST_CASE(the_same_options_make_the_same_season) {
    // Printed, so that a failure can be repeated.
    constexpr std::uint64_t seed = 20'161'004;
    BOOST_TEST_MESSAGE("seed " << seed);
    net::demo_options options = small();
    options.seed = seed;
    BOOST_TEST((texts_of(options) == texts_of(options)));
    net::demo_options other = options;
    other.seed = seed + 1;
    BOOST_TEST((texts_of(options) != texts_of(other)));
}

// The first clinics stay the same when there are more of them, so small and large seasons compare.
BOOST_AUTO_TEST_CASE(a_larger_season_begins_with_the_smaller_one) {
    net::demo_options options = small();
    const auto few = texts_of(options);
    options.clinics = 61;
    const auto more = texts_of(options);
    BOOST_REQUIRE(more.size() > few.size());
    BOOST_TEST(std::equal(few.begin(), few.end(), more.begin()));
}

BOOST_AUTO_TEST_CASE(a_season_is_the_same_on_every_machine) {
    const auto texts = texts_of({.clinics = 1, .doses_per_clinic = 3, .seed = 1, .today = today});
    // The clinic was computed by a program of another language.
    BOOST_REQUIRE(texts.size() == 11u);  // 3 programmes, 5 lots, a clinic, 2 shipments
    BOOST_TEST(texts[8].ends_with(" 90000001 43050 0 충북5구 참솔내과의원 2015-10-05 2018-10-04"));
    BOOST_TEST(texts[9].ends_with(" 90000001 DEMO-A 2"));
    BOOST_TEST(texts[10].ends_with(" 90000001 DEMO-B 1"));
}

BOOST_AUTO_TEST_CASE(options_out_of_their_range_are_refused) {
    const auto refuse = [](std::uint32_t clinics, std::int32_t doses) {
        BOOST_CHECK_THROW(net::demo_season({clinics, doses, 1, today}), std::invalid_argument);
    };
    refuse(0, 1);
    refuse(core::limits::clinics_max + 1, 1);
    refuse(1, 0);
    refuse(1, -1);
    refuse(1, core::limits::shipment_doses_max + 1);
    BOOST_CHECK_NO_THROW(net::demo_season({1, 1, 1, today}));
}

BOOST_AUTO_TEST_SUITE_END()

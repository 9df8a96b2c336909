#include "tests/core/desk.hpp"
#include "tests/core/model_step.hpp"
#include "tests/core/outcome_text.hpp"
#include "tests/core/simple_registry.hpp"

#include <boost/test/unit_test.hpp>

#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <vector>

using namespace doseline::core;
using namespace doseline::test;
using namespace std::chrono_literals;

namespace {

using row = std::tuple<lot_number, funding, std::int32_t, std::int32_t, std::int32_t, instant>;

std::vector<row> in_order(std::vector<row> rows) {
    std::sort(rows.begin(), rows.end());
    return rows;
}

// The registry and the simple one, side by side.
class pair_of_registries {
public:
    pair_of_registries() {
        for (unsigned n = 0; n < 3; ++n) {
            both(define_programme{std::make_shared<const programme>(season_of(n))});
        }
        for (std::uint32_t n = 0; n < 4; ++n) {
            both(register_clinic{10'000'000 + n, 11'000 + n % 3,
                                 n == 3 ? facility_kind::health_centre : facility_kind::clinic, "",
                                 date(2016, 10, n == 2 ? 5 : 1), date(2016, n == 2 ? 10 : 12, 8)});
        }
        for (const std::string_view lot : {"L1", "L2"}) {
            both(register_lot{"FLU", lot_text{lot}, product_text{"P1"},
                              date(2016, 10, lot == "L1" ? 31 : 7), false});
            for (std::uint32_t n = 0; n < 4; ++n) {
                both(ship_doses{10'000'000 + n, lot_text{lot}, product_text{}, funding::national,
                                20, n != 2});
            }
        }
    }

    void take(const step& s) {
        if (s.what == action::pass) {
            const auto time = std::chrono::minutes{(s.minutes + 4'000) / 8};
            wall_ += time;
            real.now.steady += std::chrono::milliseconds{time}.count();
        } else if (s.what ==
                   action::set_clock) {  // forward or back; the steady clock knows nothing
            wall_ += std::chrono::minutes{s.minutes / 4 + 600};
        } else {
            // As the committer: a clock that goes back is not followed.
            real.now.recorded_at = std::max(real.now.recorded_at, wall_);
            real.state.expire_holds(real.now.steady);
            // Twice the same step is twice the same command: content and all.
            const step aimed = aim(s);
            both(command_of(aimed, real.now.recorded_at), command_of(aimed, real.now.recorded_at));
        }
    }

    void compare_state() const {
        RC_ASSERT(real.seq() == simple.seq);
        RC_ASSERT(real.state.clinics().size() == simple.clinics.size());
        RC_ASSERT(real.state.lots().size() == simple.lots.size());
        RC_ASSERT(real.state.holds() == simple.holds.size());
        RC_ASSERT(real.state.keys().size() == simple.keys.size());
        RC_ASSERT(real.state.persons().size() == simple.doses.size());
        for (const auto& [who, all] : simple.doses) {
            const person_record* known = real.state.persons().find(who.first, who.second);
            RC_ASSERT(known != nullptr);
            const auto standing = simple.standing(who);
            RC_ASSERT(known->doses == standing.size());
            RC_ASSERT(known->last_event == simple.last_events.at(who));
            if (!standing.empty()) {
                RC_ASSERT(known->last_clinic == simple.last_of(standing).clinic);
                RC_ASSERT(known->history().last_day == simple.last_of(standing).day);
            }
        }
    }

    void compare_published() const {
        std::map<clinic_number, std::vector<row>> rows;
        std::map<programme_number, std::int64_t> remaining;
        std::map<std::uint32_t, std::int64_t> of_region;
        for (const auto& [at, s] : simple.accounts) {
            rows[at.clinic].emplace_back(at.lot, at.funding, s.on_hand, s.in_transit, s.suspense,
                                         s.last_entry_at);
            remaining[at.programme] += s.on_hand + s.suspense;
            of_region[simple.clinics[at.clinic].region] += s.on_hand + s.suspense;
        }
        for (clinic_number n = 0; n < simple.clinics.size(); ++n) {
            std::vector<row> told;
            for (const stock_row& r : real.stock(n)) {
                told.emplace_back(r.lot, r.funding, r.on_hand, r.in_transit, r.suspense,
                                  r.last_entry_at);
            }
            RC_ASSERT(in_order(told) == in_order(rows[n]));
            RC_ASSERT(real.shown.find_clinic(simple.clinics[n].code) == n);
            const clinic_state& c = real.state.clinics()[n];
            RC_ASSERT(real.state.remaining_of_region(c.region_index) == of_region[c.region]);
        }
        for (programme_number n = 0; n < simple.programmes.size(); ++n) {
            RC_ASSERT(real.shown.remaining(n) == remaining[n]);
            RC_ASSERT(*real.shown.programmes()[n] == simple.programmes[n]);
        }
        RC_ASSERT(real.shown.seq() == simple.seq);
        RC_ASSERT(real.shown.as_of() == real.now.recorded_at);
    }

    // What was given out is always somewhere, and the lots' books are the sums of the clinics'.
    void keep_invariants() const {
        std::map<lot_number, account> sums;
        for (const clinic_state& c : real.state.clinics()) {
            std::uint32_t today = 0;
            for (const std::uint32_t doses : c.by_hour) {
                today += doses;
            }
            RC_ASSERT(today <= c.doses);
            for (const account& a : c.accounts) {
                sums[a.lot].on_hand += a.on_hand;
                sums[a.lot].in_transit += a.in_transit;
                sums[a.lot].suspense += a.suspense;
                RC_ASSERT(a.on_hand >= 0);
                RC_ASSERT(a.suspense <= 0);
            }
        }
        for (lot_number n = 0; n < real.state.lots().size(); ++n) {
            const balances& nation = real.state.lots()[n].nation;
            RC_ASSERT(nation.sum() == 0);
            RC_ASSERT(nation[place::on_hand] == sums[n].on_hand);
            RC_ASSERT(nation[place::in_transit] == sums[n].in_transit);
            RC_ASSERT(nation[place::suspense] == sums[n].suspense);
        }
    }

    desk real;
    simple_registry simple;

private:
    // What is about a registration is about one that there is, and mostly about its clinic's own.
    step aim(step s) const {
        std::vector<sequence> doses;
        for (sequence at = 1; at <= real.seq(); ++at) {
            if (std::holds_alternative<dose_registered>(real.events[at - 1])) {
                doses.push_back(at);
            }
        }
        const bool at_one = s.what == action::view || s.what == action::take_back;
        if (at_one && s.choice < 22 && !doses.empty()) {
            const sequence meant = doses[s.key % doses.size()];
            s.key = static_cast<unsigned>(meant);
            s.clinic = s.choice < 20 ? real.dose(meant).clinic : s.clinic;
        }
        return s;
    }

    void both(const command& c, const command& same) {
        const std::string expected = text_of(simple.run(same, real.now));
        const std::string told = text_of(real.run(c));
        RC_ASSERT(told == expected);
    }
    template <class Copyable>
    void both(const Copyable& c) {
        both(command{c}, command{c});
    }

    instant wall_ = real.now.recorded_at;
};

void same_clinic(const clinic_state& one, const clinic_state& two) {
    RC_ASSERT(one.code == two.code);
    RC_ASSERT(one.region == two.region);
    RC_ASSERT(one.region_index == two.region_index);
    RC_ASSERT(one.kind == two.kind);
    RC_ASSERT(one.contract_from == two.contract_from);
    RC_ASSERT(one.contract_to == two.contract_to);
    RC_ASSERT(one.last_event == two.last_event);
    RC_ASSERT(one.doses == two.doses);
    RC_ASSERT(one.day == two.day);
    RC_ASSERT(one.by_hour == two.by_hour);
    RC_ASSERT(one.accounts.size() == two.accounts.size());
    for (std::size_t i = 0; i < one.accounts.size(); ++i) {
        const auto fields = [](const account& a) {
            return std::tuple(a.programme, a.funding, a.lot, a.on_hand, a.in_transit, a.suspense,
                              a.last_entry_at);
        };
        RC_ASSERT(fields(one.accounts[i]) == fields(two.accounts[i]));
    }
}

// A fresh registry that is told the same events is the same registry.
void replays(const pair_of_registries& world) {
    const desk& real = world.real;
    registry again;
    published shown;
    for (sequence at = 1; at <= real.seq(); ++at) {
        again.apply(real.events[at - 1], at);
    }
    again.publish(shown, real.seq(), real.now.recorded_at);
    RC_ASSERT(again.clinics().size() == real.state.clinics().size());
    std::vector<stock_row> rows;
    for (clinic_number n = 0; n < again.clinics().size(); ++n) {
        same_clinic(again.clinics()[n], real.state.clinics()[n]);
        RC_ASSERT(shown.read_stock(n, rows) == again.clinics()[n].last_event);
        RC_ASSERT(rows == real.stock(n));
    }
    RC_ASSERT(again.lots().size() == real.state.lots().size());
    for (lot_number n = 0; n < again.lots().size(); ++n) {
        for (std::size_t p = 0; p < places; ++p) {
            const auto where = static_cast<place>(p);
            RC_ASSERT(again.lots()[n].nation[where] == real.state.lots()[n].nation[where]);
        }
        RC_ASSERT(again.lots()[n].verified == real.state.lots()[n].verified);
    }
    RC_ASSERT(again.persons().size() == real.state.persons().size());
    for (const auto& [who, all] : world.simple.doses) {
        const person_record* one = again.persons().find(who.first, who.second);
        const person_record* two = real.state.persons().find(who.first, who.second);
        RC_ASSERT(one != nullptr);
        const auto fields = [](const person_record& r) {
            return std::tuple(r.last_event, r.last_clinic, r.last_day, r.doses);
        };
        RC_ASSERT(fields(*one) == fields(*two));
    }
    for (const auto& [hash, seq] : world.simple.keys) {
        RC_ASSERT(again.keys().find(hash) == seq);
    }
    for (programme_number n = 0; n < again.programmes().size(); ++n) {
        RC_ASSERT(*again.programmes()[n] == *real.state.programmes()[n]);
        RC_ASSERT(shown.remaining(n) == real.shown.remaining(n));
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(registry_model_test)

BOOST_AUTO_TEST_CASE(any_history_is_that_of_the_simple_registry_and_replays) {
    const bool holds = rc::check("answers, stock, books and replay of random histories", [] {
        // Days of steps, so that a failing history is soon shortened: by days, then within them.
        // The steps stay as they are.
        const auto day = rc::gen::scale(
            0.35, rc::gen::container<std::vector<step>>(rc::gen::noShrink(any_step())));
        const auto days =
            *rc::gen::scale(0.5, rc::gen::container<std::vector<std::vector<step>>>(day));
        pair_of_registries world;
        for (const std::vector<step>& steps : days) {
            for (const step& s : steps) {
                world.take(s);
                world.compare_state();
                world.compare_published();
                world.keep_invariants();
            }
        }
        replays(world);
    });
    BOOST_TEST(holds);
}

BOOST_AUTO_TEST_SUITE_END()

#pragma once

#include "tests/core/desk.hpp"
#include "tests/core/model_command.hpp"
#include "tests/core/outcome_text.hpp"
#include "tests/core/registry_image.hpp"
#include "tests/core/simple_registry.hpp"

#include <algorithm>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

// Throws with what was said to hold: rapidcheck makes the history shorter that threw, and a long
// run tells the seed of its history.
#define MODEL_HOLDS(what) ((what) ? void() : throw std::logic_error("does not hold: " #what))

namespace doseline::test {

// The clinic of a model that is one, in the region of clinic 0.
inline constexpr core::clinic_number health_centre = 3;

// The registry and the simple one, side by side.
class model_world {
public:
    model_world() {
        for (unsigned n = 0; n < 3; ++n) {
            both(core::define_programme{std::make_shared<const core::programme>(season_of(n))});
        }
        for (std::uint32_t n = 0; n < 4; ++n) {
            both(core::register_clinic{10'000'000 + n, 11'000 + n % 3,
                                       n == health_centre ? core::facility_kind::health_centre
                                                          : core::facility_kind::clinic,
                                       "", date(2016, 10, n == 2 ? 5 : 1),
                                       date(2016, n == 2 ? 10 : 12, 8)});
        }
        for (const std::string_view lot : {"L1", "L2"}) {
            both(core::register_lot{"FLU", core::lot_text{lot}, core::product_text{"P1"},
                                    date(2016, 10, lot == "L1" ? 31 : 7), false});
            for (std::uint32_t n = 0; n < 4; ++n) {
                both(core::ship_doses{10'000'000 + n, core::lot_text{lot}, core::product_text{},
                                      core::funding::national, 20, n != 2});
            }
        }
    }

    // Does it in both, and holds what they answer and their books against each other.
    void take(const step& s) {
        if (s.what == action::pass) {
            const auto time = std::chrono::minutes{(s.minutes + 4'000) / 8};
            wall_ += time;
            real.now.steady += std::chrono::milliseconds{time}.count();
        } else if (s.what == action::set_clock) {
            // Forward or back; the steady clock knows nothing.
            wall_ += std::chrono::minutes{s.minutes / 4 + 600};
        } else if (s.what == action::turn) {
            turn(s);
        } else {
            // As the committer: a clock that goes back is not followed.
            real.now.recorded_at = std::max(real.now.recorded_at, wall_);
            real.state.expire_holds(real.now.steady);
            expired_at_ = real.now.steady;
            // Twice the same step is twice the same command: content and all.
            const step aimed = aim(s);
            both(command_of(aimed, real.now.recorded_at), command_of(aimed, real.now.recorded_at));
        }
        compare_published();
        compare_days();
        compare_lots();
    }

    void compare_all() const {
        MODEL_HOLDS(real.seq() == simple.seq);
        MODEL_HOLDS(real.state.clinics().size() == simple.clinics.size());
        MODEL_HOLDS(real.state.lots().size() == simple.lots.size());
        for (core::lot_number n = 0; n < simple.lots.size(); ++n) {
            MODEL_HOLDS(real.state.lots()[n].recalled == simple.lots[n].recalled);
            MODEL_HOLDS(real.shown.recalled(n) == simple.lots[n].recalled);
        }
        MODEL_HOLDS(real.state.holds() == simple.holds.size());
        MODEL_HOLDS(real.state.keys().size() == simple.keys.size());
        MODEL_HOLDS(real.state.persons().size() == simple.doses.size());
        for (const auto& [who, all] : simple.doses) {
            const core::person_record* known = real.state.persons().find(who.first, who.second);
            MODEL_HOLDS(known != nullptr);
            const auto standing = simple.standing(who);
            MODEL_HOLDS(known->doses == standing.size());
            const auto payable = std::count_if(standing.begin(), standing.end(), [](const auto& g) {
                return core::payable(g.claim);
            });
            MODEL_HOLDS(payable <= simple.programmes[who.second].schedule.doses);
            MODEL_HOLDS(known->last_event == simple.last_events.at(who));
            if (!standing.empty()) {
                MODEL_HOLDS(known->last_clinic == simple.last_of(standing).clinic);
                MODEL_HOLDS(known->history().last_day == simple.last_of(standing).day);
            }
        }
        for (const auto& [hash, seq] : simple.keys) {
            MODEL_HOLDS(real.state.keys().find(hash) == seq);
        }
    }

    // From the audit, as it came since the book was opened: what a start does, but that it has to
    // guess the steady times from the others.
    void restore_holds(core::registry& into) const {
        for (std::size_t n = held_from_; n < real.audit.size(); ++n) {
            into.restore_hold(real.audit[n], audited_at_[n]);
        }
        into.expire_holds(expired_at_);
    }

    desk real;
    simple_registry simple;
    std::map<std::string, std::uint64_t> answers;  // by their first word: "dose", "transfer", ...

private:
    // Of each day that may still be named, what is shown; and what each region has left.
    void compare_days() const {
        const core::civil_day today =
            core::day_at(real.now.recorded_at, simple.programmes[0].offset);
        for (core::civil_day day = today; today - day < std::chrono::days{8};
             day -= std::chrono::days{1}) {
            std::map<std::uint32_t, std::uint64_t> left;
            core::day_ends ends;
            for (core::clinic_number n = 0; n < simple.clinics.size(); ++n) {
                const core::clinic_day shown = real.shown.read_day(n, day);
                MODEL_HOLDS(shown == simple.day_shown(n, day));
                left[real.shown.clinic(n).region_index] += shown.left();
                ends.begun += state_of(shown) != core::day_state::none ? 1 : 0;
                ends.closed += state_of(shown) == core::day_state::closed ? 1 : 0;
            }
            MODEL_HOLDS(real.shown.ends_of(day) == ends);
            for (const auto& [region, rows] : left) {
                MODEL_HOLDS(real.shown.unsent_of_region(region, day) == rows);
            }
        }
    }

    void compare_published() const {
        std::array<std::int64_t, core::limits::programmes_max> remaining{};
        std::map<std::uint32_t, std::int64_t> of_region;
        std::vector<std::size_t> rows(simple.clinics.size());
        for (const auto& [at, s] : simple.accounts) {
            ++rows[at.clinic];
            remaining[at.programme] += s.on_hand + s.suspense;
            of_region[simple.clinics[at.clinic].region] += s.on_hand + s.suspense;
        }
        std::vector<core::stock_row> told;
        for (core::clinic_number n = 0; n < simple.clinics.size(); ++n) {
            const core::clinic_state& c = real.state.clinics()[n];
            real.shown.read_stock(n, told);
            MODEL_HOLDS(told.size() == rows[n]);
            MODEL_HOLDS(told.size() == c.accounts.size());
            std::uint32_t today = 0;
            for (const std::uint32_t doses : c.by_hour) {
                today += doses;
            }
            MODEL_HOLDS(today <= c.doses);
            for (std::size_t i = 0; i < told.size(); ++i) {
                const core::account& a = c.accounts[i];
                const auto s = simple.balance({n, a.programme, a.lot, a.funding});
                MODEL_HOLDS((told[i] == core::stock_row{a.lot, a.funding, s.on_hand, s.in_transit,
                                                        s.suspense, s.last_entry_at}));
                MODEL_HOLDS(a.on_hand >= 0);
                MODEL_HOLDS(a.in_transit >= 0);
            }
            MODEL_HOLDS(real.shown.find_clinic(simple.clinics[n].code) == n);
            MODEL_HOLDS(real.state.remaining_of_region(c.region_index) == of_region[c.region]);
        }
        for (core::programme_number n = 0; n < simple.programmes.size(); ++n) {
            MODEL_HOLDS(real.shown.remaining(n) == remaining[n]);
            MODEL_HOLDS(*real.shown.programmes()[n] == simple.programmes[n]);
        }
        MODEL_HOLDS(real.shown.seq() == simple.seq);
        MODEL_HOLDS(real.shown.as_of() == real.now.recorded_at);
    }

    // What was shipped is always somewhere, and the lots' books are the sums of the clinics'.
    void compare_lots() const {
        using core::place;
        std::vector<core::account> sums(real.state.lots().size());
        for (const core::clinic_state& c : real.state.clinics()) {
            for (const core::account& a : c.accounts) {
                sums[a.lot].on_hand += a.on_hand;
                sums[a.lot].in_transit += a.in_transit;
                sums[a.lot].suspense += a.suspense;
            }
        }
        for (core::lot_number n = 0; n < sums.size(); ++n) {
            const core::balances& nation = real.state.lots()[n].nation;
            MODEL_HOLDS(nation.sum() == 0);
            MODEL_HOLDS(nation[place::on_hand] == sums[n].on_hand);
            MODEL_HOLDS(nation[place::in_transit] == sums[n].in_transit);
            MODEL_HOLDS(nation[place::suspense] == sums[n].suspense);
            const auto book = simple.books.find(n);
            const auto b = book == simple.books.end() ? simple_state::lot_book{} : book->second;
            MODEL_HOLDS(-nation[place::nation] == b.shipped);
            MODEL_HOLDS(nation[place::person] + nation[place::private_stock] == b.given);
            MODEL_HOLDS(nation[place::wasted] == b.wasted);
            MODEL_HOLDS(nation[place::discrepancy] == b.discrepancy);
            MODEL_HOLDS(nation[place::adjusted] == b.adjusted);
            MODEL_HOLDS(-nation[place::own] == b.replaced);
            MODEL_HOLDS(b.shipped + b.replaced == sums[n].on_hand + sums[n].in_transit +
                                                      sums[n].suspense + b.given + b.wasted +
                                                      b.discrepancy + b.adjusted);
        }
    }

    // What is about a registration is about one that there is, and mostly about its clinic's own.
    step aim(step s) {
        for (; looked_at_ < real.seq(); ++looked_at_) {
            if (std::holds_alternative<core::dose_registered>(real.events[looked_at_])) {
                doses_.push_back(looked_at_ + 1);
            }
        }
        const bool at_one = s.what == action::view || s.what == action::take_back ||
                            s.what == action::correct || s.what == action::decide ||
                            s.what == action::pay;
        if (at_one && s.choice < 22 && !doses_.empty()) {
            std::size_t at = s.key % doses_.size();
            for (unsigned tries = 0; s.what == action::decide && tries < 4; ++tries) {
                // Clinic 0's the health centre can decide on.
                at = real.dose(doses_[at]).clinic == 0 ? at : (at + 1) % doses_.size();
            }
            const core::dose_registered& meant = real.dose(doses_[at]);
            s.key = static_cast<unsigned>(doses_[at]);
            const unsigned centre_from = s.what == action::decide ? 2 : 18;
            s.clinic = s.choice < centre_from ? meant.clinic
                       : s.choice < 20        ? health_centre
                                              : s.clinic;
            for (unsigned n = 0; n < 35 && s.choice < 20; ++n) {
                s.person = meant.person == person(n) ? n : s.person;
            }
        }
        return s;
    }

    void both(const core::command& c, const core::command& same) {
        const std::string expected = text_of(simple.run(same, real.now));
        const std::string told = text_of(real.run(c));
        audited_at_.resize(real.audit.size(), real.now.steady);
        ++answers[told.substr(0, told.find(' '))];
        if (told != expected) {
            throw std::logic_error("the registry says: " + told +
                                   "\n the simple one says: " + expected);
        }
    }
    template <class Copyable>
    void both(const Copyable& c) {
        both(core::command{c}, core::command{c});
    }

    // Now and then after more than a year, when old programmes are settled.
    void turn(const step& s) {
        if (s.choice == 0 && s.detail % 4 == 0) {
            wall_ += std::chrono::days{300};
        }
        real.now.recorded_at = std::max(real.now.recorded_at, wall_);
        const core::sequence keys_from = real.seq() - std::min(real.seq(), core::sequence{s.key});
        const core::sequence opened = real.seq() + 2;
        real.turn(2016, keys_from, [&](const core::person_record& p) {
            return simple.payable({p.person, p.programme});
        });
        simple.turn(real.now.recorded_at, opened, real.seq(), keys_from);
        held_from_ = real.audit.size();
        ++answers["turn"];
    }

    core::instant wall_ = real.now.recorded_at;
    std::vector<core::steady_ms> audited_at_;  // of each audit record
    std::size_t held_from_ = 0;                // records before it hold nobody
    core::steady_ms expired_at_ = 0;
    core::sequence looked_at_ = 0;
    std::vector<core::sequence> doses_;
};

// A fresh registry that is told the open book's events, as they were or as they came back from
// their bytes, and of the audit what a start reads of it, is the same registry, byte for byte.
inline void replays(const model_world& world, const std::vector<core::event>& events) {
    const desk& real = world.real;
    core::registry again;
    core::published shown;
    const core::sequence first = std::max(real.state.book().opened, core::sequence{1});
    for (core::sequence at = first; at <= events.size(); ++at) {
        again.apply(events[at - 1], at);
    }
    world.restore_holds(again);
    again.publish(shown, real.seq(), real.now.recorded_at);
    for (core::programme_number n = 0; n < again.programmes().size(); ++n) {
        MODEL_HOLDS(*again.programmes()[n] == *real.state.programmes()[n]);
    }
    constexpr unsigned persons = 35;  // as many as a step may mean
    std::istringstream one(registry_image(again, shown, real.now, persons).text());
    std::istringstream two(registry_image(real.state, real.shown, real.now, persons).text());
    for (std::string replayed, lived; std::getline(two, lived);) {
        std::getline(one, replayed);
        if (replayed != lived) {
            throw std::logic_error("replayed: " + replayed + "\n lived: " + lived);
        }
    }
    MODEL_HOLDS(one.get() == std::istringstream::traits_type::eof());
}

// Every event that names a clinic is linked to the one before that does.
inline void links_hold(const std::vector<core::event>& events) {
    std::map<core::clinic_number, core::sequence> last;
    for (core::sequence at = 1; at <= events.size(); ++at) {
        const auto names = [&](core::clinic_number clinic, core::sequence previous) {
            MODEL_HOLDS(previous == last[clinic]);
            last[clinic] = at;
        };
        std::visit(
            [&](const auto& e) {
                if constexpr (requires { e.change; }) {
                    names(e.change.clinic, e.header.previous_of_clinic);
                } else if constexpr (requires { e.clinic; }) {
                    names(e.clinic, e.header.previous_of_clinic);
                } else if constexpr (requires { e.own; }) {
                    names(e.own.clinic, e.header.previous_of_clinic);
                    if (e.other.clinic != core::no_clinic && e.other.clinic != e.own.clinic) {
                        names(e.other.clinic, e.previous_of_other);
                    }
                } else if constexpr (requires { e.of.clinic; }) {
                    names(e.of.clinic, e.header.previous_of_clinic);
                } else if constexpr (requires { e.contract_from; }) {
                    names(e.number, e.header.previous_of_clinic);
                }
            },
            events[at - 1]);
    }
}

}  // namespace doseline::test

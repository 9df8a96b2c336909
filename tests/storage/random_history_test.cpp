// Random histories of a registry, as their bytes tell them: to a second registry, and to the
// proof's own fold at every event.
#include "storage/agreement.hpp"
#include "storage/book_fold.hpp"
#include "storage/event_codec.hpp"
#include "storage/recovery.hpp"
#include "tests/core/model_run.hpp"
#include "tests/core/model_world.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <vector>

BOOST_AUTO_TEST_SUITE(random_history)

using namespace doseline;
using namespace doseline::test;

namespace {

// Nothing is lost on the way: what was read writes the same bytes.
core::event through_bytes(const core::event& e) {
    storage::record_batch batch;
    storage::encode(e, batch);
    const auto back = storage::decode_event(batch[0]);
    MODEL_HOLDS(back.has_value());
    storage::encode(*back, batch);
    MODEL_HOLDS(std::ranges::equal(batch[0], batch[1]));
    return *back;
}

// Doses as clinics were told of them.
void count(const core::event& e, const core::registry& state, core::dose_totals& totals) {
    const std::size_t shard = totals.recovery_shard();
    const auto told = [&](core::clinic_number clinic, core::programme_number programme,
                          core::claim_state claim, core::instant at) {
        return storage::dose_of(state.clinics()[clinic].region_index, programme, claim, at,
                                state.programmes()[programme]->offset);
    };
    if (const auto* dose = std::get_if<core::dose_registered>(&e)) {
        totals.count(shard,
                     told(dose->clinic, dose->programme, dose->claim, dose->header.recorded_at));
    } else if (const auto* v = std::get_if<core::dose_voided>(&e)) {
        totals.uncount(shard, told(v->change.clinic, v->change.programme, v->change.claim_before,
                                   v->registered_at));
    } else if (const core::amendment* change = core::amendment_of(e);
               change != nullptr && change->registration > state.book().opened) {
        totals.change_claim(shard, state.clinics()[change->clinic].region_index, change->programme,
                            change->claim_before, change->claim);
    }
}

void is_the_same_by_its_bytes(const std::vector<step>& steps) {
    model_world world;
    auto again = std::make_unique<core::registry>();
    auto totals = std::make_unique<core::dose_totals>(0);
    storage::book_fold folded;
    std::vector<core::event> events;
    const auto follow = [&] {
        for (core::sequence at = events.size() + 1; at <= world.real.seq(); ++at) {
            events.push_back(through_bytes(world.real.events[at - 1]));
            if (std::holds_alternative<core::book_opened>(events.back())) {  // a start of it
                again = std::make_unique<core::registry>();
                totals = std::make_unique<core::dose_totals>(0);
            }
            again->apply(events.back(), at);
            count(events.back(), *again, *totals);
            folded.take(at, events.back());
            for (const storage::fold::lot_sums& lot : folded.open().lots()) {
                MODEL_HOLDS(lot.lost() == 0);
            }
        }
    };
    follow();
    for (std::size_t n = 0; n < steps.size(); ++n) {
        world.take(steps[n]);
        follow();
        if (n % 16 == 0) {
            storage::check_agreement(folded.open(), world.real.state, *totals);
        }
    }
    storage::check_agreement(folded.open(), world.real.state, *totals);
    storage::check_agreement(folded.open(), *again, *totals);
    links_hold(events);
    replays(world, events);
}

}  // namespace

BOOST_AUTO_TEST_CASE(its_bytes_and_the_second_fold_say_the_same_as_the_registry) {
    const model_run run(30'000);
    run.check(is_the_same_by_its_bytes);
    BOOST_TEST(run.commands > 0u);
}

// One dose more or less in any movement, one that a correction leaves where it was, or a claim that
// a decision does, and the fold and the registry are apart.
BOOST_AUTO_TEST_CASE(what_moved_doses_and_the_ledger_tells_otherwise_is_found) {
    const model_run run(1);
    std::mt19937_64 random(run.seed);
    model_world world;
    core::dose_totals totals{0};
    std::map<core::stock_action, unsigned> found;
    for (unsigned n = 0; n < 2'000; ++n) {
        step s = random_step(random);
        s.what = s.what == action::turn ? action::pass : s.what;
        world.take(s);
    }
    core::registry again;
    for (core::sequence at = 1; at <= world.real.seq(); ++at) {
        again.apply(world.real.events[at - 1], at);
        count(world.real.events[at - 1], again, totals);
    }
    const auto agrees = [&](core::sequence changed) {
        storage::fold folded;
        for (core::sequence at = 1; at <= world.real.seq(); ++at) {
            core::event e = world.real.events[at - 1];
            if (at == changed) {
                if (auto* moved = std::get_if<core::stock_changed>(&e)) {
                    ++moved->moved;
                } else if (auto* decided = std::get_if<core::claim_decided>(&e)) {
                    decided->change.claim = decided->change.claim_before;
                } else {
                    auto& corrected = std::get<core::dose_corrected>(e);
                    corrected.after = corrected.before;
                }
            }
            folded.take(at, e);
        }
        try {
            storage::check_agreement(folded, world.real.state, totals);
        } catch (const storage::fatal_error&) {
            return false;
        }
        return true;
    };
    BOOST_TEST(agrees(0), "seed " << run.seed);
    for (core::sequence at = 1; at <= world.real.seq(); ++at) {
        const auto* e = std::get_if<core::stock_changed>(&world.real.events[at - 1]);
        if (e != nullptr && ++found[e->action] <= 2) {
            BOOST_TEST(!agrees(at), core::name_of(e->action)
                                        << " at " << at << ", seed " << run.seed);
        }
    }
    BOOST_TEST(found.size() >= 4u, "seed " << run.seed);
    unsigned corrections = 0;
    for (core::sequence at = 1; at <= world.real.seq() && corrections < 3; ++at) {
        const auto* e = std::get_if<core::dose_corrected>(&world.real.events[at - 1]);
        // From private stock to private stock no account knows of it.
        const bool books = e != nullptr && e->before != e->after &&
                           (e->before.source != core::dose_source::private_stock ||
                            e->after.source != core::dose_source::private_stock);
        if (books) {
            ++corrections;
            BOOST_TEST(!agrees(at), "correction at " << at << ", seed " << run.seed);
        }
    }
    BOOST_TEST(corrections > 0u, "seed " << run.seed);
    unsigned decisions = 0;
    for (core::sequence at = 1; at <= world.real.seq() && decisions < 3; ++at) {
        const auto* e = std::get_if<core::claim_decided>(&world.real.events[at - 1]);
        if (e != nullptr &&
            core::payable(e->change.claim_before) != core::payable(e->change.claim)) {
            ++decisions;
            BOOST_TEST(!agrees(at), "decision at " << at << ", seed " << run.seed);
        }
    }
    BOOST_TEST(decisions > 0u, "seed " << run.seed);
}

BOOST_AUTO_TEST_SUITE_END()

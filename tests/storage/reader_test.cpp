#include "storage/reader.hpp"

#include "core/audit_page.hpp"
#include "core/movement_page.hpp"
#include "core/registration_page.hpp"
#include "core/totals.hpp"
#include "storage/committer.hpp"
#include "storage/lmdb_ledger.hpp"
#include "storage/recovery.hpp"
#include "tests/storage/listed_events.hpp"
#include "tests/storage/written_registry.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <map>
#include <optional>
#include <semaphore>
#include <thread>
#include <vector>

BOOST_AUTO_TEST_SUITE(reader)

using namespace doseline;
using namespace std::chrono_literals;

namespace {

constexpr core::clinic_number busy = 3;
constexpr core::clinic_number other = 4;
constexpr std::size_t step = core::limits::list_step_records;
constexpr std::size_t listed = 4 * step;

// Where a list stops until the test lets it go on, and all that was read, in order.
struct gate {
    struct place {
        storage::stream s = storage::stream::events;
        core::sequence seq = 0;
        bool operator==(const place&) const = default;
    };
    place at;
    std::binary_semaphore reached{0};
    std::binary_semaphore open{0};
    std::vector<place> reads;

    void pass(const place& p) {
        reads.push_back(p);
        if (p == at) {
            at = {};
            reached.release();
            open.acquire();
        }
    }
    std::size_t index_of(const place& p) const {
        const auto it = std::find(reads.begin(), reads.end(), p);
        BOOST_REQUIRE((it != reads.end()));
        return static_cast<std::size_t>(it - reads.begin());
    }
};

class gated_ledger : public test::listed_events {
public:
    explicit gated_ledger(gate& g) : gate_(g) {}
    bool get(storage::stream s, core::sequence seq, std::vector<std::byte>& into) override {
        gate_.pass({s, seq});
        return listed_events::get(s, seq, into);
    }
    core::sequence scan(storage::stream s, core::sequence from, const visitor& visit) override {
        return listed_events::scan(s, from,
                                   [&](core::sequence seq, std::span<const std::byte> record) {
                                       gate_.pass({s, seq});
                                       return visit(seq, record);
                                   });
    }

private:
    gate& gate_;
};

std::atomic<std::chrono::steady_clock::rep> ticks{0};
std::chrono::steady_clock::time_point stopped_clock() {
    return std::chrono::steady_clock::time_point{std::chrono::steady_clock::duration{ticks.load()}};
}
void pass(std::chrono::steady_clock::duration time) { ticks += time.count(); }

// The reader of a ledger whose first record is a registration, and behind it a busy clinic's.
struct fixture {
    static constexpr core::sequence registered = 1;
    static constexpr core::sequence last = registered + listed;

    gate g;
    storage::doorbell bell;
    storage::port port{bell, [](void*) {}, nullptr, 0};
    std::map<std::uint64_t, bool> came_back;  // by ticket: late
    std::optional<storage::reader> reader;

    fixture() {
        auto ledger = std::make_unique<gated_ledger>(g);
        core::dose_registered dose;
        dose.content.fill(std::byte{7});
        ledger->add(dose);
        for (core::sequence n = 0; n < listed; ++n) {
            // Nothing of these is in a list but the oldest, so a list reads them all.
            if (n == 0) {
                core::stock_changed e;
                e.own.clinic = busy;
                ledger->add(e);
            } else {
                core::device_enrolled e;
                e.clinic = busy;
                e.header.previous_of_clinic = registered + n;
                ledger->add(e);
            }
            core::audit_record a;
            a.action = core::audit_action::viewed;
            a.by.clinic = busy;
            ledger->add(a);
        }
        reader.emplace(
            std::move(ledger), [](std::string_view why) { BOOST_FAIL(why); }, stopped_clock);
    }

    // As the committer takes it from its port.
    storage::submission submitted(std::uint64_t ticket, core::command&& c) {
        BOOST_REQUIRE(port.submit({ticket, std::move(c)}));
        storage::submission s;
        BOOST_REQUIRE(port.commands().pop(s));
        return s;
    }
    storage::reader::comes_back note() {
        return [this](storage::port&, storage::submission&& s, bool late) {
            came_back[s.ticket] = late;
        };
    }

    core::page_wanted all_of(core::clinic_number clinic) {
        return {clinic, last, 0, {}, core::zone_offset{0}, {}};
    }
    void ask_movements(std::uint64_t ticket, core::clinic_number clinic) {
        core::list_movements c;
        c.by.clinic = clinic;
        reader->ask(port, submitted(ticket, c), core::movements_wanted{all_of(clinic)});
    }
    void ask_registrations(std::uint64_t ticket, core::clinic_number clinic) {
        core::list_registrations c;
        c.by.clinic = clinic;
        reader->ask(port, submitted(ticket, c), all_of(clinic), note());
    }
    void ask_audit(std::uint64_t ticket) {
        core::query_audit c;
        c.filter.clinic = other;
        reader->ask(port, submitted(ticket, c), core::audit_wanted{c.filter}, note());
    }
    void replay(std::uint64_t ticket) {
        core::known_key known{registered, {}};
        known.content.fill(std::byte{7});
        reader->ask(port, submitted(ticket, core::register_dose{}), known);
    }
    void ask_history(std::uint64_t ticket) {
        reader->ask(port, submitted(ticket, core::void_registration{}),
                    core::history_wanted{registered, 0}, note());
    }

    void stop_at(storage::stream s, core::sequence seq) { g.at = {s, seq}; }
    // All that was asked for is answered; the ports' answers in order.
    std::vector<storage::delivery> end() {
        reader.reset();
        std::vector<storage::delivery> all;
        port.collect([&](storage::delivery&& d) { all.push_back(std::move(d)); });
        return all;
    }
    static std::vector<std::uint64_t> tickets(const std::vector<storage::delivery>& all) {
        std::vector<std::uint64_t> numbers;
        for (const auto& d : all) {
            numbers.push_back(d.ticket);
        }
        return numbers;
    }
    static bool is_refused(const storage::delivery& d) {
        const auto* refused = std::get_if<core::refusal>(&d.outcome);
        return refused != nullptr && refused->code == core::errc::wait;
    }
    // What is urgent was read within a step from there, and the list was not at its end.
    void came_between(const gate::place& held) {
        const std::size_t asked = g.index_of(held);
        const std::size_t read = g.index_of({storage::stream::events, registered});
        BOOST_TEST(read > asked);
        BOOST_TEST(read - asked <= step);
        BOOST_TEST(read + step < g.reads.size());
    }
};

constexpr gate::place midway{storage::stream::events, fixture::last - step - step / 2};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_stored_answer_comes_before_a_list_that_is_under_way, fixture) {
    stop_at(midway.s, midway.seq);
    ask_movements(1, busy);
    g.reached.acquire();
    replay(2);
    g.open.release();
    const auto answers = end();
    BOOST_REQUIRE((tickets(answers) == std::vector<std::uint64_t>{2, 1}));
    BOOST_TEST(std::get<core::dose_receipt>(answers[0].outcome).replayed);
    const auto& list = std::get<core::movement_list>(answers[1].outcome);
    BOOST_REQUIRE(list.page->rows.size() == 1u);
    BOOST_TEST(list.page->rows.front().seq == registered + 1);
}

BOOST_FIXTURE_TEST_CASE(a_list_of_registrations_lets_them_pass, fixture) {
    stop_at(midway.s, midway.seq);
    ask_registrations(1, busy);
    g.reached.acquire();
    replay(2);
    ask_history(3);
    g.open.release();
    end();
    came_between(midway);
    BOOST_TEST(came_back.size() == 2u);
}

BOOST_FIXTURE_TEST_CASE(an_audit_lets_them_pass, fixture) {
    constexpr gate::place in_audit{storage::stream::audit, step + step / 2};
    stop_at(in_audit.s, in_audit.seq);
    ask_audit(1);
    g.reached.acquire();
    ask_history(2);
    g.open.release();
    end();
    came_between(in_audit);
    BOOST_TEST(came_back.size() == 2u);
}

BOOST_FIXTURE_TEST_CASE(what_is_urgent_waits_for_one_step_and_no_longer, fixture) {
    // Asked when the first record of a step has been read: what is read first is the rest of it.
    constexpr gate::place begun{storage::stream::events, last - step};
    stop_at(begun.s, begun.seq);
    ask_registrations(1, busy);
    g.reached.acquire();
    replay(2);
    g.open.release();
    end();
    BOOST_TEST(g.index_of({storage::stream::events, registered}) - g.index_of(begun) == step);
}

BOOST_FIXTURE_TEST_CASE(a_clinic_in_a_loop_waits_behind_itself, fixture) {
    stop_at(midway.s, midway.seq);
    ask_movements(1, busy);
    g.reached.acquire();
    for (const std::uint64_t ticket : {2u, 3u, 4u}) {
        ask_movements(ticket, busy);
    }
    ask_movements(5, other);
    g.open.release();
    BOOST_TEST((tickets(end()) == std::vector<std::uint64_t>{1, 2, 5, 3, 4}));
}

BOOST_FIXTURE_TEST_CASE(a_list_is_read_at_the_end_of_its_time_and_refused_past_it, fixture) {
    stop_at(midway.s, midway.seq);
    ask_movements(1, busy);
    g.reached.acquire();
    ask_movements(2, other);
    ask_registrations(3, other + 1);
    replay(4);
    pass(1ns);
    ask_movements(5, other + 2);
    ask_registrations(6, other + 3);
    pass(core::limits::list_wait_max);
    g.open.release();
    const auto answers = end();
    std::map<std::uint64_t, bool> refused;
    for (const auto& d : answers) {
        refused[d.ticket] = is_refused(d);
    }
    const std::map<std::uint64_t, bool> wanted{{1, false}, {2, true}, {4, false}, {5, false}};
    BOOST_TEST((refused == wanted));
    const std::map<std::uint64_t, bool> late{{3, true}, {6, false}};
    BOOST_TEST((came_back == late));
}

BOOST_FIXTURE_TEST_CASE(waits_are_counted_by_class, fixture) {
    stop_at(midway.s, midway.seq);
    ask_movements(1, busy);
    g.reached.acquire();
    replay(2);
    pass(70ms);
    const storage::reader_figures& told = reader->figures();
    stop_at(storage::stream::events, last);  // of the next list: this one is past it
    ask_movements(3, busy);
    g.open.release();
    g.reached.acquire();  // the key has been answered
    const auto in = [](const storage::reader_figures::waits& of, std::size_t bucket) {
        return of.by_seconds[bucket].load();
    };
    BOOST_TEST(in(told.lists, 0) == 2u);
    BOOST_TEST(in(told.urgent, 0) == 0u);
    BOOST_TEST(in(told.urgent, 5) == 1u);  // up to 0.1 s
    BOOST_TEST(told.urgent.nanoseconds.load() == 70'000'000u);
    g.open.release();
    end();
}

// Each look at the clock finds it far ahead, so no list is ever in time.
BOOST_FIXTURE_TEST_CASE(the_committer_tells_who_asked_for_a_list_that_is_late, fixture) {
    const test::written_registry written(20);
    storage::lmdb_ledger ledger(written.path(), storage::lmdb::access::write, 0);
    const auto clocks = storage::system_clocks();
    core::registry registry;
    core::published published;
    core::dose_totals totals(0);
    const auto recovered = storage::recover(*ledger.reader(), std::nullopt,
                                            {clocks.wall(), clocks.steady()}, registry, totals);
    std::counting_semaphore<> told{0};
    storage::port desk(
        bell, [](void* t) { static_cast<std::counting_semaphore<>*>(t)->release(); }, &told, 0);
    storage::reader hurried(
        ledger.reader(), [](std::string_view why) { BOOST_FAIL(why); },
        [] {
            pass(core::limits::list_wait_max + 1s);
            return stopped_clock();
        });
    storage::committer committer({ledger, registry, published, totals, hurried, bell}, {&desk},
                                 clocks, recovered.last,
                                 [](const storage::stream_head&, const storage::stream_head&) {});
    std::thread committing([&] { committer.run(); });
    const auto answer_to = [&](core::command&& c) {
        BOOST_REQUIRE(desk.submit({1, std::move(c)}));
        std::optional<storage::delivery> answer;
        while (!answer) {
            told.acquire();
            desk.collect([&](storage::delivery&& d) { answer = std::move(d); });
        }
        return *std::move(answer);
    };
    BOOST_TEST(is_refused(answer_to(core::list_registrations{})));
    BOOST_TEST(is_refused(answer_to(core::list_movements{})));
    BOOST_TEST(is_refused(answer_to(core::query_audit{})));
    core::view_registration look;
    look.by.clinic = 0;
    look.seq = 1;
    BOOST_TEST(!is_refused(answer_to(look)));
    committer.stop();
    committing.join();
}

BOOST_AUTO_TEST_SUITE_END()

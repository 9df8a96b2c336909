#include "storage/reader.hpp"

#include "storage/audit_query.hpp"
#include "storage/movement_list.hpp"
#include "storage/registration_list.hpp"
#include "storage/stored_event.hpp"

#include <string>

namespace doseline::storage {

core::dose_receipt replayed_receipt(core::sequence seq, const core::dose_registered& e) noexcept {
    return {seq, e.header.recorded_at, e.clinic, e.programme, e.flags, e.claim, e.remaining, true};
}

namespace {

bool is_urgent(const std::variant<reader::answered, reader::wanted>& asked) {
    const auto* answer = std::get_if<reader::answered>(&asked);
    return answer != nullptr
               ? std::holds_alternative<core::known_key>(*answer)
               : std::holds_alternative<core::history_wanted>(std::get<reader::wanted>(asked));
}

// Who asks; an auditor is of no clinic.
core::clinic_number asker_of(const core::command& c) {
    return std::visit(
        [](const auto& what) {
            if constexpr (requires { what.by.clinic; }) {
                return what.by.clinic;
            }
            return core::no_clinic;
        },
        c);
}

void count(reader_figures::waits& of, std::chrono::nanoseconds waited) noexcept {
    bump(of.by_seconds[bucket(reader_figures::seconds_bounds, seconds_of(waited))]);
    bump(of.nanoseconds, static_cast<std::uint64_t>(waited.count()));
}

}  // namespace

reader::reader(std::unique_ptr<ledger_reader> ledger, on_fatal fatal, clock now)
    : ledger_(std::move(ledger)), fatal_(std::move(fatal)), now_(now), thread_([this] { run(); }) {}

reader::~reader() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    condition_.notify_one();
    thread_.join();
}

void reader::ask(port& from, submission&& what, const answered& w) {
    put({&from, w, std::move(what), {}, now_()});
}

void reader::ask(port& from, submission&& what, const wanted& w, comes_back back) {
    put({&from, w, std::move(what), std::move(back), now_()});
}

void reader::put(question&& q) {
    {
        const std::lock_guard lock(mutex_);
        if (is_urgent(q.asked)) {
            urgent_.push_back(std::move(q));
        } else {
            const core::clinic_number whose = asker_of(q.what.command);
            lists_.put(whose, std::move(q));
        }
    }
    condition_.notify_one();
}

void reader::run() try {
    for (;;) {
        serve_urgent();
        std::unique_lock lock(mutex_);
        condition_.wait(lock, [this] { return stopping_ || !urgent_.empty() || !lists_.empty(); });
        if (!urgent_.empty()) {
            continue;
        }
        if (lists_.empty()) {
            return;
        }
        question q = lists_.take();
        lock.unlock();
        serve_list(std::move(q));
    }
} catch (const std::exception& e) {
    fatal_(e.what());
}

// Also in the middle of a list, between two of its steps.
void reader::serve_urgent() {
    for (;;) {
        question q;
        {
            const std::lock_guard lock(mutex_);
            if (urgent_.empty()) {
                return;
            }
            q = std::move(urgent_.front());
            urgent_.pop_front();
        }
        count(figures_.urgent, now_() - q.since);
        answer(std::move(q));
    }
}

void reader::serve_list(question&& q) {
    const auto waited = now_() - q.since;
    count(figures_.lists, waited);
    if (waited > core::limits::list_wait_max) {
        refuse(std::move(q));
    } else {
        answer(std::move(q));
    }
}

void reader::refuse(question&& q) {
    if (q.back) {
        q.back(*q.from, std::move(q.what), true);
        return;
    }
    q.from->answer_from_reader(
        {q.what.ticket, core::refusal{core::errc::wait, "", 0, std::nullopt}, nullptr});
    q.from->wake();
}

void reader::answer(question&& q) {
    if (const auto* w = std::get_if<wanted>(&q.asked)) {
        give(q.what.command, *w);
        q.back(*q.from, std::move(q.what), false);
        return;
    }
    const auto& asked = std::get<answered>(q.asked);
    const auto* known = std::get_if<core::known_key>(&asked);
    q.from->answer_from_reader({q.what.ticket,
                                known != nullptr
                                    ? stored_answer(*known)
                                    : movements(std::get<core::movements_wanted>(asked).page),
                                nullptr});
    q.from->wake();
}

void reader::give(core::command& to, const wanted& w) {
    if (const auto* history = std::get_if<core::history_wanted>(&w)) {
        core::give_history(
            to, std::make_shared<const core::person_history>(read_history(*ledger_, *history)));
    } else if (const auto* page = std::get_if<core::page_wanted>(&w)) {
        std::get<core::list_registrations>(to).page =
            std::make_shared<const core::registration_page>(read_page(*ledger_, *page, give_way_));
    } else {
        std::get<core::query_audit>(to).page = std::make_shared<const core::audit_page>(
            read_audit(*ledger_, std::get<core::audit_wanted>(w).filter, give_way_));
    }
}

core::outcome reader::stored_answer(const core::known_key& known) {
    const auto event = read_event(*ledger_, known.seq, record_);
    if (!event) {
        throw fatal_error("the ledger has no record " + std::to_string(known.seq) +
                          " although its key is known: run doseline verify");
    }
    // One table for all: a content that is the same is also one of the same kind.
    const auto* dose = std::get_if<core::dose_registered>(&*event);
    if (dose != nullptr && dose->content == known.content) {
        return replayed_receipt(known.seq, *dose);
    }
    const auto* moved = std::get_if<core::stock_changed>(&*event);
    if (moved != nullptr && moved->content == known.content) {
        return core::movement_receipt{known.seq, *moved, true};
    }
    const auto* shipped = std::get_if<core::stock_moved>(&*event);
    if (shipped != nullptr && shipped->content == known.content) {
        return core::shipment_receipt{known.seq, *shipped, true};
    }
    return core::refusal{core::errc::key_reused, "", 0, std::nullopt};
}

core::outcome reader::movements(const core::page_wanted& w) {
    auto page = std::make_shared<const core::movement_page>(read_movements(*ledger_, w, give_way_));
    if (page->too_long) {
        return core::refusal{core::errc::limit_reached, "", 0, std::nullopt};
    }
    return core::movement_list{std::move(page)};
}

core::person_history read_history(ledger_reader& from, const core::history_wanted& wanted) {
    std::vector<std::byte> record;
    core::person_history history;
    if (wanted.head == 0) {
        const auto event = read_event(from, wanted.registration, record);
        if (const auto* dose = event ? std::get_if<core::dose_registered>(&*event) : nullptr) {
            history.person = dose->person;
            history.programme = dose->programme;
        }
        return history;
    }
    std::vector<std::pair<core::sequence, core::event>> newest_first;
    for (core::sequence seq = wanted.head; seq != 0;
         seq = core::previous_of_person(newest_first.back().second)) {
        if (newest_first.size() == core::limits::person_events_max) {
            history.too_long = true;
            return history;
        }
        newest_first.emplace_back(seq, read_named_event(from, seq, record));
    }
    for (auto it = newest_first.rbegin(); it != newest_first.rend(); ++it) {
        history.take(it->first, it->second);
    }
    for (core::registration_history& r : history.registrations) {
        if (r.seq == wanted.registration && r.recorded.extended) {
            r.extension = read_extension_of(from, r.seq, record);
        }
    }
    return history;
}

}  // namespace doseline::storage

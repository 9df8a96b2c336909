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

reader::reader(std::unique_ptr<ledger_reader> ledger, on_fatal fatal)
    : ledger_(std::move(ledger)), fatal_(std::move(fatal)), thread_([this] { run(); }) {}

reader::~reader() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    condition_.notify_one();
    thread_.join();
}

void reader::ask(port& from, std::uint64_t ticket, const answered& what) {
    put({&from, what, {ticket, {}}, {}});
}

void reader::ask(port& from, submission&& what, const wanted& w, comes_back back) {
    put({&from, w, std::move(what), std::move(back)});
}

void reader::put(question&& q) {
    {
        const std::lock_guard lock(mutex_);
        questions_.push_back(std::move(q));
    }
    condition_.notify_one();
}

void reader::run() try {
    for (;;) {
        question q;
        {
            std::unique_lock lock(mutex_);
            condition_.wait(lock, [this] { return stopping_ || !questions_.empty(); });
            if (questions_.empty()) {
                return;
            }
            q = std::move(questions_.front());
            questions_.pop_front();
        }
        answer(std::move(q));
    }
} catch (const std::exception& e) {
    fatal_(e.what());
}

void reader::answer(question&& q) {
    if (const auto* w = std::get_if<wanted>(&q.asked)) {
        give(q.what.command, *w);
        q.back(*q.from, std::move(q.what));
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
            std::make_shared<const core::registration_page>(read_page(*ledger_, *page));
    } else {
        std::get<core::query_audit>(to).page = std::make_shared<const core::audit_page>(
            read_audit(*ledger_, std::get<core::audit_wanted>(w).filter));
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
    auto page = std::make_shared<const core::movement_page>(read_movements(*ledger_, w));
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
    return history;
}

}  // namespace doseline::storage

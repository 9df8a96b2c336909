#include "storage/reader.hpp"

#include "storage/event_codec.hpp"

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

void reader::ask(port& from, std::uint64_t ticket, core::outcome what) {
    {
        const std::lock_guard lock(mutex_);
        questions_.push_back({&from, ticket, std::move(what)});
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
        q.from->answer_from_reader({q.ticket, answer(q.what), nullptr});
        q.from->wake();
    }
} catch (const std::exception& e) {
    fatal_(e.what());
}

core::outcome reader::answer(const core::outcome& what) {
    const auto* known = std::get_if<core::known_key>(&what);
    const auto* view = std::get_if<core::view_granted>(&what);
    const core::sequence seq = known != nullptr ? known->seq : view->seq;

    if (!ledger_->get(stream::events, seq, record_)) {
        if (view != nullptr) {
            return core::refusal{core::errc::not_found, "", 0, std::nullopt};
        }
        throw fatal_error("the ledger has no record " + std::to_string(seq) +
                          " although its key is known: run doseline verify");
    }
    auto event = decode_event(record_);
    if (!event) {
        throw fatal_error("record " + std::to_string(seq) +
                          " of the ledger does not decode: run doseline verify");
    }
    const auto* dose = std::get_if<core::dose_registered>(&*event);
    if (view != nullptr) {
        // Another clinic's registration is no more to be seen than one that is not there.
        if (dose == nullptr || dose->clinic != view->clinic) {
            return core::refusal{core::errc::not_found, "", 0, std::nullopt};
        }
        return core::registration_view{seq, *dose};
    }
    if (dose == nullptr || dose->content != known->content) {
        return core::refusal{core::errc::key_reused, "", 0, std::nullopt};
    }
    return replayed_receipt(seq, *dose);
}

}  // namespace doseline::storage

#pragma once

#include "storage/event_codec.hpp"
#include "storage/ledger.hpp"

#include <vector>

namespace doseline::test {

// A ledger in memory, from which records are got one by one, and the audit looked through.
class listed_events : public storage::ledger_reader {
public:
    core::sequence add(const core::event& e) {
        storage::encode(e, batch_);
        return batch_.size();
    }
    void add(const core::audit_record& a, std::string_view reason = "") {
        storage::encode(a, reason, audit_);
    }
    // These cannot be read any more.
    void break_all_up_to(core::sequence seq) { broken_ = seq; }

    std::unique_ptr<ledger_reader> another() const override { return nullptr; }  // nobody asks
    std::span<const storage::book_facts> books() const override { return {&book_, 1}; }
    storage::stream_heads heads() override { return {}; }
    bool get(storage::stream s, core::sequence seq, std::vector<std::byte>& into) override {
        const storage::record_batch& all = of(s);
        if (seq <= broken_ || seq > all.size()) {
            return false;
        }
        into.assign(all[seq - 1].begin(), all[seq - 1].end());
        return true;
    }
    core::sequence scan(storage::stream s, core::sequence from, const visitor& visit) override {
        while (from <= of(s).size() && visit(from, of(s)[from - 1])) {
            ++from;
        }
        return from;
    }
    storage::stream_head check_from(storage::stream, const storage::stream_head&, const visitor&,
                                    const sealed&) override {
        return {};
    }
    bool next_batch(storage::stream, const storage::stream_head&, storage::sealed_batch&) override {
        return false;
    }
    storage::stream_head before(storage::stream, core::instant, core::sequence) override {
        return {};
    }

private:
    const storage::record_batch& of(storage::stream s) const noexcept {
        return s == storage::stream::events ? batch_ : audit_;
    }

    storage::record_batch batch_;
    storage::record_batch audit_;
    core::sequence broken_ = 0;
    storage::book_facts book_;
};

}  // namespace doseline::test

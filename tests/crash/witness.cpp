#include "tests/crash/witness.hpp"

#include "storage/event_codec.hpp"
#include "storage/lmdb_ledger.hpp"
#include "storage/verify.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>

namespace doseline::test {

namespace {

constexpr std::uint32_t clinics = 4;  // of the plan and of the demo registry

struct ledger_content {
    std::map<core::key_hash, receipt> recorded;  // under its key; an amendment under that of its
    std::map<core::key_hash, receipt> amended;   // registration
    std::size_t doses = 0;                       // registered, and not voided
    std::size_t movements = 0;
    std::set<std::string> checkers;  // users of audited checks
};

// The registration or the movement that an event is.
std::optional<std::pair<core::key_hash, receipt>> receipt_of(core::sequence seq,
                                                             const core::event& event) {
    receipt r;
    r.seq = seq;
    r.recorded_at_ms = core::header_of(event).recorded_at.time_since_epoch().count();
    if (const auto* dose = std::get_if<core::dose_registered>(&event)) {
        r.flags = dose->flags;
        r.claim = static_cast<unsigned>(dose->claim);
        r.remaining = dose->remaining;
        return std::pair(dose->key, r);
    }
    if (const auto* moved = std::get_if<core::stock_changed>(&event)) {
        r.on_hand = moved->on_hand;
        r.in_transit = moved->in_transit;
        r.suspense = moved->suspense;
        r.remaining = moved->remaining;
        return std::pair(moved->key, r);
    }
    return std::nullopt;
}

// The correction, the void or the payment that an event is. Re-evaluations nobody asked for.
std::optional<receipt> amendment_receipt_of(core::sequence seq, const core::event& event) {
    receipt r;
    r.seq = seq;
    r.recorded_at_ms = core::header_of(event).recorded_at.time_since_epoch().count();
    if (const auto* put = std::get_if<core::dose_corrected>(&event)) {
        r.flags = put->flags;
        r.claim = static_cast<unsigned>(put->change.claim);
        r.remaining = put->remaining;
        return r;
    }
    if (const auto* taken = std::get_if<core::dose_voided>(&event)) {
        r.claim = static_cast<unsigned>(taken->change.claim);
        r.remaining = taken->remaining;
        return r;
    }
    if (const auto* paid = std::get_if<core::claim_decided>(&event)) {
        r.claim = static_cast<unsigned>(paid->change.claim);
        return r;
    }
    return std::nullopt;
}

ledger_content content_of_ledger(const std::filesystem::path& dir) {
    storage::lmdb_ledger ledger(dir, storage::lmdb::access::read);
    ledger_content found;
    const auto reader = ledger.reader();
    std::map<core::sequence, core::key_hash> registrations;
    reader->scan(storage::stream::events, 1, [&](core::sequence seq, auto record) {
        const auto event = storage::decode_event(record);
        if (const auto told = receipt_of(seq, event.value())) {
            BOOST_TEST(found.recorded.insert(*told).second, "a key is there twice: " << seq);
            const bool is_dose = std::holds_alternative<core::dose_registered>(event.value());
            (is_dose ? found.doses : found.movements) += 1;
            registrations.emplace(seq, told->first);
        }
        if (const auto told = amendment_receipt_of(seq, event.value())) {
            const core::amendment& change = *core::amendment_of(event.value());
            BOOST_TEST(found.amended.emplace(registrations.at(change.registration), *told).second,
                       "a registration is amended twice: " << seq);
            found.doses -= std::holds_alternative<core::dose_voided>(event.value()) ? 1 : 0;
        }
        return true;
    });
    reader->scan(storage::stream::audit, 1, [&](core::sequence, auto record) {
        const auto audit = storage::decode_audit(record);
        if (audit.value().action == core::audit_action::checked) {
            found.checkers.emplace(audit.value().by.user.view());
        }
        return true;
    });
    return found;
}

}  // namespace

witness::witness(std::filesystem::path dir, std::uint64_t seed)
    : dir_(std::move(dir)), plan_(seed, clinics) {}

std::vector<std::uint32_t> witness::numbers(std::size_t count, std::mt19937& random) {
    constexpr std::size_t again = 40;
    constexpr std::uint32_t newest = 400;  // about what a life sends
    std::vector<std::uint32_t> all(open_.begin(), open_.end());
    for (std::size_t i = 0; i < again && next_ > 0; ++i) {
        const auto back = random() % (i % 2 == 0 ? next_ : std::min(next_, newest));
        all.push_back(next_ - 1 - static_cast<std::uint32_t>(back));
    }
    while (all.size() < count) {
        open_.insert(next_);
        all.push_back(next_);
        if (next_ % 5 == 4) {
            all.push_back(next_ - static_cast<std::uint32_t>(random() % 5));
        }
        ++next_;
    }
    return all;
}

void witness::hear(const std::vector<acknowledgement>& told) {
    for (const acknowledgement& a : told) {
        if (a.refused) {
            continue;
        }
        ++told_;
        open_.erase(a.n);
        if (!a.recorded) {
            if (!a.declined) {
                checked_.insert(a.n);
            }
            continue;
        }
        const auto [at, is_first] = known_.emplace(a.n, *a.recorded);
        BOOST_TEST((at->second == *a.recorded), "command " << a.n << " was told "
                                                           << text_of(at->second) << ", then "
                                                           << text_of(*a.recorded));
    }
}

void witness::look() {
    storage::verified v;
    BOOST_REQUIRE_NO_THROW(v = storage::verify(dir_));
    const ledger_content found = content_of_ledger(dir_);
    BOOST_TEST(v.doses == found.doses);
    recorded_ = 0;
    movements_ = found.movements;
    amendments_ = found.amended.size();
    for (std::uint32_t n = 0; n < next_; ++n) {
        if (command_plan::is_check(n)) {
            continue;
        }
        const bool amends = command_plan::is_amendment(n);
        const auto& all = amends ? found.amended : found.recorded;
        const auto there = all.find(plan_.key(amends ? command_plan::amended_by(n) : n));
        const bool is_there = there != all.end();
        recorded_ += is_there ? 1 : 0;
        if (const auto known = known_.find(n); known != known_.end()) {
            BOOST_REQUIRE_MESSAGE(is_there,
                                  "command " << n << " is lost, which was told or was here before");
            BOOST_TEST((there->second == known->second),
                       "command " << n << " was told " << text_of(known->second) << ", recorded is "
                                  << text_of(there->second));
        } else if (is_there) {
            ++untold_;
            known_.emplace(n, there->second);  // what it must be told when it is sent again
        }
    }
    BOOST_TEST(recorded_ == found.recorded.size() + found.amended.size(), "what nobody sent");
    for (const std::uint32_t n : checked_) {
        BOOST_REQUIRE_MESSAGE(found.checkers.contains(std::string(command_plan::user(n).view())),
                              "check " << n << " was answered and is not in the audit");
    }
}

}  // namespace doseline::test

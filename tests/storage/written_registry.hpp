#pragma once

#include "core/carry_forward.hpp"
#include "core/registry.hpp"
#include "storage/anchor.hpp"
#include "storage/event_codec.hpp"
#include "storage/fold.hpp"
#include "storage/key_ring.hpp"
#include "storage/lmdb_ledger.hpp"
#include "storage/next_book.hpp"
#include "storage/recovery.hpp"
#include "tests/support/temporary_directory.hpp"

#include <array>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace doseline::test {

// A registry's directory as a small season leaves it: keys, ledger and anchor, written by the
// registry's own decisions in many commits. Nobody has it open when it is made.
class written_registry {
public:
    static constexpr std::size_t clinics = 5;
    static constexpr std::size_t persons = 300;

    explicit written_registry(std::size_t shots = 360)
        : ring_(storage::key_ring::create(path(), 1, 2016)) {
        storage::lmdb_ledger::create(path(), 2016);
        open();
        storage::encode(core::book_opened{{now_, 0}, 1, 2016, 0, 0}, events_);
        registry_->apply(core::book_opened{{now_, 0}, 1, 2016, 0, 0}, ++seq_);
        open_season();
        commit();
        give(shots);
        close();
    }

    const std::filesystem::path& path() const noexcept { return directory_.path(); }
    std::filesystem::path data() const { return path() / "ledger" / "data.mdb"; }
    const core::registry& state() const noexcept { return *registry_; }
    storage::must_pass heads() const noexcept { return heads_; }
    std::size_t doses() const noexcept { return doses_; }

    void anchor_at(const storage::must_pass& heads) {
        storage::signer signer(ring_);
        storage::write_anchor(path(), {heads, now_}, signer);
    }

    void open() { ledger_.emplace(path(), storage::lmdb::access::write, 0); }
    void close() {
        heads_ = {ledger_->head(storage::stream::events), ledger_->head(storage::stream::audit)};
        ledger_.reset();
        anchor_at(heads_);
    }

    // REQUIRES: open.
    void give(std::size_t shots) {
        for (std::size_t n = 0; n < shots; ++n) {
            const std::size_t person = doses_ % persons;
            core::check_eligibility check;
            check.by = at_clinic(doses_);
            check.person = hash(person, 1);
            check.birth = born;
            take(check);
            take(shot(person));
            ++doses_;
            if (n % 7 == 6) {
                commit();
            }
        }
        commit();
    }

    // Closes the open book, and opens the next one. REQUIRES: nobody has it open.
    void end_book() {
        open();
        storage::encode(core::book_closed{{now_, 0}, ledger_->book().number}, events_);
        commit();
        close();
    }
    void turn(std::uint16_t year) {
        end_book();
        reopen_next(year);
    }
    // REQUIRES: the book has ended.
    void reopen_next(std::uint16_t year) {
        open();
        core::dose_totals totals(0);
        const auto closed = recovered(totals);
        storage::open_next_book(*ledger_, *closed, totals, year, now_, opened(),
                                [](std::string_view, std::uint64_t, std::uint64_t) {});
        core::dose_totals none(0);
        registry_ = recovered(none);
        seq_ = ledger_->head(storage::stream::events).seq;
        close();
    }
    // The same as somebody would who changes what is carried forward, or leaves it out (false).
    void write_next_by_hand(std::uint16_t year, const std::function<bool(core::event&)>& change) {
        open();
        core::dose_totals totals(0);
        const auto closed = recovered(totals);
        core::published names;
        closed->publish(names, seq_, now_);
        storage::fold folded;
        ledger_->reader()->check(
            storage::stream::events,
            [&](core::sequence seq, std::span<const std::byte> bytes) {
                folded.take(seq, *storage::decode_event(bytes));
                return true;
            },
            [](const storage::stream_head&) {});
        const auto number = static_cast<std::uint16_t>(ledger_->book().number + 1);
        const core::sequence next = ledger_->head(storage::stream::events).seq + 1;
        ledger_->draft_next(year);
        core::carry_forward(
            *closed, {number, year, now_, next, 0},
            {[&](core::clinic_number n) { return std::string_view(names.clinic(n).name); },
             [&](const core::person_record& p) {
                 return folded.person_of_hash(core::person_hash(p.person, p.programme)).payable;
             }},
            [&](core::event e) {
                if (change(e)) {
                    storage::encode(e, events_);
                }
            });
        commit();
        ledger_->open_draft();
        close();
    }

    void pass(std::chrono::seconds time) { now_ += time; }

    // Who was asked about and had no dose yet. REQUIRES: open.
    void check_only(std::size_t person) {
        core::check_eligibility check;
        check.by = at_clinic(person);
        check.person = hash(person, 1);
        check.birth = born;
        take(check);
        commit();
    }

    std::vector<std::byte> record(storage::stream s, core::sequence seq) const {
        storage::lmdb_ledger ledger(path(), storage::lmdb::access::read);
        std::vector<std::byte> bytes;
        if (!ledger.reader()->get(s, seq, bytes)) {
            throw std::logic_error("no record " + std::to_string(seq));
        }
        return bytes;
    }

private:
    static constexpr core::civil_day today{std::chrono::year{2016} / 10 / 4};
    static constexpr core::civil_day born{std::chrono::year{1850} / 5 / 20};

    core::audit_record opened() const {
        core::audit_record a;
        a.action = core::audit_action::book_opened;
        a.at = now_;
        a.by.clinic = core::no_clinic;
        return a;
    }

    std::unique_ptr<core::registry> recovered(core::dose_totals& totals) {
        auto state = std::make_unique<core::registry>();
        storage::recover(*ledger_->reader(), std::nullopt, {now_, steady()}, *state, totals);
        return state;
    }

    static std::array<std::byte, 16> hash(std::size_t n, unsigned domain) {
        std::mt19937_64 random(n * 16 + domain);
        const std::array<std::uint64_t, 2> words{random(), random()};
        std::array<std::byte, 16> bytes;
        std::memcpy(bytes.data(), words.data(), bytes.size());
        return bytes;
    }

    static core::actor at_clinic(std::size_t n) {
        core::actor by;
        by.clinic = static_cast<core::clinic_number>(n % clinics);
        by.device = 1;
        by.user = core::user_code("NURSE-1");
        return by;
    }

    core::register_dose shot(std::size_t person) const {
        core::register_dose c;
        c.by = at_clinic(doses_);
        c.person = hash(person, 1);
        c.key = hash(doses_, 2);
        c.content = hash(doses_, 3);
        c.birth = born;
        c.data_key = 1;
        if (doses_ % 9 == 0) {  // as long as one may be: it takes a page of its own
            c.extension = std::make_unique<std::vector<std::byte>>(
                core::limits::extension_bytes_max, std::byte(doses_));
        }
        return c;
    }

    void open_season() {
        core::programme p;
        p.code = "2016-17";
        p.name = "Influenza";
        p.starts = today;
        p.ends = today + std::chrono::days{200};
        p.phases.push_back({core::civil_day{std::chrono::year{1800} / 1 / 1},
                            core::civil_day{std::chrono::year{1869} / 12 / 31}, p.starts, p.ends,
                            0b11, core::funding::national, 0});
        take(core::define_programme{std::make_shared<const core::programme>(p)});
        for (std::uint32_t n = 0; n < clinics; ++n) {
            take(core::register_clinic{10'000'000 + n, 11'000 + n % 2, core::facility_kind::clinic,
                                       "Clinic", today - std::chrono::days{1},
                                       today + std::chrono::days{300}});
        }
        const core::lot_text lot("LOT-1");
        const core::product_text product("QUADRIVALENT");
        take(core::register_lot{p.code, lot, product, today + std::chrono::days{200}, false});
        for (std::uint32_t n = 0; n < clinics; ++n) {
            take(core::ship_doses{10'000'000 + n, lot, product, core::funding::national, 60, true});
        }
    }

    void take(const core::command& c) {
        now_ += std::chrono::seconds{1};
        decided_.clear();
        const core::outcome answer = registry_->decide(c, {now_, steady()}, seq_ + 1, decided_);
        if (std::holds_alternative<core::refusal>(answer)) {
            throw std::logic_error("the small season was refused something");
        }
        for (const core::event& e : decided_.events) {
            registry_->apply(e, ++seq_);
            storage::encode(e, events_);
        }
        for (const core::audit_record& a : decided_.audit) {
            registry_->apply(a, steady());
            storage::encode(a, audit_);
        }
    }

    void commit() {
        ledger_->append(events_, audit_, now_);
        events_.clear();
        audit_.clear();
    }

    core::steady_ms steady() const { return now_.time_since_epoch().count(); }

    temporary_directory directory_;
    storage::key_ring ring_;
    std::optional<storage::lmdb_ledger> ledger_;
    std::unique_ptr<core::registry> registry_ = std::make_unique<core::registry>();
    core::instant now_{today};
    core::sequence seq_ = 0;
    std::size_t doses_ = 0;
    storage::must_pass heads_;
    core::decided decided_;
    storage::record_batch events_;
    storage::record_batch audit_;
};

// One for all cases that leave it as it was.
inline const written_registry& shared_registry() {
    static const written_registry made;
    return made;
}

inline std::string content_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

// A file whose bytes a test changes; as it was again when the object goes.
class altered_file {
public:
    explicit altered_file(std::filesystem::path path)
        : path_(std::move(path)), original_(content_of(path_)) {}
    ~altered_file() { write(original_); }
    altered_file(const altered_file&) = delete;
    altered_file& operator=(const altered_file&) = delete;

    const std::string& original() const noexcept { return original_; }

    void write(std::string_view content) const {
        std::ofstream file(path_, std::ios::binary | std::ios::trunc);
        file << content;
    }
    // Changes one byte in place, that is, undoes what a second call of the same does.
    void flip(std::size_t offset, unsigned mask) const {
        std::fstream file(path_, std::ios::binary | std::ios::in | std::ios::out);
        file.seekg(static_cast<std::streamoff>(offset));
        const int byte = file.get();
        file.seekp(static_cast<std::streamoff>(offset));
        file.put(static_cast<char>(static_cast<unsigned>(byte) ^ mask));
    }

private:
    const std::filesystem::path path_;
    const std::string original_;
};

// What the call says when it throws an error; empty when it does not throw.
template <typename Call>
std::string told_by(const Call& call) {
    try {
        call();
    } catch (const std::runtime_error& e) {
        return e.what();
    }
    return {};
}

}  // namespace doseline::test

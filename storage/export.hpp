#pragma once

#include "storage/backup.hpp"
#include "storage/key_ring.hpp"
#include "storage/ledger.hpp"
#include "storage/pseudonym.hpp"
#include "storage/seal.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

namespace doseline::storage {

// Who it was. Empty texts where none was given, or where the data key that sealed them has been
// destroyed.
struct exported_person {
    std::string national_id;  // 13 digits
    std::string name;
    std::string evidence;
};

// A registration with what its numbers stand for; valid during the call. Flags and claim are those
// of its newest version.
struct export_row {
    core::sequence seq = 0;
    const core::dose_registered& dose;
    core::version_number version = 1;
    bool voided = false;
    const core::clinic_registered& clinic;
    const core::programme& programme;
    const core::lot_registered* lot = nullptr;  // null: no lot known
    std::string pseudonym;
    std::optional<exported_person> person;  // when personal data were asked for
};

// Reads the events twice: what became of registrations later, which is little, is kept from the
// first time; the second time each makes a row. Every kind of event has a take() of its own and
// there is none for "any other", so whoever adds a kind is told by the compiler to say here what
// becomes of it.
class exporter {
public:
    using row_visitor = std::function<void(const export_row&)>;

    exporter(const key_ring& ring, bool personal);

    // A book's registrations; of the open book those that are there by now. Each batch is read in
    // a transaction that is over before its rows are visited: a visitor may wait as long as it
    // likes. Returns the rows. Throws std::runtime_error where there is no such book, fatal_error
    // that names a record; whatever the visitor or tell throws.
    std::uint64_t run(ledger_reader& from, std::uint16_t book, const row_visitor& visit,
                      const progress& tell);

private:
    void take(core::sequence, const core::book_opened&) {}
    void take(core::sequence, const core::programme_defined& e);
    void take(core::sequence, const core::clinic_registered& e);
    void take(core::sequence, const core::lot_registered& e);
    void take(core::sequence, const core::stock_moved&) {}
    void take(core::sequence, const core::stock_changed&) {}
    void take(core::sequence, const core::book_closed&) {}
    void take(core::sequence, const core::stock_carried&) {}
    void take(core::sequence, const core::person_carried&) {}
    void take(core::sequence, const core::key_carried&) {}
    void take(core::sequence, const core::lot_recalled&) {}
    void take(core::sequence, const core::device_enrolled&) {}
    void take(core::sequence, const core::access_revoked&) {}
    void take(core::sequence seq, const core::dose_registered& e);
    void take(core::sequence, const core::extension_attached& e);
    void take(core::sequence, const core::dose_voided&) {}       // kept from the first reading
    void take(core::sequence, const core::dose_reevaluated&) {}  // likewise
    void take(core::sequence, const core::dose_corrected&) {}    // likewise
    void take(core::sequence, const core::claim_decided&) {}     // likewise
    void take(core::sequence, const core::day_reported&) {}

    void keep(const core::event& e);
    void give(core::sequence seq, const core::dose_registered& e,
              const core::extension_attached* extension);
    exported_person open(core::sequence seq, const core::dose_registered& e,
                         std::uint32_t clinic_code, const core::extension_attached* extension);

    const bool personal_;
    pseudonyms pseudonyms_;
    sealer opener_;
    std::vector<std::shared_ptr<const core::programme>> programmes_;            // by number
    std::vector<core::clinic_registered> clinics_;                              // by number
    std::vector<core::lot_registered> lots_;                                    // by number
    std::unordered_map<core::sequence, std::vector<core::event>> changes_;      // by registration
    std::optional<std::pair<core::sequence, core::dose_registered>> extended_;  // its text follows
    const row_visitor* visit_ = nullptr;
    std::uint64_t rows_ = 0;
};

}  // namespace doseline::storage

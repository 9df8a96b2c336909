#include "storage/export.hpp"

#include "storage/extension_text.hpp"
#include "tests/storage/written_registry.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/known_ring.hpp"

#include <boost/test/unit_test.hpp>

#include <map>

BOOST_AUTO_TEST_SUITE(exporting)

using namespace doseline;
using storage::stream;

namespace {

void say_nothing(std::string_view, std::uint64_t, std::uint64_t) {}

// What stays of a row when its call is over.
struct kept_row {
    core::sequence seq = 0;
    core::dose_registered dose;
    core::version_number version = 0;
    bool voided = false;
    std::uint32_t clinic = 0;
    std::string programme;
    std::string lot;
    std::string pseudonym;
    std::optional<storage::exported_person> person;
};

std::vector<kept_row> rows_of(storage::lmdb_ledger& ledger, const storage::key_ring& ring,
                              bool personal, std::uint16_t book = 1) {
    std::vector<kept_row> rows;
    storage::exporter e(ring, personal);
    const std::uint64_t told = e.run(
        *ledger.reader(), book,
        [&](const storage::export_row& r) {
            rows.push_back({r.seq, r.dose, r.version, r.voided, r.clinic.code, r.programme.code,
                            r.lot == nullptr ? "" : std::string(r.lot->lot.view()), r.pseudonym,
                            r.person});
        },
        say_nothing);
    BOOST_TEST(told == rows.size());
    return rows;
}

// A ledger whose persons are sealed under the known keys.
struct sealed_season {
    static constexpr std::uint32_t clinic_code = 12'345'678;

    sealed_season() {
        storage::lmdb_ledger::create(directory.path(), 2016);
        ledger.emplace(directory.path(), storage::lmdb::access::write, 0);
        auto programme = std::make_shared<core::programme>();
        programme->code = "2016-17";
        storage::encode(core::programme_defined{{}, 0, programme}, events);
        core::clinic_registered clinic;
        clinic.code = clinic_code;
        storage::encode(clinic, events);
    }

    core::dose_registered dose(std::uint64_t number, std::string_view name) {
        core::dose_registered e;
        e.key.fill(std::byte(number % 251));
        e.data_key = 3;
        e.sealed = sealer.seal_person(number, name, clinic_code, e.key);
        return e;
    }
    void extend(core::dose_registered e, const storage::extension_text& text) {
        e.extended = true;
        storage::encode(e, events);
        core::extension_attached more;
        more.data_key = 3;
        const std::string plain = storage::encode_extension(text);
        more.sealed.resize(plain.size() + storage::sealer::extension_overhead);
        sealer.seal_extension(std::as_bytes(std::span(plain)), clinic_code, e.key, more.sealed);
        storage::encode(more, events);
    }
    std::vector<kept_row> rows(bool personal) {
        ledger->append(events, {}, core::instant{});
        events.clear();
        return rows_of(*ledger, ring, personal);
    }

    test::temporary_directory directory;
    storage::key_ring ring = test::open_known_ring(directory.path());
    storage::sealer sealer{ring, 1, 0};
    std::optional<storage::lmdb_ledger> ledger;
    storage::record_batch events;
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_row_for_each_registration_in_their_order) {
    const test::written_registry& registry = test::shared_registry();
    storage::lmdb_ledger ledger(registry.path(), storage::lmdb::access::read);
    const auto ring = storage::key_ring::open(registry.path());
    const auto rows = rows_of(ledger, ring, false);
    BOOST_TEST(rows.size() == registry.doses());
    auto row = rows.begin();
    ledger.reader()->scan(stream::events, 1,
                          [&](core::sequence seq, std::span<const std::byte> record) {
                              const auto event = storage::decode_event(record);
                              if (const auto* dose = std::get_if<core::dose_registered>(&*event)) {
                                  BOOST_REQUIRE((row != rows.end()));
                                  BOOST_TEST(row->seq == seq);
                                  BOOST_TEST((row->dose.key == dose->key));
                                  BOOST_TEST(row->clinic == 10'000'000 + dose->clinic);
                                  BOOST_TEST(row->programme == "2016-17");
                                  BOOST_TEST(row->lot == (dose->lot == 0 ? "" : "LOT-1"));
                                  BOOST_TEST(!row->person.has_value());
                                  ++row;
                              }
                              return true;
                          });
    BOOST_TEST((row == rows.end()));
}

BOOST_AUTO_TEST_CASE(a_row_says_how_its_registration_stands_at_the_end) {
    sealed_season s;
    core::dose_registered second = s.dose(9'003'034'000'001, "");
    second.flags = core::bit(core::flag::already_vaccinated);
    second.claim = core::claim_state::not_payable;
    storage::encode(s.dose(9'003'034'000'001, ""), s.events);  // 3
    storage::encode(second, s.events);                         // 4
    core::dose_voided taken_back;
    taken_back.change.registration = 3;
    taken_back.change.claim = core::claim_state::not_payable;
    storage::encode(taken_back, s.events);
    core::dose_reevaluated successor;
    successor.change.registration = 4;
    successor.change.claim_before = core::claim_state::not_payable;
    storage::encode(successor, s.events);
    const auto rows = s.rows(false);
    BOOST_TEST_REQUIRE(rows.size() == 2u);
    BOOST_TEST(rows[0].voided);
    BOOST_TEST(rows[0].version == 2u);
    BOOST_TEST((rows[0].dose.claim == core::claim_state::not_payable));
    BOOST_TEST(!rows[1].voided);
    BOOST_TEST(rows[1].version == 2u);
    BOOST_TEST(rows[1].dose.flags == 0u);
    BOOST_TEST((rows[1].dose.claim == core::claim_state::auto_ok));
}

BOOST_AUTO_TEST_CASE(a_row_says_what_its_corrections_say) {
    sealed_season s;
    storage::encode(s.dose(9'003'034'000'001, ""), s.events);  // 3
    core::dose_corrected corrected;
    corrected.change.registration = 3;
    corrected.change.claim = core::claim_state::not_payable;
    corrected.after = {0, core::dose_source::private_stock, core::funding::private_pay};
    corrected.occurred_at = core::instant{std::chrono::milliseconds{5}};
    corrected.flags = core::bit(core::flag::late);
    corrected.site = core::body_site::left_thigh;
    storage::encode(corrected, s.events);
    const auto rows = s.rows(false);
    BOOST_TEST_REQUIRE(rows.size() == 1u);
    BOOST_TEST(!rows[0].voided);
    BOOST_TEST(rows[0].version == 2u);
    const core::dose_registered& dose = rows[0].dose;
    BOOST_CHECK(dose.claim == core::claim_state::not_payable);
    BOOST_CHECK(dose.funding == core::funding::private_pay);
    BOOST_CHECK(dose.source == core::dose_source::private_stock);
    BOOST_CHECK(dose.occurred_at == core::instant{std::chrono::milliseconds{5}});
    BOOST_TEST(dose.flags == core::bit(core::flag::late));
    BOOST_CHECK(dose.site == core::body_site::left_thigh);
}

BOOST_AUTO_TEST_CASE(a_row_says_what_was_decided_on_its_claim) {
    sealed_season s;
    storage::encode(s.dose(9'003'034'000'001, ""), s.events);  // 3
    core::claim_decided decided;
    decided.change.registration = 3;
    decided.change.claim = core::claim_state::paid;
    decided.decision = core::claim_decision::paid;
    storage::encode(decided, s.events);
    const auto rows = s.rows(false);
    BOOST_TEST_REQUIRE(rows.size() == 1u);
    BOOST_TEST(rows[0].version == 2u);
    BOOST_CHECK(rows[0].dose.claim == core::claim_state::paid);
}

BOOST_AUTO_TEST_CASE(a_person_has_one_pseudonym_and_it_is_not_the_ledgers_hash) {
    const test::written_registry& registry = test::shared_registry();
    storage::lmdb_ledger ledger(registry.path(), storage::lmdb::access::read);
    const auto ring = storage::key_ring::open(registry.path());
    std::map<core::person_key, std::string> known;
    std::map<std::string, core::person_key> back;
    for (const auto& row : rows_of(ledger, ring, false)) {
        BOOST_TEST(row.pseudonym.size() == 32u);
        BOOST_TEST(row.pseudonym != test::hex(row.dose.person));
        BOOST_TEST(known.emplace(row.dose.person, row.pseudonym).first->second == row.pseudonym);
        BOOST_TEST((back.emplace(row.pseudonym, row.dose.person).first->second == row.dose.person));
    }
    BOOST_TEST(known.size() == test::written_registry::persons);
    // Another registry has other names for the same persons.
    const test::written_registry other(1);
    storage::pseudonyms names(storage::key_ring::open(other.path()));
    BOOST_TEST(names.of(known.begin()->first) != known.begin()->second);
}

// Computed by an implementation of RFC 2104 that shares no code with OpenSSL.
BOOST_AUTO_TEST_CASE(a_pseudonym_is_what_another_implementation_computes) {
    const test::temporary_directory dir;
    storage::pseudonyms names(test::open_known_ring(dir.path()));
    core::person_key person;
    std::ranges::generate(person, [n = 0x10]() mutable { return std::byte(n++); });
    BOOST_TEST(names.of(person) == "2464bfdb20ab1dbd7892eabd40bfa378");
}

BOOST_AUTO_TEST_CASE(personal_data_are_opened_when_asked_for) {
    sealed_season season;
    storage::encode(season.dose(101'019'123'456, "Hong"), season.events);
    season.extend(season.dose(5'001'019'123'456, ""),
                  {"a name that has no room in the record itself", "letter 7"});
    season.extend(season.dose(5'001'019'123'457, ""), {"", "letter 8"});
    for (const kept_row& row : season.rows(false)) {
        BOOST_TEST(!row.person.has_value());
    }
    const auto rows = season.rows(true);
    BOOST_TEST_REQUIRE(rows.size() == 3u);
    BOOST_TEST(rows[0].person->national_id == "0101019123456");
    BOOST_TEST(rows[0].person->name == "Hong");
    BOOST_TEST(rows[0].person->evidence == "");
    BOOST_TEST(rows[1].person->national_id == "5001019123456");
    BOOST_TEST(rows[1].person->name == "a name that has no room in the record itself");
    BOOST_TEST(rows[1].person->evidence == "letter 7");
    BOOST_TEST(rows[2].person->name == "");
    BOOST_TEST(rows[2].person->evidence == "letter 8");
}

BOOST_AUTO_TEST_CASE(who_was_sealed_under_a_destroyed_key_is_gone_and_the_dose_is_not) {
    sealed_season season;
    core::dose_registered dose = season.dose(5'001'019'123'456, "Hong");
    dose.data_key = 2;
    storage::encode(dose, season.events);
    const auto rows = season.rows(true);
    BOOST_TEST_REQUIRE(rows.size() == 1u);
    BOOST_TEST_REQUIRE(rows[0].person.has_value());
    BOOST_TEST(rows[0].person->national_id == "");
    BOOST_TEST(rows[0].person->name == "");
}

BOOST_AUTO_TEST_CASE(a_record_that_does_not_open_or_fit_is_named) {
    const auto told_of = [](auto&& put) {
        sealed_season season;
        put(season);
        return test::told_by([&] { season.rows(true); });
    };
    const auto named = [](const std::string& told, std::string_view what) {
        return told.find("record 3 of the ledger") == 0 && told.find(what) != std::string::npos;
    };
    const auto flipped = [](sealed_season& s) {
        core::dose_registered dose = s.dose(5'001'019'123'456, "Hong");
        dose.sealed[40] ^= std::byte{1};
        storage::encode(dose, s.events);
    };
    const auto of_nobody = [](sealed_season& s) {
        core::dose_registered dose = s.dose(5'001'019'123'456, "Hong");
        dose.clinic = 1;
        storage::encode(dose, s.events);
    };
    const auto alone = [](sealed_season& s) {
        core::dose_registered dose = s.dose(5'001'019'123'456, "Hong");
        dose.extended = true;
        storage::encode(dose, s.events);
    };
    const auto extending_nothing = [](sealed_season& s) {
        core::extension_attached more;
        more.data_key = 3;
        more.sealed.resize(40);
        storage::encode(more, s.events);
    };
    BOOST_TEST(named(told_of(flipped), "does not open"), told_of(flipped));
    BOOST_TEST(named(told_of(of_nobody), "never registered"), told_of(of_nobody));
    BOOST_TEST(named(told_of(alone), "no extension"), told_of(alone));
    BOOST_TEST(named(told_of(extending_nothing), "extends nothing"), told_of(extending_nothing));
}

BOOST_AUTO_TEST_CASE(an_extensions_texts_come_back_and_nothing_else_does) {
    for (const auto& [name, evidence] : {std::pair<std::string, std::string>{"", ""},
                                         {"Hong", ""},
                                         {"", "letter"},
                                         {std::string(160, 'n'), std::string(800, 'e')}}) {
        const std::string plain = storage::encode_extension({name, evidence});
        const auto text = storage::decode_extension(plain);
        BOOST_TEST_REQUIRE(text.has_value());
        BOOST_TEST(text->name == name);
        BOOST_TEST(text->evidence == evidence);
        for (std::size_t size = 1; size < plain.size(); ++size) {
            const auto part = storage::decode_extension(std::string_view(plain).substr(0, size));
            BOOST_TEST((!part || part->evidence.empty()));
        }
    }
    BOOST_TEST(!storage::decode_extension(std::string("\x03\x01\x00x", 4)));
}

BOOST_AUTO_TEST_CASE(an_exports_audit_record_holds_its_reason) {
    const auto size_of_reason = [](std::size_t bytes, core::audit_action action) {
        core::audit_record record;
        record.action = action;
        storage::record_batch batch;
        storage::encode(record, std::string(bytes, 'r'), batch);
        return storage::decode_audit(batch[0]) ? std::optional(storage::reason_in(batch[0]).size())
                                               : std::nullopt;
    };
    constexpr std::size_t most = core::limits::export_reason_characters_max * 4;
    using core::audit_action;
    BOOST_TEST((size_of_reason(1, audit_action::exported) == 1u));
    BOOST_TEST((size_of_reason(most, audit_action::exported) == most));
    BOOST_TEST(!size_of_reason(most + 1, audit_action::exported).has_value());
    BOOST_TEST(!size_of_reason(0, audit_action::exported).has_value());
    BOOST_TEST(!size_of_reason(1, audit_action::viewed).has_value());
    BOOST_TEST((size_of_reason(0, audit_action::viewed) == 0u));
}

BOOST_AUTO_TEST_SUITE_END()

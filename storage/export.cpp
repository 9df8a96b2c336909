#include "storage/export.hpp"

#include "storage/event_codec.hpp"
#include "storage/extension_text.hpp"

#include <array>
#include <stdexcept>

namespace doseline::storage {

namespace {

// Nothing is sealed here, so no nonce is ever made of this; no start has it.
constexpr std::uint32_t no_boot_epoch = 0;

[[noreturn]] void damaged(core::sequence seq, const std::string& what) {
    throw fatal_error("record " + std::to_string(seq) + " of the ledger " + what +
                      ": run doseline verify");
}

template <class T>
void put(std::vector<T>& all, std::size_t number, const T& value) {
    if (number >= all.size()) {
        all.resize(number + 1);
    }
    all[number] = value;
}

template <class T>
const T& at(const std::vector<T>& all, std::size_t number, core::sequence seq) {
    if (number >= all.size()) {
        damaged(seq, "names what was never registered");
    }
    return all[number];
}

std::string thirteen_digits(std::uint64_t number) {
    std::string digits = std::to_string(number);
    digits.insert(0, 13 - digits.size(), '0');
    return digits;
}

using event_visitor = std::function<void(core::sequence, const core::event&)>;

// Each batch in a read transaction that is over before its events are visited.
void each_event(ledger_reader& from, stream_head head, core::sequence end,
                const event_visitor& visit,
                const std::function<void(core::sequence)>& after_batch) {
    sealed_batch batch;
    while (head.seq < end && from.next_batch(stream::events, head, batch)) {
        for (std::size_t i = 0; i < batch.records.size(); ++i) {
            const core::sequence seq = head.seq + 1 + i;
            const auto event = decode_event(batch.records[i]);
            if (!event) {
                damaged(seq, "does not decode");
            }
            visit(seq, *event);
        }
        head = batch.head;
        after_batch(head.seq);
    }
}

}  // namespace

exporter::exporter(const key_ring& ring, bool personal)
    : personal_(personal), pseudonyms_(ring), opener_(ring, no_boot_epoch, 0) {}

std::uint64_t exporter::run(ledger_reader& from, std::uint16_t book, const row_visitor& visit,
                            const progress& tell) {
    const auto books = from.books();
    if (book == 0 || book > books.size()) {
        throw std::runtime_error("there is no book " + std::to_string(book) + ": the newest is " +
                                 std::to_string(books.size()));
    }
    const stream_head start = books[book - 1u].before.events;
    const core::sequence last = from.heads().events.seq;
    const core::sequence end = book < books.size() ? books[book].before.events.seq : last;
    visit_ = &visit;
    rows_ = 0;
    // Claims of a closed book are decided on in later ones.
    each_event(
        from, start, last, [&](core::sequence, const core::event& e) { keep(e); },
        [&](core::sequence at) { tell("looking for changes", at - start.seq, last - start.seq); });
    each_event(
        from, start, end,
        [&](core::sequence seq, const core::event& event) {
            std::visit([&](const auto& e) { take(seq, e); }, event);
        },
        [&](core::sequence at) {
            if (extended_) {
                damaged(extended_->first, "has no extension");
            }
            tell("exporting", at - start.seq, end - start.seq);
        });
    return rows_;
}

void exporter::keep(const core::event& e) {
    if (const core::amendment* change = core::amendment_of(e)) {
        changes_[change->registration].push_back(e);
    }
}

void exporter::take(core::sequence, const core::programme_defined& e) {
    put(programmes_, e.number, e.definition);
}

void exporter::take(core::sequence, const core::clinic_registered& e) {
    put(clinics_, e.number, e);
}

void exporter::take(core::sequence, const core::lot_registered& e) { put(lots_, e.number, e); }

void exporter::take(core::sequence seq, const core::dose_registered& e) {
    if (e.extended) {
        extended_.emplace(seq, e);
    } else {
        give(seq, e, nullptr);
    }
}

void exporter::take(core::sequence seq, const core::extension_attached& e) {
    if (!extended_ || extended_->first + 1 != seq) {
        damaged(seq, "extends nothing");
    }
    const auto [of, dose] = *std::exchange(extended_, std::nullopt);
    give(of, dose, &e);
}

void exporter::give(core::sequence seq, const core::dose_registered& recorded,
                    const core::extension_attached* extension) {
    core::dose_registered e = recorded;
    core::version_number version = 1;
    bool voided = false;
    if (const auto it = changes_.find(seq); it != changes_.end()) {
        for (const core::event& change : it->second) {
            core::amend(e, change);
            version = core::amendment_of(change)->version;
            voided = voided || std::holds_alternative<core::dose_voided>(change);
        }
    }
    const core::clinic_registered& clinic = at(clinics_, e.clinic, seq);
    export_row row{seq,
                   e,
                   version,
                   voided,
                   clinic,
                   *at(programmes_, e.programme, seq),
                   e.lot == 0 ? nullptr : &at(lots_, e.lot, seq),
                   pseudonyms_.of(e.person),
                   std::nullopt};
    if (personal_) {
        row.person = open(seq, e, clinic.code, extension);
    }
    (*visit_)(row);
    ++rows_;
}

exported_person exporter::open(core::sequence seq, const core::dose_registered& e,
                               std::uint32_t clinic_code,
                               const core::extension_attached* extension) {
    exported_person person;
    const auto opened = opener_.open_person(e.sealed, e.data_key, clinic_code, e.key);
    if (!opened && opened.error() == core::errc::not_found) {
        return person;
    }
    if (!opened) {
        damaged(seq, "does not open with this registry's keys");
    }
    person.national_id = thirteen_digits(opened->number);
    person.name = opened->name.view();
    if (extension == nullptr) {
        return person;
    }
    std::array<std::byte, sealer::extension_plaintext_max> plain;
    const auto size =
        opener_.open_extension(extension->sealed, extension->data_key, clinic_code, e.key, plain);
    const auto text = size ? decode_extension({reinterpret_cast<const char*>(plain.data()), *size})
                           : std::nullopt;
    if (!text) {
        damaged(seq + 1, "does not open with this registry's keys");
    }
    person.name = text->name.empty() ? person.name : std::string(text->name);
    person.evidence = text->evidence;
    return person;
}

}  // namespace doseline::storage

#include "storage/stored_event.hpp"

#include "storage/event_codec.hpp"

#include <string>

namespace doseline::storage {

std::optional<core::event> read_event(ledger_reader& from, core::sequence seq,
                                      std::vector<std::byte>& record) {
    if (!from.get(stream::events, seq, record)) {
        return std::nullopt;
    }
    auto event = decode_event(record);
    if (!event) {
        throw fatal_error("record " + std::to_string(seq) +
                          " of the ledger does not decode: run doseline verify");
    }
    return *std::move(event);
}

core::event read_named_event(ledger_reader& from, core::sequence seq,
                             std::vector<std::byte>& record) {
    auto event = read_event(from, seq, record);
    if (!event) {
        throw fatal_error("the ledger has no record " + std::to_string(seq) +
                          " although a later one names it: run doseline verify");
    }
    return *std::move(event);
}

std::vector<std::byte> read_extension_of(ledger_reader& from, core::sequence registration,
                                         std::vector<std::byte>& record) {
    auto event = read_event(from, registration + 1, record);
    auto* attached = event ? std::get_if<core::extension_attached>(&*event) : nullptr;
    if (attached == nullptr) {
        throw fatal_error("record " + std::to_string(registration) +
                          " of the ledger has no extension behind it: run doseline verify");
    }
    return std::move(attached->sealed);
}

}  // namespace doseline::storage

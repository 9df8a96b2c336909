#pragma once

#include "core/event.hpp"
#include "storage/ledger.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

// Events and audit records as bytes: little-endian, fixed places, a type and a version first.
// storage/README.md has the layout byte by byte; a layout once written is never changed, a new
// version is added beside it.
namespace doseline::storage {

inline constexpr std::uint8_t record_version = 4;
inline constexpr std::size_t registration_bytes = 192;
inline constexpr std::size_t audit_bytes = 80;

void encode(const core::event& e, record_batch& into);
void encode(const core::audit_record& a, record_batch& into);
// Of the actions exported, book_destroyed and imported, which alone have one (the last says what
// was imported): UTF-8, 1 to export_reason_characters_max characters.
void encode(const core::audit_record& a, std::string_view reason, record_batch& into);

// Error: malformed, for an unknown type or version, a wrong size or a value out of its range.
core::result<core::event> decode_event(std::span<const std::byte> record);
core::result<core::audit_record> decode_audit(std::span<const std::byte> record);
// The same into one that is there. False: malformed, and into is any event.
bool decode_event(std::span<const std::byte> record, core::event& into);
// Of a record that decode_audit() takes; empty for every other action.
std::string_view reason_in(std::span<const std::byte> audit_record) noexcept;

}  // namespace doseline::storage

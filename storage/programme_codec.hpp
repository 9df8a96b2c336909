#pragma once

#include "core/programme.hpp"
#include "storage/field_codec.hpp"

// A programme's definition inside its event: everything, so that what a dose was judged by is in
// the ledger itself.
namespace doseline::storage {

std::size_t programme_bytes(const core::programme& p) noexcept;
void write_programme(const core::programme& p, field_writer& w) noexcept;
core::programme read_programme(field_reader& r);

}  // namespace doseline::storage

#pragma once

#include "core/command.hpp"
#include "storage/anchor.hpp"

#include <cstdint>
#include <filesystem>

namespace doseline::storage {

// What a start must know before LMDB may map the ledger: that its pages hold together, and where it
// must have got to. Reads files alone. Throws fatal_error with one line that names the file and
// what is wrong.
anchor check_before_serving(const std::filesystem::path& dir);

// What was found, all of it right.
struct verified {
    core::sequence events = 0;  // the last number of the ledger, and of the audit
    core::sequence audit = 0;
    std::uint64_t books = 0;
    std::uint64_t doses = 0;    // registrations; here and below, of the open book
    std::uint64_t persons = 0;  // one in two programmes counts twice
    std::uint64_t clinics = 0;
    std::uint64_t lots = 0;
    std::uint64_t accounts = 0;
    anchor anchored;  // what both streams went through
};

// Checks a registry that nobody serves, from the pages up: every page, both chains through all
// books, the anchor, every record's bytes, that each book opens with what the one before it left,
// and that the state which a start would recover is the one that a second fold of the ledger has.
// The ledger is opened in a child process, so that no damage can take the caller along. Changes
// nothing but DIR/lock and LMDB's own lock file.
//
// Throws std::runtime_error "in use by process N"; fatal_error with one line that names the first
// thing wrong: a file, or a record's sequence number.
// REQUIRES: the caller has no other threads and no LMDB environment open on DIR (it forks).
verified verify(const std::filesystem::path& dir);

}  // namespace doseline::storage

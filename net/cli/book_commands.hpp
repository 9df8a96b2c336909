#pragma once

#include "core/civil_time.hpp"

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <string>

// The books of a registry, at the console: a season ends and the next begins. All but the list
// refuse a directory that is served, and leave in the audit who did it, and
// end with nothing done where less than the disk's reserve would be left. Each throws one line that
// says what to do.
namespace doseline::net::cli {

// A line for each book: its year, its records, whether it is open, closed or destroyed. Also beside
// a running server.
void list_books(const std::filesystem::path& dir, std::ostream& out);

// Verifies all of the registry and ends the open book. Nothing more happens in it, and nothing can
// be served, until the next one is opened.
void close_book(const std::filesystem::path& dir, std::uint64_t disk_reserve_bytes,
                std::ostream& out);

// Opens the next book with what the closed one left, sealed under a data key of its own, and
// verifies that. Killed at any moment, it can be called again.
void open_book(const std::filesystem::path& dir, std::uint16_t year,
               std::uint64_t disk_reserve_bytes, std::ostream& out);

struct destroy_options {
    std::uint16_t book = 0;
    std::string reason;  // for the audit
    bool early = false;  // although limits::retention_years are not over
};

// Destroys the data keys of a closed book: nobody can read any more whose its registrations were,
// in this directory or in any backup. What the book says without them stays: doses, stock, days.
// Throws std::invalid_argument for a reason that is none.
void destroy_book(const std::filesystem::path& dir, const destroy_options& what,
                  std::uint64_t disk_reserve_bytes, std::ostream& out);

// Whether limits::retention_years after the book's are not over.
bool is_kept(std::uint16_t book_year, core::instant now);

// Throws std::invalid_argument unless it is a line of text that says something, of at most
// limits::export_reason_characters_max characters.
void require_reason(std::string_view reason);

}  // namespace doseline::net::cli

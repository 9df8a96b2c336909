#pragma once

#include <filesystem>

// The ledger's file as bytes. LMDB 0.9 keeps no checksums and trusts what it maps: a flipped bit in
// a meta page makes it serve an older ledger in silence, one in a tree page can kill the process.
// So the file is walked here first, by code that trusts no number in it.
namespace doseline::storage {

// Reads ledger_dir/data.mdb alone, with bounded reads, and follows the newest meta page to every
// page that it owns. Throws fatal_error with one line that names file, page and what is wrong.
// Whatever a crash may leave is not named: pages are written before the meta page that needs them,
// and of the two meta pages only the older one is ever being written.
//
// What it cannot see is the content of records: the chain of seals does that.
//
// Costs one read of every tree page, records' overflow pages aside; memory of one bit a page.
// REQUIRES: nobody writes the file meanwhile.
void check_pages(const std::filesystem::path& ledger_dir);

}  // namespace doseline::storage

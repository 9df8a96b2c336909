#pragma once

#include "storage/anchor.hpp"
#include "storage/key_ring.hpp"
#include "storage/ledger.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string_view>

// A registry in one file, and back. The file holds both streams, their anchor and the public
// certificates; of DIR/keys and the tokens it holds nothing, so it says nothing of any person to
// who has no keys, and is of no use without them. storage/README.md has the format and the drill.
namespace doseline::storage {

// Told how far it is, often. May throw, which ends the call and leaves nothing behind.
using progress = std::function<void(std::string_view doing, std::uint64_t done, std::uint64_t of)>;

struct backed_up {
    anchor at;  // where both streams end in it
    std::uint64_t doses = 0;
    std::uint64_t bytes = 0;
};

// Writes file from the registry in dir, which may be served meanwhile: what is committed when it
// begins, in one consistent cut. The file is synced, read again from the disk and checked
// (check_backup) before it gets its name. Reads a batch at a time in a transaction of its own, so
// that the served file does not grow however long this takes.
//
// Throws std::runtime_error (file exists, keys missing, disk full), fatal_error when the ledger or
// the copy is damaged: one line that says what to do.
// REQUIRES: this process has no LMDB environment open on dir.
backed_up backup(const std::filesystem::path& dir, const std::filesystem::path& file,
                 const progress& tell);

// The same of the registry that this process serves: from reads its ledger, and is the calling
// thread's alone.
backed_up backup(const std::filesystem::path& dir, ledger_reader& from, const key_ring& keys,
                 const std::filesystem::path& file, const progress& tell);

// Checks all of a backup: its checksum and signature, every seal of both streams, that every record
// decodes, and that the streams end exactly at the signed anchor. Needs no keys. That the key is
// the registry's is known only where its keys are.
backed_up check_backup(const std::filesystem::path& file, const progress& tell);

// Checks file, makes a registry in dir from it, and verifies that (storage/verify.hpp). dir must be
// empty or absent, and is so again when this throws. What serving needs besides: DIR/keys, from
// their own backup, and an operator's token.
backed_up restore(const std::filesystem::path& file, const std::filesystem::path& dir,
                  const progress& tell);

}  // namespace doseline::storage

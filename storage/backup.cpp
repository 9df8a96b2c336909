#include "storage/backup.hpp"

#include "core/limits.hpp"
#include "storage/backup_check.hpp"
#include "storage/backup_file.hpp"
#include "storage/directory_lock.hpp"
#include "storage/key_ring.hpp"

#include <chrono>

namespace doseline::storage {

namespace {

constexpr std::string_view copying = "copying";

// Copies a stream up to where it was when the backup began. What was anchored before must be met
// on the way: then this is the ledger that the registry signed.
void copy_stream(ledger_reader& from, stream s, const must_pass& anchored, const must_pass& end,
                 backup_writer& into, const progress& tell) {
    const auto of = [s](const must_pass& heads) {
        return s == stream::events ? heads.events : heads.audit;
    };
    const std::uint64_t total = end.events.seq + end.audit.seq;
    const std::uint64_t before = s == stream::events ? 0 : end.events.seq;
    stream_head head = from.books().front().before[s];
    bool met = head == of(anchored);
    sealed_batch batch;
    while (head.seq < of(end).seq && from.next_batch(s, head, batch)) {
        into.batch(s, batch);
        head = batch.head;
        met = met || head == of(anchored);
        tell(copying, before + head.seq, total);
    }
    if (head != of(end) || !met) {
        throw fatal_error(std::string("the ") + (s == stream::events ? "ledger" : "audit") +
                          " is not the one that was anchored at record " +
                          std::to_string(of(anchored).seq) + ": restore an earlier backup");
    }
}

void copy_files(const std::filesystem::path& dir, backup_writer& into) {
    for (const std::string_view name : backup_files) {
        into.file(name, read_file(dir / name, core::limits::backup_file_bytes_max));
    }
}

}  // namespace

backed_up backup(const std::filesystem::path& dir, ledger_reader& from, const key_ring& keys,
                 const std::filesystem::path& file, const progress& tell) {
    // In this order: the ledger is never behind an anchor that was read before it.
    const anchor anchored = read_anchor(dir);
    const stream_heads heads = from.heads();
    const anchor cut{
        {heads.events, heads.audit},
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now())};
    signer with(keys);

    backup_writer into(file);
    copy_files(dir, into);
    into.file(anchor_file, encode_anchor(cut, with));
    for (const book_facts& book : from.books()) {
        into.book(book);
    }
    for (const stream s : {stream::events, stream::audit}) {
        copy_stream(from, s, anchored.heads, cut.heads, into, tell);
    }
    into.end(with);
    const backed_up found = check_backup(into.temporary(), tell);
    if (found.at != cut) {
        throw fatal_error(file.string() + " does not hold what was written; try another disk");
    }
    into.publish();
    return found;
}

backed_up backup(const std::filesystem::path& dir, const std::filesystem::path& file,
                 const progress& tell) {
    lmdb_ledger ledger(require_registry(dir), lmdb::access::read);
    return backup(dir, *ledger.reader(), key_ring::open(dir), file, tell);
}

}  // namespace doseline::storage

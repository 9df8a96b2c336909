#include "storage/backup_check.hpp"

#include "core/limits.hpp"
#include "storage/event_codec.hpp"

#include <algorithm>

namespace doseline::storage {

void backup_check::file(std::string_view name, std::string_view content) {
    const bool known = name == anchor_file || std::find(backup_files.begin(), backup_files.end(),
                                                        name) != backup_files.end();
    if (!known || content.size() > core::limits::backup_file_bytes_max ||
        !files_.emplace(name, content).second) {
        of_.damaged("it has a file that no backup has");
    }
}

void backup_check::book(const book_facts& facts) {
    const bool follows = books_.empty()
                             ? facts.before.events.seq == 0 && facts.before.audit.seq == 0
                             : facts.before.events.seq > books_.back().before.events.seq;
    if (facts.number != books_.size() + 1 || !follows || begun_) {
        of_.damaged("its books do not follow each other");
    }
    if (books_.empty()) {
        heads_ = {facts.before.events, facts.before.audit};
    }
    books_.push_back(facts);
}

// A book begins behind a batch, where the one before ends.
void backup_check::require_books_between(stream s, const stream_head& from,
                                         const stream_head& to) const {
    for (const book_facts& book : books_) {
        const stream_head& at = book.before[s];
        if (at.seq > from.seq && at.seq <= to.seq && at != to) {
            of_.damaged("book " + std::to_string(book.number) + " does not begin where it says");
        }
    }
}

void backup_check::batch(stream s, sealed_batch& b) {
    if (books_.empty()) {
        of_.damaged("records stand before their book");
    }
    begun_ = true;
    stream_head& head = heads_[static_cast<std::size_t>(s)];
    const std::string name = s == stream::events ? "ledger" : "audit";
    link_.begin(head.hash, static_cast<std::uint32_t>(b.records.size()), head.seq + 1, b.at);
    for (std::size_t i = 0; i < b.records.size(); ++i) {
        link_.record(b.records[i]);
    }
    const core::sequence first = head.seq + 1;
    b.head.seq = head.seq + b.records.size();
    if (link_.end() != b.head.hash) {
        of_.damaged("the " + name + "'s batch of records " + std::to_string(first) + " to " +
                    std::to_string(b.head.seq) + " does not match its seal");
    }
    for (std::size_t i = 0; i < b.records.size(); ++i) {
        if (!decode(s, b.records[i])) {
            of_.damaged("record " + std::to_string(first + i) + " of the " + name +
                        " does not decode");
        }
    }
    require_books_between(s, head, b.head);
    head = b.head;
}

bool backup_check::decode(stream s, std::span<const std::byte> record) {
    if (s == stream::audit) {
        return decode_audit(record).has_value();
    }
    const auto event = decode_event(record);
    doses_ += event && std::holds_alternative<core::dose_registered>(*event) ? 1 : 0;
    return event.has_value();
}

backed_up backup_check::finish() const {
    for (const std::string_view name : backup_files) {
        if (!files_.contains(name)) {
            of_.damaged("it has no " + std::string(name));
        }
    }
    const auto signed_at = files_.find(anchor_file);
    if (books_.empty() || signed_at == files_.end()) {
        of_.damaged("it has no book or no anchor");
    }
    for (const book_facts& book : books_) {
        if (book.before.events.seq >= heads_[0].seq || book.before.audit.seq > heads_[1].seq) {
            of_.damaged("book " + std::to_string(book.number) + " begins behind its end");
        }
    }
    const std::filesystem::path inside = of_.path().string() + ": " + signed_at->first;
    const backed_up found{
        parse_anchor(signed_at->second, parse_public_key(files_.find("anchor.pub")->second, inside),
                     inside),
        doses_, of_.bytes()};
    if (found.at.heads != must_pass{heads_[0], heads_[1]}) {
        of_.damaged("its streams do not end at its anchor");
    }
    return found;
}

backed_up check_backup(const std::filesystem::path& file, const progress& tell) {
    backup_reader reader(file);
    backup_check check(reader);
    reader.read(
        {[&](std::string_view name, std::string_view content) { check.file(name, content); },
         [&](const book_facts& facts) { check.book(facts); },
         [&](stream s, sealed_batch& b) { check.batch(s, b); },
         [&](std::uint64_t done, std::uint64_t of) { tell("checking", done, of); }});
    return check.finish();
}

}  // namespace doseline::storage

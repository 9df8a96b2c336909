#include "storage/verify.hpp"

#include "storage/agreement.hpp"
#include "storage/book_fold.hpp"
#include "storage/committer.hpp"
#include "storage/directory_lock.hpp"
#include "storage/event_codec.hpp"
#include "storage/lmdb_ledger.hpp"
#include "storage/page_check.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <string>
#include <system_error>
#include <type_traits>

namespace doseline::storage {

namespace {

[[noreturn]] void damaged(const std::string& what) {
    throw fatal_error(what + "; nothing is served: restore a backup");
}

std::filesystem::path data_file_of(const std::filesystem::path& dir) {
    return dir / "ledger" / "data.mdb";
}

// Checks a stream from its first record to its last, and that it went through the anchor.
core::sequence check_stream(lmdb_ledger& ledger, stream s, const stream_head& anchored,
                            const ledger_reader::visitor& visit) {
    const std::string name = s == stream::events ? "ledger" : "audit";
    const auto from = ledger.reader();
    const stream_head first = from->books().front().before[s];
    stream_head met = first;
    const auto look = [&](const stream_head& head) {
        if (head.seq == anchored.seq) {
            met = head;
        }
    };
    const stream_head end = from->check_from(s, first, visit, look);
    if (end.seq < anchored.seq) {
        damaged("the " + name + " ends at record " + std::to_string(end.seq) +
                " but the signed anchor names " + std::to_string(anchored.seq));
    }
    if (met != anchored) {
        damaged("the " + name + " is not the one that was anchored at record " +
                std::to_string(anchored.seq));
    }
    return end.seq;
}

verified examine(const std::filesystem::path& dir, const anchor& anchored) {
    lmdb_ledger ledger(dir, lmdb::access::read);
    const auto from = ledger.reader();
    book_fold folded;
    auto next_book = from->books().begin();
    verified v;
    v.anchored = anchored;
    const auto fold_event = [&](core::sequence seq, std::span<const std::byte> record) {
        const auto event = decode_event(record);
        if (!event) {
            damaged("record " + std::to_string(seq) + " of the ledger does not decode");
        }
        if (next_book != from->books().end() && seq == next_book->before.events.seq + 1) {
            ++next_book;
        }
        require_opening(*event, seq, *(next_book - 1));
        folded.take(seq, *event);
        return true;
    };
    const auto look_at_audit = [&](core::sequence seq, std::span<const std::byte> record) {
        if (!decode_audit(record)) {
            damaged("record " + std::to_string(seq) + " of the audit does not decode");
        }
        return true;
    };
    v.events = check_stream(ledger, stream::events, anchored.heads.events, fold_event);
    if (next_book != from->books().end()) {
        damaged("book " + std::to_string(next_book->number) + " is not in the ledger");
    }
    if (folded.carrying()) {
        damaged("the open book has not all that it says it carries forward");
    }
    v.audit = check_stream(ledger, stream::audit, anchored.heads.audit, look_at_audit);

    core::registry state;
    core::dose_totals totals(0);
    const clocks clock = system_clocks();
    recover(*from, anchored.heads, {clock.wall(), clock.steady()}, state, totals);
    const fold& open = folded.open();
    check_agreement(open, state, totals);
    v.books = from->books().size();
    v.doses = open.registrations();
    v.persons = open.persons();
    v.clinics = open.clinics().size();
    v.lots = open.lots().size() - 1;  // the first place stands for "no lot known"
    v.accounts = open.accounts();
    return v;
}

// What the child tells: a letter, then a verified or a line of text.
constexpr char found_right = '+';
constexpr char found_wrong = '-';
static_assert(std::is_trivially_copyable_v<verified>);

void write_all(int to, const void* from, std::size_t bytes) noexcept {
    const char* at = static_cast<const char*>(from);
    while (bytes > 0) {
        const ssize_t wrote = ::write(to, at, bytes);
        if (wrote < 0 && errno == EINTR) {
            continue;
        }
        if (wrote <= 0) {
            return;  // nobody listens any more
        }
        at += wrote;
        bytes -= static_cast<std::size_t>(wrote);
    }
}

[[noreturn]] void be_the_child(int to, const std::filesystem::path& dir, const anchor& anchored) {
    // It dies with its parent, leaves no core, and dies of what the file does to it: no handler of
    // the caller's turns that into something else, and LMDB's own last words are not the answer.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const rlimit none{};
    ::setrlimit(RLIMIT_CORE, &none);
    for (const int number : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL}) {
        std::signal(number, SIG_DFL);
    }
    if (const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC); nowhere >= 0) {
        ::dup2(nowhere, STDERR_FILENO);
    }
    try {
        const verified v = examine(dir, anchored);
        write_all(to, &found_right, 1);
        write_all(to, &v, sizeof v);
    } catch (const std::exception& e) {
        write_all(to, &found_wrong, 1);
        write_all(to, e.what(), std::strlen(e.what()));
    }
    ::_exit(0);
}

std::string read_all(int from) {
    std::string all;
    std::array<char, 4096> some;
    for (;;) {
        const ssize_t got = ::read(from, some.data(), some.size());
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return all;
        }
        all.append(some.data(), static_cast<std::size_t>(got));
    }
}

[[noreturn]] void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), std::string("verify: ") + what);
}

verified examine_in_child(const std::filesystem::path& dir, const anchor& anchored) {
    std::array<int, 2> ends;
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        fail("pipe");
    }
    const pid_t child = ::fork();
    if (child == 0) {
        ::close(ends[0]);
        be_the_child(ends[1], dir, anchored);
    }
    ::close(ends[1]);
    if (child < 0) {
        ::close(ends[0]);
        fail("fork");
    }
    const std::string told = read_all(ends[0]);
    ::close(ends[0]);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) {
        throw std::runtime_error("verify: the check was killed; is there too little memory?");
    }
    if (WIFSIGNALED(status)) {
        damaged(data_file_of(dir).string() + " is damaged: the process that read it died of \"" +
                ::strsignal(WTERMSIG(status)) + "\"");
    }
    if (told.size() == 1 + sizeof(verified) && told[0] == found_right) {
        verified v;
        std::memcpy(&v, told.data() + 1, sizeof v);
        return v;
    }
    if (told.size() > 1 && told[0] == found_wrong) {
        throw fatal_error(told.substr(1));
    }
    damaged(data_file_of(dir).string() + " is damaged: the process that read it ended with code " +
            std::to_string(WEXITSTATUS(status)));
}

}  // namespace

anchor check_before_serving(const std::filesystem::path& dir) {
    check_pages(dir / "ledger");
    try {
        return read_anchor(dir);
    } catch (const fatal_error&) {
        throw;
    } catch (const std::exception& e) {
        damaged(std::string("the anchor cannot be checked: ") + e.what());
    }
}

verified verify(const std::filesystem::path& dir) {
    const directory_lock lock(require_registry(dir));
    return examine_in_child(dir, check_before_serving(dir));
}

}  // namespace doseline::storage

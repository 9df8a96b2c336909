#include "storage/anchor.hpp"

#include "storage/field_codec.hpp"
#include "storage/private_file.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <system_error>

namespace doseline::storage {

namespace {

constexpr std::string_view anchor_magic = "doseline anchor\n";
constexpr std::uint32_t anchor_version = 1;
constexpr std::size_t signed_bytes = 16 + 4 + 2 * (8 + 32) + 8;
constexpr std::size_t anchor_bytes = signed_bytes + std::tuple_size_v<signature>;

fatal_error refused(const std::filesystem::path& file, const std::string& why) {
    return fatal_error(file.string() + ' ' + why + ": nothing is served; restore a backup");
}

}  // namespace

std::string encode_anchor(const anchor& a, signer& with) {
    std::string content(anchor_bytes, '\0');
    const auto bytes = std::as_writable_bytes(std::span(content));
    field_writer w(bytes);
    w.characters(anchor_magic);
    w.u32(anchor_version);
    for (const stream_head& head : {a.heads.events, a.heads.audit}) {
        w.u64(head.seq);
        w.bytes(head.hash);
    }
    w.time(a.at);
    w.bytes(with.sign(bytes.first(signed_bytes)));
    return content;
}

void write_anchor(const std::filesystem::path& dir, const anchor& a, signer& with) {
    write_file(dir / "anchor", encode_anchor(a, with), public_mode);
}

anchor read_anchor(const std::filesystem::path& dir) {
    const std::filesystem::path file = dir / "anchor";
    std::string content;
    try {
        content = read_file(file, anchor_bytes);
    } catch (const std::exception& e) {
        throw refused(file, std::string("cannot be read (") + e.what() + ")");
    }
    return parse_anchor(content, read_public_key(dir / "anchor.pub"), file);
}

anchor parse_anchor(std::string_view content, const public_key& signed_by,
                    const std::filesystem::path& file) {
    const auto bytes = std::as_bytes(std::span(content));
    field_reader r(bytes);
    r.require(r.characters(anchor_magic.size()) == anchor_magic);
    r.require(r.u32() == anchor_version);
    anchor a;
    for (stream_head* head : {&a.heads.events, &a.heads.audit}) {
        head->seq = r.u64();
        r.bytes(head->hash);
    }
    a.at = r.time();
    signature made;
    r.bytes(made);
    if (!r.complete()) {
        throw refused(file, "is not an anchor of this program");
    }
    if (!verifier(signed_by).verify(bytes.first(signed_bytes), made)) {
        throw refused(file, "is not signed by this registry's key");
    }
    return a;
}

anchor_keeper::anchor_keeper(std::filesystem::path dir, const key_ring& ring, on_fatal fatal,
                             std::chrono::milliseconds interval)
    : dir_(std::move(dir)), fatal_(std::move(fatal)), interval_(interval), signer_(ring),
      thread_([this] { run(); }) {}

anchor_keeper::~anchor_keeper() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    condition_.notify_one();
    thread_.join();
}

void anchor_keeper::passed(const stream_head& events, const stream_head& audit) {
    const std::lock_guard lock(mutex_);
    newest_ = must_pass{events, audit};
}

void anchor_keeper::run() try {
    std::unique_lock lock(mutex_);
    bool last = false;
    while (!last) {
        last = condition_.wait_for(lock, interval_, [this] { return stopping_; });
        if (const auto heads = std::exchange(newest_, std::nullopt)) {
            lock.unlock();
            const bool written = write(*heads);
            lock.lock();
            if (!written && !newest_) {
                newest_ = heads;
            }
        }
    }
} catch (const std::exception& e) {
    fatal_(e.what());
}

bool anchor_keeper::write(const must_pass& heads) try {
    const auto now = std::chrono::system_clock::now();
    write_anchor(dir_, {heads, std::chrono::time_point_cast<std::chrono::milliseconds>(now)},
                 signer_);
    return true;
} catch (const std::system_error& e) {
    if (e.code() == std::errc::no_space_on_device || e.code().value() == EDQUOT) {
        return false;
    }
    throw;
}

}  // namespace doseline::storage

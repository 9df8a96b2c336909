#include "storage/key_ring.hpp"

#include "storage/data_key_file.hpp"
#include "storage/openssl.hpp"
#include "storage/private_file.hpp"
#include "storage/signature.hpp"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <new>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

namespace doseline::storage {
namespace {

using key = std::array<std::byte, key_bytes>;

// There while data keys are being wrapped anew; each of them opens with this one or with the one of
// before.
constexpr const char* next_master_file = "master.next.key";

// A data key on its way out of the world.
constexpr std::string_view destroyed = ".destroyed";

constexpr const char* remedy = "; restore the whole keys directory from its safe copy";

void load_key(const std::filesystem::path& path, key& into) {
    // One byte more than a key, so that a longer file is told from a right one.
    std::array<std::byte, key_bytes + 1> content{};
    std::size_t size = 0;
    try {
        size = read_private_file(path, content);
    } catch (const std::system_error& e) {
        // The text of a file that is open to others names its own remedy.
        throw std::runtime_error(e.what() + std::string(e.code().value() == EPERM ? "" : remedy));
    }
    std::copy_n(content.begin(), key_bytes, into.begin());
    OPENSSL_cleanse(content.data(), content.size());
    if (size != key_bytes) {
        throw std::runtime_error(path.string() + " is not a key of 32 bytes" + remedy);
    }
}

// Of a directory that is missing, the first key's error tells.
void require_private(const std::filesystem::path& keys) {
    using std::filesystem::perms;
    const auto found = std::filesystem::status(keys);
    const perms others = perms::group_all | perms::others_all;
    if (std::filesystem::exists(found) && (found.permissions() & others) != perms::none) {
        throw std::runtime_error(keys.string() +
                                 " is open to others than its owner; check who read it, then "
                                 "chmod 700 it");
    }
}

// The kernel's, on the directory; it goes with the object or the process.
class writers_lock {
public:
    explicit writers_lock(const std::filesystem::path& keys)
        : descriptor_(::open(keys.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
        if (descriptor_ < 0 || ::flock(descriptor_, LOCK_EX) != 0) {
            throw std::system_error(errno, std::generic_category(), "cannot lock " + keys.string());
        }
    }
    ~writers_lock() { ::close(descriptor_); }
    writers_lock(const writers_lock&) = delete;
    writers_lock& operator=(const writers_lock&) = delete;

private:
    const int descriptor_;
};

}  // namespace

struct key_ring::material {
    key master;
    key next_master;  // while there is one
    bool has_next_master;
    key lookup;
    key token;
    key receipt;
    key anchor;
    std::array<key, 256> data;

    std::vector<key_view> masters() const {
        return has_next_master ? std::vector<key_view>{master, next_master}
                               : std::vector<key_view>{master};
    }

    // The five keys that are a file each, in a fixed order.
    template <class Visit>
    void each_file(Visit&& visit) {
        visit("master.key", master);
        visit("lookup.key", lookup);
        visit("token.key", token);
        visit("receipt.key", receipt);
        visit("anchor.key", anchor);
    }
};

void key_ring::unlock::operator()(material* m) const noexcept {
    OPENSSL_cleanse(m, sizeof *m);
    ::munmap(m, sizeof *m);
}

key_ring::key_ring() {
    void* const pages = ::mmap(nullptr, sizeof(material), PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) {
        throw std::bad_alloc();
    }
    // Both are best effort: a limit on locked memory is no reason not to serve.
    static_cast<void>(::mlock(pages, sizeof(material)));
    static_cast<void>(::madvise(pages, sizeof(material), MADV_DONTDUMP));
    material_.reset(new (pages) material{});
}

key_ring::key_ring(key_ring&&) noexcept = default;
key_ring& key_ring::operator=(key_ring&&) noexcept = default;
key_ring::~key_ring() = default;

key_ring key_ring::create(const std::filesystem::path& dir, std::uint16_t book,
                          std::uint16_t year) {
    const auto keys = dir / "keys";
    if (std::filesystem::exists(keys)) {
        throw std::runtime_error(keys.string() +
                                 " exists and keys are never overwritten; choose "
                                 "an empty directory");
    }
    make_private_directory(keys);
    {
        key_ring fresh;
        material& m = *fresh.material_;
        m.each_file([&keys](const char* name, key& k) {
            openssl::random(k);
            write_file(keys / name, k, private_mode);
        });
        openssl::random(m.data[1]);
        write_data_key(keys, {1, book, year}, m.data[1], m.master, m.lookup);
        write_public_key(dir / "anchor.pub", public_key_of(m.anchor));
    }
    // What is handed out is what lies on disk.
    return open(dir);
}

std::uint8_t key_ring::add_data_key(const std::filesystem::path& dir, std::uint16_t book,
                                    std::uint16_t year) {
    const writers_lock one_at_a_time(dir / "keys");
    key_ring ring = open(dir);
    material& m = *ring.material_;
    if (ring.current_data_key_ == ring.data_keys_.size() - 1) {
        throw std::runtime_error("all 255 data keys of " + (dir / "keys").string() +
                                 " are used; no more can be added");
    }
    const auto id = static_cast<std::uint8_t>(ring.current_data_key_ + 1);
    openssl::random(m.data[id]);
    write_data_key(dir / "keys", {id, book, year}, m.data[id], m.master, m.lookup);
    return open(dir).current_data_key_id();
}

void key_ring::renew_master_key(const std::filesystem::path& dir) {
    const auto keys = dir / "keys";
    const writers_lock one_at_a_time(keys);
    const key_ring ring = open(dir);
    material& m = *ring.material_;
    if (!m.has_next_master) {
        openssl::random(m.next_master);
        write_file(keys / next_master_file, m.next_master, private_mode);
    }
    for (unsigned number = 1; number < ring.data_keys_.size(); ++number) {
        if (ring.data_keys_.test(number)) {
            const data_key_label label = read_data_key(keys, static_cast<std::uint8_t>(number),
                                                       m.masters(), m.lookup, m.data[number]);
            write_data_key(keys, label, m.data[number], m.next_master, m.lookup);
        }
    }
    write_file(keys / "master.key", m.next_master, private_mode);
    std::filesystem::remove(keys / next_master_file);
    open(dir);
}

bool key_ring::destroy_data_keys(const std::filesystem::path& dir, std::uint16_t book) {
    const auto keys = dir / "keys";
    const writers_lock one_at_a_time(keys);
    const key_ring ring = open(dir);
    if (ring.current_book() == book) {
        throw std::runtime_error("the data key in use is one of book " + std::to_string(book) +
                                 ": doseline rotate makes one of the open book first");
    }
    // Out of the ring, durably; then what is out of it goes, that of an earlier call, too.
    for (unsigned number = 1; number < ring.data_keys_.size(); ++number) {
        if (ring.data_keys_.test(number) && ring.books_[number] == book) {
            const auto file = data_key_path(keys, static_cast<std::uint8_t>(number));
            std::filesystem::rename(file, file.string() + std::string(destroyed));
        }
    }
    sync_directory(keys);
    std::vector<std::filesystem::path> gone;
    for (const auto& file : std::filesystem::directory_iterator(keys)) {
        if (file.path().extension() == destroyed) {
            gone.push_back(file.path());
        }
    }
    for (const auto& file : gone) {
        destroy_file(file);
    }
    return !gone.empty();
}

key_ring key_ring::open(const std::filesystem::path& dir) {
    const auto keys = dir / "keys";
    require_private(keys);
    key_ring ring;
    material& m = *ring.material_;
    m.each_file([&keys](const char* name, key& k) { load_key(keys / name, k); });
    m.has_next_master = std::filesystem::exists(keys / next_master_file);
    if (m.has_next_master) {
        load_key(keys / next_master_file, m.next_master);
    }
    ring.load_data_keys(keys);
    if (read_public_key(dir / "anchor.pub") != public_key_of(m.anchor)) {
        throw std::runtime_error(keys.string() + " belongs to another registry than " +
                                 (dir / "anchor.pub").string() +
                                 "; restore the keys that were made with this data");
    }
    return ring;
}

void key_ring::load_data_keys(const std::filesystem::path& keys) {
    for (unsigned number = 1; number < data_keys_.size(); ++number) {
        const auto id = static_cast<std::uint8_t>(number);
        if (std::filesystem::exists(data_key_path(keys, id))) {
            books_[id] = read_data_key(keys, id, material_->masters(), material_->lookup,
                                       material_->data[id])
                             .book;
            data_keys_.set(id);
            current_data_key_ = id;
        }
    }
    if (current_data_key_ == 0) {
        throw std::runtime_error("no data key in " + keys.string() + remedy);
    }
}

key_view key_ring::lookup_key() const noexcept { return material_->lookup; }
key_view key_ring::token_key() const noexcept { return material_->token; }
key_view key_ring::receipt_key() const noexcept { return material_->receipt; }
key_view key_ring::anchor_key() const noexcept { return material_->anchor; }

bool key_ring::has_data_key_of(std::uint16_t book) const noexcept {
    for (unsigned number = 1; number < data_keys_.size(); ++number) {
        if (data_keys_.test(number) && books_[number] == book) {
            return true;
        }
    }
    return false;
}

core::result<key_view> key_ring::data_key(std::uint8_t id) const {
    if (!data_keys_.test(id)) {
        return core::make_error_code(core::errc::not_found);
    }
    return key_view(material_->data[id]);
}

}  // namespace doseline::storage

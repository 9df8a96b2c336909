#include "storage/boot_epoch.hpp"

#include "storage/little_endian.hpp"
#include "storage/private_file.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <stdexcept>
#include <system_error>

namespace doseline::storage {
namespace {

constexpr std::uint64_t epoch_max = std::numeric_limits<std::uint32_t>::max();

// 0 when there is none yet.
std::uint64_t last_epoch(const std::filesystem::path& path) {
    std::array<std::byte, 4> stored{};
    try {
        if (read_private_file(path, stored) != stored.size()) {
            throw std::runtime_error(path.string() +
                                     " is cut short; restore it, or remove it "
                                     "after checking that the system's clock is right");
        }
    } catch (const std::system_error& e) {
        if (e.code() != std::errc::no_such_file_or_directory) {
            throw;
        }
    }
    return get_little_endian<4>(stored);
}

}  // namespace

std::uint32_t advance_boot_epoch(const std::filesystem::path& dir, core::instant now) {
    const auto path = dir / "keys" / "boot.epoch";
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
    const auto clock = static_cast<std::uint64_t>(std::max<std::int64_t>(seconds, 1));
    const std::uint64_t next = std::max(last_epoch(path) + 1, clock);
    if (next > epoch_max) {
        throw std::runtime_error(path.string() +
                                 " cannot grow past the year 2106: correct the "
                                 "system's clock");
    }
    std::array<std::byte, 4> bytes{};
    put_little_endian<4>(bytes, next);
    write_file(path, bytes, private_mode);
    return static_cast<std::uint32_t>(next);
}

}  // namespace doseline::storage

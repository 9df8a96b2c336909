#pragma once

#include "tests/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <filesystem>
#include <string>

namespace doseline::test {

// A small ext4 of the test's own, kept in memory behind a loop device, that can fill up and whose
// power can be cut. Needs root, loop devices and mkfs.ext4.
//
// Nothing but an empty directory outlives the process, however it ends: the mount is in a mount
// namespace of its own, the image has no name, and the loop device lets go of it at the last close.
//
// REQUIRES: made, cut and restored on one thread, which must also start whoever uses the disk:
// others do not see the mount.
class loop_disk {
public:
    // Why there can't be one here, in a line; empty when there can.
    static const std::string& unavailable();

    explicit loop_disk(std::uint64_t bytes = 64u << 20);  // throws std::system_error
    ~loop_disk();
    loop_disk(const loop_disk&) = delete;
    loop_disk& operator=(const loop_disk&) = delete;

    std::filesystem::path path() const { return place_.path() / "disk"; }

    void sync() const;  // all of it

    // What was not synced is lost, the file system's own journal included; from now on every write
    // and sync fails with EIO. Sectors are not torn, and what the device took is not lost again.
    void cut();
    // Power again. REQUIRES: whoever had a file open is gone.
    void restore();

    // Takes room until so much is left for others, and gives it back.
    void fill_up_to(std::uint64_t bytes_left);
    void free_again();

private:
    void attach(int image);
    void mount();
    void unmount() noexcept;

    temporary_directory place_;
    int loop_ = -1;
    std::string device_;
    bool mounted_ = false;
};

// Skips a test, saying why, where there can be none: *boost::unit_test::precondition(...).
inline boost::test_tools::assertion_result has_loop_disks(boost::unit_test::test_unit_id) {
    boost::test_tools::assertion_result has(loop_disk::unavailable().empty());
    has.message() << loop_disk::unavailable();
    return has;
}

}  // namespace doseline::test

#include "net/issued_certificates.hpp"

#include "net/clinic_code.hpp"
#include "storage/private_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>

namespace doseline::net {

namespace {

namespace fs = std::filesystem;
constexpr std::string_view header = "clinic,device,issued,expires\n";

fs::path list_of(const fs::path& dir) { return dir / "certificates.csv"; }

std::string line_of(const device_claims& claims) {
    return clinic_code_text(claims.clinic_code) + ',' + std::to_string(claims.device) + ',' +
           core::format_instant(claims.issued_at, {}) + ',' +
           core::format_instant(claims.expires_at, {}) + '\n';
}

struct descriptor {
    int number = -1;
    ~descriptor() { ::close(number); }
};

}  // namespace

void create_issued_certificates(const fs::path& dir) {
    storage::write_file(list_of(dir), header, storage::private_mode);
}

void note_issued_certificate(const fs::path& dir, const device_claims& claims) {
    const fs::path file = list_of(dir);
    const auto check = [&](bool good) {
        if (!good) {
            throw std::system_error(errno, std::generic_category(),
                                    "cannot write " + file.string());
        }
    };
    const descriptor to{
        ::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, storage::private_mode)};
    check(to.number >= 0);
    check(::flock(to.number, LOCK_EX) == 0);
    struct stat now {};
    check(::fstat(to.number, &now) == 0);
    const std::string text = std::string(now.st_size == 0 ? header : "") + line_of(claims);
    check(::write(to.number, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    check(::fsync(to.number) == 0);
}

bool no_certificate_issued(const fs::path& dir) noexcept {
    struct stat now {};
    // A path that cannot be built, or a file that cannot be looked at, is no empty list.
    try {
        return ::stat(list_of(dir).c_str(), &now) == 0 &&
               now.st_size == static_cast<off_t>(header.size());
    } catch (const std::exception&) {
        return false;
    }
}

}  // namespace doseline::net

#pragma once

#include "net/token.hpp"

#include <filesystem>

// DIR/certificates.csv: the client certificates that were ever issued, one a line, so that an
// operator finds the device of one that was lost, and so that a server which has issued none asks
// for none: the question costs it a fifth of a handshake, and every client some memory.
namespace doseline::net {

// With its header alone. Throws as storage::write_file does.
void create_issued_certificates(const std::filesystem::path& dir);

// On the disk when it returns. Any process, beside a running server and others like it. Throws with
// a line that names the file.
void note_issued_certificate(const std::filesystem::path& dir, const device_claims& claims);

// True when the list is there and empty. A registry that was restored has no list, and is taken
// for one that has issued some. Costs one look at a directory entry; any thread.
bool no_certificate_issued(const std::filesystem::path& dir) noexcept;

}  // namespace doseline::net

#pragma once

#include "core/civil_time.hpp"
#include "net/token.hpp"

#include <filesystem>
#include <string>

// The registry's own certificates, P-256 throughout: what browsers, curl and old PCs accept once
// they trust ca.pem. Throw with a line that names the file.
namespace doseline::net {

inline constexpr std::chrono::days authority_lifetime{3'652};
inline constexpr std::chrono::days server_certificate_lifetime{397};

// DIR/ca.pem and DIR/keys/ca.key. REQUIRES: DIR/keys is there.
void create_authority(const std::filesystem::path& dir, core::instant now);

// DIR/server.pem and DIR/keys/server.key, signed by the authority, for localhost, 127.0.0.1, ::1
// and host_name; a host name that no certificate can name is left out. May be called again before
// the certificate ends; should it fail half-way, the pair does not match and it is called again.
void create_server_certificate(const std::filesystem::path& dir, const std::string& host_name,
                               core::instant now);

// A client's certificate and its key, PEM, one behind the other, signed by the authority: a bearer
// of both is that device of that clinic for the time of the claims. Neither is stored; DIR's list
// of issued certificates has its line before this returns.
std::string issue_client_certificate(const std::filesystem::path& dir, const device_claims& claims);

}  // namespace doseline::net

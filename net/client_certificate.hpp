#pragma once

#include "net/token.hpp"

#include <string>

struct x509_st;

namespace doseline::net {

// A device's claims in a certificate that the registry's authority has signed: clinic and device
// stand in it as an address, the times are the certificate's own.

// "doseline://clinic/12345678/device/4294967295", its alternative name of type URI.
std::string address_of_device(const device_claims& claims);

// REQUIRES: TLS has verified it against the authority, at some time; a resumed connection brings
// the certificate of its first handshake, so the end of its time is looked at here again. Errors:
// malformed, also for the server's own; expired.
core::result<device_claims> read_client_certificate(const x509_st& subject, core::instant now);

}  // namespace doseline::net

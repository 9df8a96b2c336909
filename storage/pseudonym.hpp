#pragma once

#include "core/identity.hpp"
#include "storage/key_ring.hpp"
#include "storage/sha256.hpp"

#include <string>

namespace doseline::storage {

// Names for persons in what leaves the registry. The same person has the same name in every export
// of this registry, so that doses can be counted by person over time; without the registry's keys
// nobody gets from a name to digits, to the ledger's own hash, or from digits to a name. It is a
// pseudonym, not anonymity: place, time and product stand beside it.
//
// One per thread; the ring may go first.
class pseudonyms {
public:
    explicit pseudonyms(const key_ring& ring);

    std::string of(const core::person_key& person);  // 32 hexadecimal digits

private:
    hmac_sha256 export_key_;
};

}  // namespace doseline::storage

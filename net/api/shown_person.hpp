#pragma once

#include "core/event.hpp"
#include "net/api_context.hpp"

#include <optional>
#include <span>
#include <string>

namespace doseline::net::api {

// What a registration's clinic, and its health centre, is shown of the person.
struct shown_person {
    std::string number;  // 410315-1******: what a person recognises and nobody can use
    std::string name;
    std::string evidence;  // what proves the exception; empty: it came without
};

// extension: what is attached to it, sealed, or nothing. Nothing when its data key has been
// destroyed.
std::optional<shown_person> person_shown(const core::dose_registered& e,
                                         std::span<const std::byte> extension, api_context& api);

}  // namespace doseline::net::api

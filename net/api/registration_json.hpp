#pragma once

#include "core/person_history.hpp"
#include "net/api/shown_person.hpp"

#include <boost/json/object.hpp>

namespace doseline::net::api {

// A registration as its clinic is shown it, by itself and in lists: the person masked and without
// the evidence, claim and flags as its changes left them. In the arena of the request in hand.
boost::json::object registration_json(core::sequence seq, const core::dose_registered& e,
                                      core::version_number version, core::registration_state state,
                                      const std::optional<shown_person>& person, api_context& api);

}  // namespace doseline::net::api

#include "net/api/clinic_meant.hpp"

#include "net/clinic_code.hpp"

namespace doseline::net::api {

using core::errc;

core::result<core::clinic_number> clinic_meant(const call& c, std::string_view code) {
    if (code.empty()) {
        return c.who.clinic;
    }
    const auto parsed = parse_clinic_code(code);
    if (!parsed) {
        return errc::bad_field;
    }
    const auto meant = c.api.state.find_clinic(*parsed);
    const bool may_see = meant && (*meant == c.who.clinic ||
                                   core::looks_after(c.clinic(), c.api.state.clinic(*meant)));
    return may_see ? core::result<core::clinic_number>(*meant) : errc::not_found;
}

}  // namespace doseline::net::api

#include "net/admin/handlers.hpp"
#include "net/clinic_code.hpp"
#include "net/json_fields.hpp"
#include "net/problem.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <cmath>
#include <limits>

namespace doseline::net::admin {

namespace json = boost::json;
using core::errc;

// {"clinic":"12345678","device":4294967295}; without a device, all that the clinic has. It holds
// for every request that comes after the answer.
answer revoke(admin_call& c) {
    json_fields fields(c.req.body);
    core::revoke_access command;
    command.address = c.req.peer;
    const auto code = parse_clinic_code(fields.required_text("clinic", 8).value_or(""));
    const auto clinic = code ? c.admin.state.find_clinic(*code) : std::nullopt;
    if (!clinic) {
        fields.fail(errc::bad_field, "clinic");
    }
    if (const auto device = fields.number("device")) {
        const bool good = *device >= 1 && *device <= std::numeric_limits<std::uint32_t>::max() &&
                          std::floor(*device) == *device;
        good          ? command.device = static_cast<std::uint32_t>(*device),
               void() : fields.fail(errc::bad_field, "device");
    }
    if (const auto error = fields.finish()) {
        return problem(error->code, c.lang, {error->field, std::nullopt, 0, std::nullopt});
    }
    command.clinic = *clinic;
    render_context context;
    context.lang = c.lang;
    return pending{std::move(command), nullptr, context};
}

reply render_revoked(const core::revoked_answer& a, const core::published& state) {
    json::object body{{"clinic", clinic_code_text(state.clinic(a.clinic).code)}};
    if (a.device != 0) {
        body["device"] = a.device;
    }
    body["revoked_at"] = core::format_instant(a.at, core::totals_zone(state.programmes()));
    reply r;
    r.body = json::serialize(body);
    return r;
}

}  // namespace doseline::net::admin

#include "net/admin/handlers.hpp"
#include "net/problem.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace doseline::net::admin {

namespace json = boost::json;

// Reads some small files on the operators' own thread; clinics never wait for it. When it is
// answered with 200, every connection that is accepted from then on gets the new certificate, and
// every registration is sealed under the newest data key.
answer reload(admin_call& c) {
    try {
        c.admin.reload();
    } catch (const std::exception& e) {
        return problem(422, "RELOAD_FAILED", e.what());
    }
    return done(c, core::operator_act::reload);
}

reply render_reloaded(const admin_context& admin) {
    reply r;
    r.body = json::serialize(json::object{
        {"certificate_expires", core::format_instant(core::instant(admin.tls.expires()),
                                                     core::totals_zone(admin.state.programmes()))},
        {"data_key", admin.keys.now().current_data_key_id()}});
    return r;
}

}  // namespace doseline::net::admin

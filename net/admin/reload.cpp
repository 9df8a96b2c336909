#include "net/admin/handlers.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace doseline::net::admin {

namespace json = boost::json;

// Reads two small files on the operators' own thread; clinics never wait for it. When it is
// answered with 200, every connection that is accepted from then on gets the new certificate.
answer reload(admin_call& c) {
    reply r;
    try {
        c.admin.reload_certificate();
    } catch (const std::exception& e) {
        r.status = 422;
        r.content_type = "application/problem+json";
        r.body = json::serialize(json::object{{"code", "RELOAD_FAILED"},
                                              {"status", r.status},
                                              {"title", "RELOAD_FAILED"},
                                              {"detail", e.what()}});
        return r;
    }
    r.body = json::serialize(
        json::object{{"certificate_expires",
                      core::format_instant(core::instant(c.admin.tls.expires()),
                                           core::totals_zone(c.admin.state.programmes()))}});
    return r;
}

}  // namespace doseline::net::admin

#include "net/admin/handlers.hpp"
#include "net/clinic_code.hpp"
#include "net/json_fields.hpp"
#include "net/problem.hpp"
#include "net/registration_id.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace doseline::net::admin {

namespace json = boost::json;
using core::errc;

// {"registrations":[id, ...]}: those have been paid for. Each is decided by itself, and answered in
// its place.
answer pay_claims(admin_call& c) {
    json_fields fields(c.req.body);
    const auto ids = fields.texts("registrations", core::limits::batch_rows_max);
    if (ids.empty()) {
        fields.fail(errc::bad_field, "registrations");
    }
    if (const auto error = fields.finish()) {
        return problem(error->code, c.lang, {error->field, std::nullopt, 0, std::nullopt});
    }
    if (is_read_only(c.admin)) {
        return read_only_problem();
    }
    pending_rows all;
    for (const std::string_view id : ids) {
        if (const auto seq = parse_registration_id(id)) {
            render_context context;
            context.lang = c.lang;
            all.rows.emplace_back(
                pending{core::pay_claim{*seq, c.req.peer, nullptr}, nullptr, context});
        } else {
            all.rows.emplace_back(problem(errc::not_found, c.lang));
        }
    }
    return all;
}

// Of a row. Nothing in it is a person's.
reply render_paid(const core::claim_receipt& receipt, const core::published& state) {
    const core::zone_offset zone = state.programmes()[receipt.programme]->offset;
    reply r;
    r.body = json::serialize(json::object{
        {"id", registration_id(receipt.registration)},
        {"seq", receipt.seq},
        {"clinic", clinic_code_text(state.clinic(receipt.clinic).code)},
        {"version", receipt.version},
        {"claim", core::name_of(receipt.claim)},
        {"paid_at", core::format_instant(receipt.decided_at, zone)},
    });
    r.status = receipt.replayed ? 200 : 201;
    return r;
}

}  // namespace doseline::net::admin

#include "net/admin/handlers.hpp"
#include "net/api/dose_request.hpp"
#include "net/clinic_code.hpp"
#include "net/import_files.hpp"
#include "net/json_fields.hpp"
#include "net/problem.hpp"
#include "net/programme_file.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <cmath>
#include <span>

// What an operator brings in while the registry serves: one thing a call, with the columns and
// rules of the files of import. Many rows at once are import's, which needs it to be stopped.
namespace doseline::net::admin {

namespace {

namespace json = boost::json;
using core::errc;

reply wrong(const std::string& what, std::string_view field = {}) {
    return problem(core::http_status(errc::bad_field), core::code_name(errc::bad_field), what,
                   field);
}

answer pending_of(admin_call& c, core::command&& command) {
    if (is_read_only(c.admin)) {
        return read_only_problem();
    }
    std::visit(
        [&](auto& of) {
            if constexpr (requires { of.from = c.req.peer; }) {
                of.from = c.req.peer;
            }
        },
        command);
    render_context context;
    context.lang = c.lang;
    return pending{std::move(command), nullptr, context};
}

// A field of the body as the cell of a file; whoever sends JSON writes numbers as numbers.
std::string cell_of(json_fields& fields, std::string_view name) {
    if (name == "recalled") {
        const auto value = fields.boolean(name);
        return value ? (*value ? "true" : "false") : "";
    }
    if (name == "quantity") {
        const auto value = fields.number(name);
        const bool whole = value && std::floor(*value) == *value && std::abs(*value) < 1e9;
        return whole ? std::to_string(static_cast<std::int64_t>(*value)) : "";
    }
    return std::string(fields.text(name, core::limits::clinic_name_characters_max).value_or(""));
}

// The command of a row whose first cells are known, the others being fields of the body; or why
// there is none.
std::variant<core::command, reply> read_row(admin_call& c, import_kind kind,
                                            std::vector<std::string> cells) {
    json_fields fields(c.req.body);
    const auto names = column_names(kind);
    for (std::size_t n = cells.size(); n < names.size(); ++n) {
        // What has arrived the clinic says itself.
        cells.push_back(names[n] == "received" ? "" : cell_of(fields, names[n]));
    }
    if (const auto error = fields.finish()) {
        return problem(error->code, c.lang, {error->field, std::nullopt, 0, std::nullopt});
    }
    try {
        return command_of_row(kind, cells, "body");
    } catch (const import_error& e) {
        return wrong(e.what_is_wrong, e.field);
    }
}

// The first column is what the path names.
answer put_row(admin_call& c, import_kind kind) {
    auto read = read_row(c, kind, {std::string(c.id)});
    if (reply* const refused = std::get_if<reply>(&read)) {
        return std::move(*refused);
    }
    return pending_of(c, std::get<core::command>(std::move(read)));
}

// The same shipment, the same bytes.
std::string canonical_content(const core::ship_doses& c) {
    constexpr char end = '\x1f';
    std::string content = "shipment";
    const auto add = [&](std::string_view field) { content.append(1, end).append(field); };
    add(clinic_code_text(c.clinic_code));
    add(c.lot.view());
    add(c.product.view());
    add(core::name_of(c.funding));
    add(std::to_string(c.quantity));
    return content;
}

// What the registry does not take, where text_of() speaks to clinics.
std::string_view remedy_of(const core::refusal& why) noexcept {
    if (why.code == errc::not_found) {
        return "is not known: bring it in first, or correct it";
    }
    if (why.code == errc::limit_reached) {
        return why.field == "quantity" ? "is more than the clinic's account can take: correct it"
                                       : "is one more than can be taken";
    }
    return {};
}

}  // namespace

answer put_clinic(admin_call& c) { return put_row(c, import_kind::clinics); }

// Again with recalled changed: recalls the lot, or lifts its recall.
answer put_lot(admin_call& c) { return put_row(c, import_kind::lots); }

// The path's UUID makes it one shipment, however often it is sent. It has a name space of its own:
// no clinic has that code, so none can take an operator's UUID, and one UUID is one shipment
// whatever clinic the body names.
answer put_shipment(admin_call& c) {
    constexpr std::uint32_t operators = 0xffffffff;
    const auto uuid = api::read_key(c.id);
    if (!uuid) {
        return wrong("shipments: the address must end in a UUID, a new one for each shipment");
    }
    auto read = read_row(c, import_kind::shipments, {});
    if (reply* const refused = std::get_if<reply>(&read)) {
        return std::move(*refused);
    }
    auto& shipment = std::get<core::ship_doses>(std::get<core::command>(read));
    shipment.key = c.admin.seal.key_hash(operators, *uuid);
    const std::string content = canonical_content(shipment);
    shipment.content = c.admin.seal.fingerprint(std::as_bytes(std::span(content)));
    return pending_of(c, std::move(shipment));
}

answer put_programme(admin_call& c) {
    try {
        auto definition =
            std::make_shared<const core::programme>(read_programme(c.req.body, "programme"));
        if (definition->code != c.id) {
            return wrong("programme: its code is not the one in the address");
        }
        return pending_of(c, core::define_programme{std::move(definition)});
    } catch (const import_error& e) {
        return wrong(e.what());
    }
}

reply render_shipped(const core::shipment_receipt& receipt, const core::published& state) {
    const core::stock_moved& e = receipt.event;
    const core::lot_card& lot = state.lot(e.lot);
    const core::zone_offset zone = state.programmes()[lot.programme]->offset;
    reply r;
    r.body = json::serialize(json::object{
        {"seq", receipt.seq},
        {"clinic", clinic_code_text(state.clinic(e.clinic).code)},
        {"lot", lot.lot.view()},
        {"product", lot.product.view()},
        {"funding", core::name_of(e.funding)},
        {"quantity", e.quantity},
        {"shipped_at", core::format_instant(e.header.recorded_at, zone)},
    });
    if (receipt.replayed) {
        r.add_field("Replayed", "true");
    } else {
        r.status = 201;
    }
    return r;
}

reply render_refused(const core::refusal& why, const render_context& context) {
    if (why.code == errc::read_only) {
        return read_only_problem();
    }
    const std::string_view remedy = remedy_of(why);
    return why.field.empty() || remedy.empty()
               ? problem(why, context)
               : problem(core::http_status(why.code), core::code_name(why.code),
                         std::string(why.field) + ' ' + std::string(remedy), why.field);
}

reply render_accepted(const core::accepted& a) {
    reply r;
    r.body = json::serialize(json::object{{"number", a.number}});
    return r;
}

}  // namespace doseline::net::admin

#include "net/admin/handlers.hpp"
#include "net/import_files.hpp"
#include "net/json_fields.hpp"
#include "net/problem.hpp"
#include "net/programme_file.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

// What an operator brings in while the registry serves: one thing a call, with the columns and
// rules of the files of import. What import does with many rows at once, or with shipments, needs
// it to be stopped.
namespace doseline::net::admin {

namespace {

namespace json = boost::json;
using core::errc;

reply wrong(const std::string& what) {
    return problem(core::http_status(errc::bad_field), core::code_name(errc::bad_field), what);
}

answer pending_of(admin_call& c, core::command&& command) {
    render_context context;
    context.lang = c.lang;
    return pending{std::move(command), nullptr, context};
}

// The first column is what the path names; the others are fields of the body.
answer put_row(admin_call& c, import_kind kind) {
    json_fields fields(c.req.body);
    std::vector<std::string> cells{std::string(c.id)};
    const auto names = column_names(kind);
    for (std::size_t n = 1; n < names.size(); ++n) {
        if (names[n] == "recalled") {
            const auto value = fields.boolean(names[n]);
            cells.emplace_back(value ? (*value ? "true" : "false") : "");
        } else {
            cells.emplace_back(
                fields.text(names[n], core::limits::clinic_name_characters_max).value_or(""));
        }
    }
    if (const auto error = fields.finish()) {
        return problem(error->code, c.lang, {error->field, std::nullopt, 0, std::nullopt});
    }
    try {
        return pending_of(c, command_of_row(kind, cells, names.front()));
    } catch (const import_error& e) {
        return wrong(e.what());
    }
}

}  // namespace

answer put_clinic(admin_call& c) { return put_row(c, import_kind::clinics); }

// Again with recalled changed: recalls the lot, or lifts its recall.
answer put_lot(admin_call& c) { return put_row(c, import_kind::lots); }

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

reply render_accepted(const core::accepted& a) {
    reply r;
    r.body = json::serialize(json::object{{"number", a.number}});
    return r;
}

}  // namespace doseline::net::admin

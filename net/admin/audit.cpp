#include "core/national_id.hpp"
#include "net/address_text.hpp"
#include "net/admin/handlers.hpp"
#include "net/clinic_code.hpp"
#include "net/json_fields.hpp"
#include "net/problem.hpp"
#include "storage/pseudonym.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <charconv>

namespace doseline::net::admin {

namespace {

namespace json = boost::json;
using core::errc;

std::optional<std::uint64_t> number_in(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() ? std::optional(value)
                                                                    : std::nullopt;
}

std::optional<core::instant> time_in(json_fields& fields, std::string_view name) {
    const auto text = fields.text(name, 40);
    const auto time =
        text ? core::parse_instant(*text) : core::result<core::instant>(errc::malformed);
    if (text && !time) {
        fields.fail(errc::bad_field, name);
    }
    return time ? std::optional(*time) : std::nullopt;
}

void read_clinic(json_fields& fields, const core::published& state, core::audit_filter& filter) {
    if (const auto text = fields.text("clinic", 8)) {
        const auto code = parse_clinic_code(*text);
        filter.clinic = code ? state.find_clinic(*code) : std::nullopt;
        if (!filter.clinic) {
            fields.fail(errc::bad_field, "clinic");
        }
    }
}

// By number, or by the name that answers and exports give the person.
void read_person(json_fields& fields, admin_context& admin, core::query_audit& command) {
    const auto number = fields.text("national_id", 64);
    const auto name = fields.text("person", 32);
    if (number) {
        const auto id = core::national_id::parse(*number);
        if (!id) {
            fields.fail(errc::id_invalid, "national_id");
            return;
        }
        command.person = admin.seal.person_key(id->digits());
        command.filter.whose = [wanted = command.person](const core::person_key& p) {
            return p == wanted;
        };
    }
    if (name && (number || name->size() != 32)) {
        fields.fail(errc::bad_field, "person");
    } else if (name) {
        command.filter.whose = [names = std::make_shared<storage::pseudonyms>(admin.keys.now()),
                                wanted = std::string(*name)](const core::person_key& p) {
            return names->of(p) == wanted;
        };
    }
}

}  // namespace

answer query_audit(admin_call& c) {
    json_fields fields(c.req.body);
    core::query_audit command;
    command.address = c.req.peer;
    read_clinic(fields, c.admin.state, command.filter);
    read_person(fields, c.admin, command);
    command.filter.from = time_in(fields, "from");
    command.filter.to = time_in(fields, "to");
    if (const auto cursor = fields.text("cursor", 20)) {
        const auto after = number_in(*cursor);
        after ? command.filter.after = *after, void() : fields.fail(errc::bad_field, "cursor");
    }
    if (const auto error = fields.finish()) {
        return problem(error->code, c.lang, {error->field, std::nullopt, 0, std::nullopt});
    }
    render_context context;
    context.lang = c.lang;
    return pending{std::move(command), nullptr, context};
}

// Five things of each: who (clinic, device, person at the keyboard), when, from where, whose data,
// what was done.
reply render_audit(const core::audit_page& page, const admin_context& admin) {
    using enum core::audit_action;
    storage::pseudonyms names(admin.keys.now());
    const core::zone_offset zone = core::totals_zone(admin.state.programmes());
    json::array records;
    for (const core::audit_page::row& row : page.rows) {
        const core::audit_record& a = row.record;
        json::object one{{"number", row.number},
                         {"at", core::format_instant(a.at, zone)},
                         {"action", core::name_of(a.action)},
                         {"address", address_text(a.by.address)}};
        if (a.by.clinic != core::no_clinic) {
            one["clinic"] = clinic_code_text(admin.state.clinic(a.by.clinic).code);
            one["device"] = a.by.device;
        }
        if (!a.by.user.empty()) {
            one["user"] = a.by.user.view();
        }
        if (a.person != core::person_key{}) {
            one["person"] = names.of(a.person);
        }
        if (a.action == checked) {
            one["decision"] = core::name_of(a.decision);
        } else if (a.action != exported && a.subject != 0) {
            one["subject"] = a.subject;
        }
        if (a.action == exported || a.action == book_destroyed) {
            one["reason"] = row.reason;
        } else if (a.action == imported) {
            one["what"] = row.reason;
        } else if (a.action == operated) {
            one["what"] = core::name_of(a.act);
        }
        records.emplace_back(std::move(one));
    }
    json::object body{{"records", std::move(records)}};
    if (page.next != 0) {
        body["next"] = std::to_string(page.next);
    }
    reply r;
    r.body = json::serialize(body);
    return r;
}

}  // namespace doseline::net::admin

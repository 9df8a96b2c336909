#include "net/admin/handlers.hpp"
#include "net/problem.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace doseline::net::admin {

namespace {

namespace json = boost::json;

constexpr std::string_view name_of(backup_job::phase p) noexcept {
    switch (p) {
        case backup_job::phase::none: return "none";
        case backup_job::phase::running: return "running";
        case backup_job::phase::done: return "done";
        case backup_job::phase::failed: return "failed";
    }
    return "";
}

reply render(const backup_job::state& s, const core::published& state) {
    const auto time = [&](core::instant at) {
        return core::format_instant(at, core::totals_zone(state.programmes()));
    };
    json::object body{{"state", name_of(s.at)}};
    if (s.at != backup_job::phase::none) {
        body["file"] = s.file.string();
        body["started"] = time(s.started);
    }
    if (s.at == backup_job::phase::running) {
        body["doing"] = s.doing;
        body["done"] = s.done;
        body["of"] = s.of;
    } else if (s.at != backup_job::phase::none) {
        body["ended"] = time(s.ended);
    }
    if (s.made) {
        body["bytes"] = s.made->bytes;
        body["events"] = s.made->at.heads.events.seq;
        body["audit_records"] = s.made->at.heads.audit.seq;
        body["doses"] = s.made->doses;
    }
    if (!s.error.empty()) {
        body["error"] = s.error;
    }
    reply r;
    r.body = json::serialize(body);
    return r;
}

}  // namespace

// The last one of this process, or the one under way.
answer show_backup(admin_call& c) { return render(c.admin.backups.look(), c.admin.state); }

// Answered when it has begun: 202, and show_backup() tells how it goes on.
answer begin_backup(admin_call& c) {
    try {
        c.admin.backups.start(storage::system_clocks().wall());
    } catch (const std::exception& e) {
        return problem(409, "BACKUP_REFUSED", e.what());
    }
    return done(c, core::operator_act::backup);
}

reply render_backup_begun(const admin_context& admin) {
    reply r = render(admin.backups.look(), admin.state);
    r.status = 202;
    r.add_field(http::field::location, "/admin/v1/backup");
    return r;
}

}  // namespace doseline::net::admin

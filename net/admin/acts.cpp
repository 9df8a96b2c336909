#include "net/address_text.hpp"
#include "net/admin/handlers.hpp"
#include "net/log.hpp"

// What an operator does to the running program. It is done before it is recorded, because it must
// work where nothing can be recorded; and should the process end in between, nothing is left of it.
namespace doseline::net::admin {

using core::operator_act;

namespace {

// The log keeps what the audit could not take.
void log_unrecorded(operator_act act, const core::network_address& from) {
    log_event("operated", std::string(core::name_of(act)) + " from " + address_text(from) +
                              ": may not be in the audit, nothing can be stored now");
}

reply told(operator_act act, const admin_context& admin) {
    switch (act) {
        case operator_act::reload: return render_reloaded(admin);
        case operator_act::backup: return render_backup_begun(admin);
        default: return render_status(admin);
    }
}

}  // namespace

// Told when the record is durable, or at once where a commit would not come back.
answer done(admin_call& c, operator_act act) {
    const auto now = std::chrono::steady_clock::now();
    if (c.admin.state.short_of() != core::shortage::none || c.admin.state.commit_stalled(now)) {
        log_unrecorded(act, c.req.peer);
        return told(act, c.admin);
    }
    render_context context;
    context.lang = c.lang;
    context.done = core::note_act{act, c.req.peer};
    return pending{*context.done, nullptr, context};
}

reply render_done(const core::note_act& what, bool recorded, const admin_context& admin) {
    if (!recorded) {
        log_unrecorded(what.act, what.address);
    }
    return told(what.act, admin);
}

}  // namespace doseline::net::admin

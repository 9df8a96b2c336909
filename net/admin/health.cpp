#include "net/admin/handlers.hpp"

namespace doseline::net::admin {

namespace {

reply text(unsigned status, std::string body) {
    reply r;
    r.status = status;
    r.content_type = "text/plain; charset=utf-8";
    r.body = std::move(body);
    return r;
}

}  // namespace

// The process answers: nothing else is asked. A failed commit ends the process, so there is no
// state in which it lives and cannot go on.
answer livez(admin_call&) { return text(200, "ok\n"); }

answer readyz(admin_call& c) {
    const auto now = std::chrono::steady_clock::now();
    const bool disk = c.admin.state.short_of() == core::shortage::none;
    const bool commits = !c.admin.state.commit_stalled(now);
    const bool accepting = !c.admin.draining();
    const bool ready = disk && commits && accepting;
    if (c.req.query != "verbose") {
        return text(ready ? 200 : 503, ready ? "ok\n" : "not ready\n");
    }
    const auto line = [](bool ok, const char* name) {
        return std::string(ok ? "[+]" : "[-]") + name + (ok ? " ok\n" : " failed\n");
    };
    return text(ready ? 200 : 503,
                line(disk, "disk") + line(commits, "commits") + line(accepting, "accepting"));
}

}  // namespace doseline::net::admin

#pragma once

#include "net/admin/admin_context.hpp"
#include "net/refusals.hpp"
#include "net/router.hpp"

namespace doseline::net {

// One request to the operator's listener.
struct admin_call {
    const request& req;
    admin_context& admin;
    language lang = language::english;
    std::string_view id;  // what stood in the path's {id}
};

using admin_route = route<admin_call>;

// The operator listener's calls; more may be added at composition, as the build for tests does.
class admin_service final : public service {
public:
    explicit admin_service(admin_context& admin, std::vector<admin_route> more = {});

    std::variant<route_facts, reply> route(const request& head, std::size_t body_bytes) override;
    answer handle(const request& whole) override;
    reply render(const pending& what, core::outcome&& outcome) override;
    reply refuse_wait(const request& whole, const render_context* context) override;
    reply refuse_unread(language lang, std::chrono::seconds come_again) override {
        return unread_.wait(lang, come_again);
    }
    void served(work_class work, unsigned status, std::chrono::nanoseconds took) override {
        admin_.own_figures.count(work, status, took);
    }

private:
    admin_context& admin_;
    const unread_refusals unread_;
    std::vector<admin_route> table_;
};

}  // namespace doseline::net

#pragma once

#include "net/api_context.hpp"
#include "net/refusals.hpp"
#include "net/router.hpp"

namespace doseline::net {

// The clinic listener's calls: who asks, which handler, and what its outcome looks like. One per
// reactor, its thread's alone.
class clinic_service final : public service {
public:
    clinic_service(api_context& api, clinic_caps& caps) : api_(api), caps_(caps) {}

    std::variant<route_facts, reply> route(const request& head, std::size_t body_bytes) override;
    answer handle(const request& whole) override;
    reply render(const pending& what, core::outcome&& outcome) override;
    reply refuse_wait(const request& whole, const render_context* context) override;
    reply refuse_unread(language lang, std::chrono::seconds come_again) override {
        return unread_.wait(lang, come_again);
    }
    void take_back(reply&& used) noexcept override { api_.json.take_back(std::move(used)); }
    void served(work_class work, unsigned status, std::chrono::nanoseconds took) override {
        api_.figures.count(work, status, took);
    }

private:
    bool authenticate(call& c, bool by_certificate);

    void begin();
    answer within_caps(call& c, const net::route<call>& r);

    api_context& api_;
    clinic_caps& caps_;  // of all reactors
    const unread_refusals unread_;
};

}  // namespace doseline::net

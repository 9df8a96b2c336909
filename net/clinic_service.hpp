#pragma once

#include "net/api_context.hpp"
#include "net/router.hpp"

namespace doseline::net {

// The clinic listener's calls: who asks, which handler, and what its outcome looks like. One per
// reactor, its thread's alone.
class clinic_service final : public service {
public:
    explicit clinic_service(api_context& api) : api_(api) {}

    std::variant<route_facts, reply> route(const request& head, std::size_t body_bytes) override;
    answer handle(const request& whole) override;
    reply render(const pending& what, core::outcome&& outcome) override;
    reply refuse_wait(const request& whole, const render_context* context) override;
    void take_back(reply&& used) noexcept override { api_.json.take_back(std::move(used)); }
    void served(work_class work, unsigned status, std::chrono::nanoseconds took) override {
        api_.figures.count(work, status, took);
    }

private:
    bool authenticate(call& c, bool by_certificate);

    api_context& api_;
};

}  // namespace doseline::net

// What a session asks of the committer, and how the answers come home.
#include "net/session.hpp"

#include <boost/assert.hpp>

#include <utility>

namespace doseline::net {

session::step session::answer_request() {
    exchange& x = *x_;
    answer given = host_.service.handle(x.whole);
    if (reply* ready = std::get_if<reply>(&given)) {
        compose(std::move(*ready));
        return step::on;
    }
    if (auto* rows = std::get_if<pending_rows>(&given)) {
        return ask_rows(std::move(*rows));
    }
    pending& asked = std::get<pending>(given);
    if (x.shed) {
        x.refused = true;
        compose(host_.service.refuse_wait(x.whole, &asked.context));
        return step::on;
    }
    ticket_ = host_.waiting.enter(*this);
    if (host_.draining || !host_.port.submit({ticket_, std::move(asked.command)})) {
        host_.waiting.leave(std::exchange(ticket_, 0));
        host_.figures.refuse(refusal_reason::inbox_full);
        x.refused = true;
        compose(host_.service.refuse_wait(x.whole, &asked.context));
        return step::on;
    }
    x.asked.render = asked.render;
    x.asked.context = asked.context;
    x.asked.held = std::move(asked.held);
    if (host_.admits != nullptr) {
        host_.admits->submitted();
    }
    enter(phase::committing, host_.limits.request);
    return step::wait;
}

// All or none of them are under way; they come back one by one, in any order.
session::step session::ask_rows(pending_rows&& asked) {
    exchange& x = *x_;
    x.rows = std::make_unique<row_sheet>(std::move(asked));
    if (x.rows->missing() == 0) {
        compose(x.rows->together());
        return step::on;
    }
    if (host_.draining || !host_.port.has_room(x.rows->missing())) {
        host_.figures.refuse(refusal_reason::inbox_full);
        x.refused = true;
        compose(host_.service.refuse_wait(x.whole, nullptr));
        return step::on;
    }
    ticket_ = host_.waiting.enter(*this);
    for (std::size_t row = 0; row < x.rows->size(); ++row) {
        if (pending* const one = x.rows->asks(row)) {
            const bool taken = host_.port.submit(
                {waiting_room<session>::of_row(ticket_, row), std::move(one->command)});
            BOOST_ASSERT(taken);
            static_cast<void>(taken);
            if (host_.admits != nullptr) {
                host_.admits->submitted();
            }
        }
    }
    enter(phase::committing, host_.limits.request);
    return step::wait;
}

session::step session::take_row(std::size_t row, core::outcome&& told) {
    row_sheet& rows = *x_->rows;
    if (pending* const asked = rows.asks(row)) {
        rows.put(row, host_.service.render(*asked, std::move(told)));
    }
    if (rows.missing() != 0) {
        return step::wait;
    }
    host_.waiting.leave(std::exchange(ticket_, 0));
    compose(rows.together());
    return step::on;
}

}  // namespace doseline::net

#include "net/exchange.hpp"

#include "core/limits.hpp"

#include <utility>

namespace doseline::net {

namespace {

namespace limits = core::limits;
constexpr std::size_t input_bytes = 8 * 1024;  // most requests need no more

}  // namespace

request request_of(const header_view& head, const core::network_address& peer) {
    request r;
    r.verb = head.verb;
    const std::size_t query = head.target.find('?');
    r.path = head.target.substr(0, query);
    r.query = query == std::string_view::npos ? std::string_view{} : head.target.substr(query + 1);
    r.content_type = head.content_type.value;
    r.accept_encoding = head.accept_encoding.value;
    r.accept_language = head.accept_language.value;
    r.authorization = head.authorization.value;
    r.cookie = head.cookie.value;
    r.origin = head.origin.value;
    r.host = head.host.value;
    r.idempotency_key = head.idempotency_key.value;
    r.if_match = head.if_match.value;
    r.if_none_match = head.if_none_match.value;
    r.user = head.doseline_user.value;
    r.peer = peer;
    return r;
}

void exchange::clear() noexcept {
    output.clear();
    written = received = looked_at = header_bytes = 0;
    frame = {};
    whole = {};
    asked.render = nullptr;
    asked.held = {};
    rows.reset();
    status = 0;
    facts = {};
    told_to_wait = std::chrono::seconds{1};
    shed = refused = close = unread = head_only = false;
}

std::unique_ptr<exchange> exchange_pool::take() {
    if (spare_.empty()) {
        auto made = std::make_unique<exchange>();
        made->room.resize(input_bytes);
        return made;
    }
    std::unique_ptr<exchange> x = std::move(spare_.back());
    spare_.pop_back();
    return x;
}

void exchange_pool::give(std::unique_ptr<exchange> x) {
    constexpr std::size_t spare_max = 64;
    if (spare_.size() < spare_max && x->room.size() <= limits::body_bytes_max &&
        x->output.capacity() <= limits::body_bytes_max) {
        x->clear();
        spare_.push_back(std::move(x));
    }
}

}  // namespace doseline::net

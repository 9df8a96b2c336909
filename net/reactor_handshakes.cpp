#include "net/reactor.hpp"

#include <cstddef>

// Whose turn it is in its handshake, and who has had it for too long.
namespace doseline::net {

void reactor::begin_handshakes() noexcept {
    while (signer_.has_room() &&
           host_->answered.size() + signer_.under_way() < options_.handshakes_answered) {
        session* const first = host_->handshakes.next();
        if (first == nullptr) {
            return;
        }
        signer_.begin(*first, first->lend_for_handshake());
    }
}

void reactor::take_signed() {
    signer_.collect([](session& who, tls_state told) { who.take_handshake(told); });
    begin_handshakes();
}

// When every place is taken, so many of those who dawdle in one give it up as others wait for one.
// A place is not a client's for being slow, nor is it taken from who is slow while there are
// enough.
void reactor::make_room_for_handshakes() {
    const std::size_t full = options_.handshakes_answered;
    const std::size_t begun = host_->answered.size() + signer_.under_way();
    for (std::size_t wanted = begun < full ? 0 : host_->handshakes.size(); wanted > 0; --wanted) {
        session* const oldest = host_->answered.first();
        if (oldest == nullptr || !oldest->dawdles()) {
            break;
        }
        oldest->give_up();
    }
    begin_handshakes();
}

}  // namespace doseline::net

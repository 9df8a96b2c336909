#include "net/reactor.hpp"

#include <boost/asio/post.hpp>

#include <utility>

// Reading, answering and serving in turns, so that none of them keeps the others waiting.
namespace doseline::net {

// A reactor's turn: the sockets have been read.
bool reactor::looked(bool more, std::chrono::nanoseconds unread) {
    const auto began = std::chrono::steady_clock::now();
    admission_.batch_ends(more, unread, began);
    collect();
    take_signed();
    admission_.worked(std::chrono::steady_clock::now() - began);
    serve_line_soon();
    return admission_.owes_reading();
}

// Not all at once: a commit has up to a thousand answers, and who is to be refused waits behind.
void reactor::collect() {
    constexpr std::size_t in_a_turn = 64;
    const auto take = [this](storage::delivery&& d) {
        if (d.mark != nullptr) {
            parts_.on_mark(*d.mark);
            return;
        }
        parts_.on_outcome(d.outcome);
        note_wait(d);
        if (session* const asker = host_->waiting.find(d.ticket)) {
            asker->take_outcome(std::move(d));
        }
    };
    if (port_.collect(take, in_a_turn)) {
        sockets_.wake();
    }
}

// In turns with what else the io_context does, above all with reading.
void reactor::serve_line_soon() {
    if (host_->line.empty() || std::exchange(serves_line_, true)) {
        return;
    }
    asio::post(context_, [this] {
        serves_line_ = false;
        const auto began = std::chrono::steady_clock::now();
        const auto end = began + admission_.serving_time();
        for (auto now = began; now < end; now = std::chrono::steady_clock::now()) {
            session* const first = host_->line.next();
            if (first == nullptr) {
                break;
            }
            first->serve();
        }
        admission_.worked(std::chrono::steady_clock::now() - began);
        serve_line_soon();
    });
}

void reactor::note_wait(const storage::delivery& told) {
    if (host_->admits == nullptr) {
        return;
    }
    if (told.waited < told.waited.zero()) {
        host_->admits->inbox_left();
    } else {
        host_->admits->inbox_waited(told.waited);
    }
}

void reactor::tell_what_is_shed() {
    if (host_->admits == nullptr) {
        return;
    }
    host_->admits->look(std::chrono::steady_clock::now());
    const auto lowest = host_->admits->served_down_to();
    const std::size_t served = lowest ? static_cast<std::size_t>(*lowest) + 1 : 0;
    parts_.shed.changed(std::exchange(classes_served_, served), served);
}

}  // namespace doseline::net

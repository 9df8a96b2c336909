#include "loadtest/desk_connections.hpp"

#include <utility>

namespace doseline::loadtest {

namespace {

constexpr std::uint32_t opening_max = 32;
constexpr unsigned closed_max = 5;

}  // namespace

bool desk_connections::connect_all(time_point now) {
    if (!since_) {
        since_ = now;
    }
    while (next_ < doors_.size() && opening_ < opening_max) {
        connect(next_++);
    }
    all_tried_ = next_ == doors_.size() && opening_ == 0;
    counts_.connecting_time = now - *since_;
    return all_tried_;
}

void desk_connections::connect(std::uint32_t desk) {
    const connection_id id = loop_.open();
    if (desk_of_.size() <= id) {
        desk_of_.resize(id + 1);
    }
    desk_of_[id] = desk;
    doors_[desk].connection = id;
    ++opening_;
}

bool desk_connections::can_send(std::uint32_t desk) {
    const door& d = doors_[desk];
    if (!d.pausing && !d.connection) {
        connect(desk);
    }
    return !d.pausing && d.ready;
}

void desk_connections::send(std::uint32_t desk, request what) {
    doors_[desk].ready = false;
    loop_.send(*doors_[desk].connection, std::move(what));
}

void desk_connections::drop(std::uint32_t desk) {
    if (doors_[desk].connection) {
        loop_.drop(*doors_[desk].connection);
    }
}

void desk_connections::pause(std::uint32_t desk, time_point until) {
    doors_[desk].pausing = true;
    pauses_.emplace(until, desk);
}

std::optional<std::uint32_t> desk_connections::end_pause(time_point now) {
    if (pauses_.empty() || pauses_.begin()->first > now) {
        return std::nullopt;
    }
    const std::uint32_t desk = pauses_.begin()->second;
    pauses_.erase(pauses_.begin());
    doors_[desk].pausing = false;
    return desk;
}

std::optional<time_point> desk_connections::next_end() const noexcept {
    return pauses_.empty() ? std::nullopt : std::optional(pauses_.begin()->first);
}

std::uint32_t desk_connections::opened(connection_id id) {
    door& d = doors_[desk_of_[id]];
    --opening_;
    d.open = d.ready = true;
    d.closed = 0;
    counts_.connected.add(all_tried_ ? 0 : 1);
    return desk_of_[id];
}

std::uint32_t desk_connections::answered(connection_id id, const response& answer) {
    doors_[desk_of_[id]].ready = !answer.close;
    return desk_of_[id];
}

std::uint32_t desk_connections::lost(connection_id id, failure why) {
    door& d = doors_[desk_of_[id]];
    d.connection.reset();
    d.ready = false;
    if (std::exchange(d.open, false)) {
        counts_.lost_open[static_cast<std::size_t>(why)].add();
    } else {
        --opening_;
        counts_.not_opened[static_cast<std::size_t>(why)].add();
        ++d.closed;
    }
    return desk_of_[id];
}

bool desk_connections::gives_up(std::uint32_t desk) {
    if (doors_[desk].closed < closed_max) {
        return false;
    }
    doors_[desk].closed = closed_max - 1;
    return true;
}

}  // namespace doseline::loadtest

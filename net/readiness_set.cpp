#include "net/readiness_set.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace doseline::net {

namespace {

int made_set() {
    const int descriptor = ::epoll_create1(EPOLL_CLOEXEC);
    if (descriptor < 0) {
        throw std::system_error(errno, std::system_category(), "epoll_create1");
    }
    return descriptor;
}

int made_probe() {
    const int descriptor = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (descriptor < 0) {
        throw std::system_error(errno, std::system_category(), "eventfd");
    }
    return descriptor;
}

}  // namespace

readiness_set::readiness_set(asio::io_context& context)
    : set_(context, made_set()), probe_(made_probe()) {
    epoll_event wanted{};
    wanted.events = EPOLLIN | EPOLLET;
    wanted.data.ptr = nullptr;
    ::epoll_ctl(set_.native_handle(), EPOLL_CTL_ADD, probe_, &wanted);
}

readiness_set::~readiness_set() { ::close(probe_); }

void readiness_set::send_probe() noexcept {
    constexpr std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(probe_, &one, sizeof one);
}

void readiness_set::start(reports to) {
    report_ = std::move(to);
    wait();
}

void readiness_set::stop() {
    boost::system::error_code ignored;
    set_.cancel(ignored);
    stopped_ = true;
}

void readiness_set::add(int descriptor, session& who) {
    epoll_event wanted{};
    wanted.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    wanted.data.ptr = &who;
    if (::epoll_ctl(set_.native_handle(), EPOLL_CTL_ADD, descriptor, &wanted) != 0) {
        throw std::system_error(errno, std::system_category(), "epoll_ctl");
    }
}

void readiness_set::remove(int descriptor) noexcept {
    ::epoll_ctl(set_.native_handle(), EPOLL_CTL_DEL, descriptor, nullptr);
}

void readiness_set::wait() {
    if (stopped_) {
        return;  // by one of those that were just reported
    }
    set_.async_wait(asio::posix::descriptor_base::wait_read, [this](boost::system::error_code ec) {
        if (!ec) {
            look();
            wait();
        }
    });
}

// A set that still holds something is reported to the io_context again by the next wait, so the
// sessions share the thread with what else it does.
void readiness_set::look() {
    std::array<epoll_event, 128> ready;
    const int count =
        ::epoll_wait(set_.native_handle(), ready.data(), static_cast<int>(ready.size()), 0);
    for (int n = 0; n < count; ++n) {
        const epoll_event& one = ready[static_cast<std::size_t>(n)];
        if (one.data.ptr == nullptr) {
            report_.probe_is_back();
        } else {
            report_.ready(*static_cast<session*>(one.data.ptr), one.events);
        }
    }
    if (count < static_cast<int>(ready.size())) {
        report_.none_left();
    }
}

}  // namespace doseline::net

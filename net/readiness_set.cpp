#include "net/readiness_set.hpp"

#include <boost/asio/bind_allocator.hpp>

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <system_error>
#include <utility>

namespace doseline::net {

namespace {

int made_set() {
    const int descriptor = ::epoll_create1(EPOLL_CLOEXEC);
    if (descriptor < 0) {
        throw std::system_error(errno, std::system_category(), "epoll_create1");
    }
    return descriptor;
}

int made_signal() {
    const int descriptor = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (descriptor < 0) {
        throw std::system_error(errno, std::system_category(), "eventfd");
    }
    return descriptor;
}

void watch(int set, int signal, const void* reported_as) {
    epoll_event wanted{};
    wanted.events = EPOLLIN | EPOLLET;
    wanted.data.ptr = const_cast<void*>(reported_as);
    ::epoll_ctl(set, EPOLL_CTL_ADD, signal, &wanted);
}

void give(int signal) noexcept {
    constexpr std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(signal, &one, sizeof one);
}

}  // namespace

template <class T>
struct readiness_set::wait_allocator {
    using value_type = T;

    explicit wait_allocator(wait_memory& in) noexcept : memory(&in) {}
    template <class U>
    wait_allocator(const wait_allocator<U>& other) noexcept : memory(other.memory) {}

    T* allocate(std::size_t n) const {
        if (n * sizeof(T) > memory->bytes.size() || std::exchange(memory->taken, true)) {
            return std::allocator<T>().allocate(n);
        }
        return reinterpret_cast<T*>(memory->bytes.data());
    }
    void deallocate(T* block, std::size_t n) const noexcept {
        if (reinterpret_cast<std::byte*>(block) != memory->bytes.data()) {
            std::allocator<T>().deallocate(block, n);
            return;
        }
        memory->taken = false;
    }
    friend bool operator==(const wait_allocator&, const wait_allocator&) = default;

    wait_memory* memory;
};

readiness_set::readiness_set(asio::io_context& context)
    : set_(context, made_set()), wake_(made_signal()), probe_(made_signal()) {
    watch(set_.native_handle(), wake_, &wake_);
    watch(set_.native_handle(), probe_, &probe_);
}

readiness_set::~readiness_set() {
    ::close(wake_);
    ::close(probe_);
}

void readiness_set::wake() noexcept { give(wake_); }

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
    const auto looked = [this](boost::system::error_code ec) {
        if (!ec) {
            look();
            wait();
        }
    };
    set_.async_wait(asio::posix::descriptor_base::wait_read,
                    asio::bind_allocator(wait_allocator<void>(memory_), looked));
}

// A set that still holds something is reported to the io_context again by the next wait, so the
// sessions share the thread with what else it does.
void readiness_set::look() {
    // The kernel reports in the order of the edges. When very many end at once, who asks now is
    // behind them all, and between two looks the thread does something dear.
    constexpr int looks_max = 32;
    for (int n = 0; n < looks_max && look_once(); ++n) {
    }
}

// True: there is more, and it has found nothing to do but to note who has gone, or is to go on.
bool readiness_set::look_once() {
    std::array<epoll_event, 128> ready;
    const int count =
        ::epoll_wait(set_.native_handle(), ready.data(), static_cast<int>(ready.size()), 0);
    bool served = false;
    bool probe_is_back = false;
    for (int n = 0; n < count; ++n) {
        const epoll_event& one = ready[static_cast<std::size_t>(n)];
        if (one.data.ptr == &wake_) {
            served = true;
        } else if (one.data.ptr == &probe_) {
            probe_is_back = true;
        } else {
            served |= report_.ready(*static_cast<session*>(one.data.ptr), one.events);
        }
    }
    const bool more = count == static_cast<int>(ready.size());
    if (unread_.batch_ends(more, probe_is_back, std::chrono::steady_clock::now())) {
        give(probe_);
    }
    const bool again = report_.looked(more, unread_.value());
    return more && (again || !served);
}

}  // namespace doseline::net

#pragma once

#include "net/certificates.hpp"
#include "net/reactor.hpp"
#include "net/refusals.hpp"
#include "net/tls_context.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/heap_watch.hpp"
#include "tests/support/https_client.hpp"
#include "tests/support/temporary_directory.hpp"

#include <openssl/ssl.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>

// One reactor on loopback without a registry behind it: the test is the committer.
namespace doseline::test {

class plain_service final : public net::service {
public:
    static constexpr std::size_t large_bytes = 32u << 20;  // more than the kernel's buffers hold

    std::variant<net::route_facts, net::reply> route(const net::request& head,
                                                     std::size_t body_bytes) override {
        if (head.path == "/refused") {
            return answer_of(404, "not here");
        }
        return net::route_facts{
            head.path == "/check" ? net::work_class::check : net::work_class::page, body_bytes};
    }
    net::answer handle(const net::request& whole) override {
        if (whole.path == "/heap") {
            heap_ = watched_heap();
        }
        if (whole.path == "/look") {
            look();
        }
        if (whole.path == "/busy") {
            busy_.store(true);
            while (busy_.load()) {
                std::this_thread::yield();
            }
        }
        if (whole.path == "/rate") {
            return answer_of(429, "too many");
        }
        if (whole.path == "/wait") {
            return net::pending{core::prove{}, nullptr, {}};
        }
        if (whole.path == "/rows") {
            net::pending_rows all;
            for (const char each : whole.body) {
                if (each == '?') {
                    all.rows.emplace_back(net::pending{core::prove{}, nullptr, {}});
                } else {
                    all.rows.emplace_back(answer_of(422, "known"));
                }
            }
            return all;
        }
        return answer_of(
            200, whole.path == "/large" ? std::string(large_bytes, 'x') : std::string(whole.body));
    }
    net::reply render(const net::pending&, core::outcome&& outcome) override {
        return std::holds_alternative<core::refusal>(outcome) ? answer_of(503, "late")
                                                              : answer_of(200, "committed");
    }
    net::reply refuse_wait(const net::request&, const net::render_context*) override {
        return answer_of(503, "full");
    }
    net::reply refuse_unread(net::language lang, std::chrono::seconds in) override {
        return unread_.wait(lang, in);
    }
    void served(net::work_class, unsigned, std::chrono::nanoseconds) override {}

    std::function<void()> look = [] {};  // at GET /look, on the reactor's thread

    // Whether a request holds the reactor up; and lets it go on.
    bool busy() const noexcept { return busy_.load(); }
    void go_on() noexcept { busy_.store(false); }

    // As the last GET /heap found it, on the reactor's thread: nothing else was under way there.
    heap_figures heap() const noexcept { return heap_; }

private:
    const net::unread_refusals unread_;
    heap_figures heap_;
    std::atomic<bool> busy_{false};
    static net::reply answer_of(unsigned status, std::string body) {
        net::reply r;
        r.status = status;
        r.body = std::move(body);
        return r;
    }
};

class loopback_reactor {
public:
    explicit loopback_reactor(
        const net::session_limits& limits, std::size_t inbox_commands = 64,
        bool private_descriptors = false,
        std::size_t connections_max = core::limits::connections_default_max,
        std::size_t handshakes_waiting = core::limits::handshakes_waiting_max,
        std::size_t handshakes_answered = core::limits::handshakes_answered_max)
        : tls_(certificate_in(dir_.path()), dir_.path() / "keys" / "server.key"),
          reactor_({{net::asio::ip::address_v4::loopback(), 0},
                    false,
                    private_descriptors,
                    connections_max,
                    inbox_commands,
                    handshakes_waiting,
                    handshakes_answered,
                    limits,
                    {}},
                   {tls_, bell_, budget_, pace_, shed_, 0, [](const core::outcome&) {},
                    [](storage::cut&) {}}) {
        reactor_.start(service_);
    }

    https_client connect() const { return {dir_.path() / "ca.pem", port()}; }
    std::uint16_t port() const { return reactor_.local_endpoint().port(); }
    net::reactor& operator*() noexcept { return reactor_; }
    plain_service& service() noexcept { return service_; }
    SSL_CTX* tls() const { return tls_.get().get(); }

    heap_figures heap() {
        connect().request("GET", "/heap");
        return service_.heap();
    }

    std::uint64_t connections() const { return reactor_.figures().connections.load(); }
    std::uint64_t accepted() const { return reactor_.figures().accepted.load(); }
    std::uint64_t refused(net::refusal_reason r) const {
        return reactor_.figures().refused[static_cast<std::size_t>(r)].load();
    }

    // As the committer: the next command; false when none comes in time.
    bool take(storage::submission& next) {
        return becomes([&] { return reactor_.port().commands().pop(next); });
    }
    void answer(std::uint64_t ticket) {
        reactor_.port().answer_from_committer({ticket, core::accepted{}, nullptr});
        reactor_.port().wake_after_commit();
    }

    // A new authority and a certificate of its, with their keys.
    static std::filesystem::path certificate_in(const std::filesystem::path& dir) {
        std::filesystem::create_directory(dir / "keys");
        const auto now =
            std::chrono::time_point_cast<core::instant::duration>(std::chrono::system_clock::now());
        net::create_authority(dir, now);
        net::create_server_certificate(dir, "localhost", now);
        return dir / "server.pem";
    }

    static bool becomes(const std::function<bool()>& condition) { return eventually(condition); }

private:
    temporary_directory dir_;
    net::tls_context tls_;
    storage::doorbell bell_;
    net::connection_budget budget_{core::limits::connections_default_max};
    net::end_pace pace_;
    net::shed_classes shed_;
    plain_service service_;
    net::reactor reactor_;
};

}  // namespace doseline::test

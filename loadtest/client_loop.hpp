#pragma once

#include "loadtest/endpoint.hpp"
#include "loadtest/http_response.hpp"
#include "loadtest/request.hpp"
#include "loadtest/tls_client.hpp"

#include <atomic>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct epoll_event;

namespace doseline::loadtest {

using connection_id = std::uint32_t;

// A connection that does not open, or a request that is not answered, in this time has failed.
inline constexpr std::chrono::seconds answer_timeout{10};

enum class failure : std::uint8_t {
    connect,    // no TCP connection
    handshake,  // no TLS connection, or a certificate that is not trusted
    timeout,    // no answer in time
    closed,     // the server closed or reset the connection, or said that it would
    malformed,  // an answer that is not HTTP, or one that nobody asked for
    dropped,    // by this client, on purpose
};
inline constexpr std::size_t failures = 6;
std::string_view name_of(failure f) noexcept;

// One thread's part of a scenario: it decides what is sent when and what answers mean. The loop
// calls it, always on the loop's thread; it may call the loop's open() and send() from every call.
class actor {
public:
    virtual ~actor() = default;

    // Does what is due; the loop calls again at the returned time at the latest. Nothing: the
    // actor has finished, and the loop ends.
    virtual std::optional<time_point> act(time_point now) = 0;

    // The connection is ready for its first request.
    virtual void opened(connection_id id) = 0;

    // The connection is ready for its next request, unless answer.close says that it is about to
    // be lost. The references live as long as the call.
    virtual void answered(connection_id id, const request& asked, const response& answer) = 0;

    // The connection is gone, and its id may be given to another one. unanswered is the request
    // that was in flight, if one was.
    virtual void lost(connection_id id, failure why, const request* unanswered) = 0;
};

// Many TLS connections to one server, driven by one thread with epoll. An idle connection holds a
// socket, OpenSSL's state and 32 bytes, and no buffer. One request at a time on each.
//
// Thread safety: run() and what it calls on one thread; nothing else meanwhile.
class client_loop {
public:
    // source_stride and source_offset share the loopback source addresses among loops: the n-th
    // connection comes from source offset + n * stride. The references must outlive the loop.
    // Throws std::system_error when the system refuses an epoll instance.
    client_loop(const endpoint& server, const tls_client& tls, std::uint32_t source_stride = 1,
                std::uint32_t source_offset = 0);
    ~client_loop();
    client_loop(const client_loop&) = delete;
    client_loop& operator=(const client_loop&) = delete;

    // Until the actor has finished.
    void run(actor& part);

    // Begins to connect. The actor's opened() or lost() follows, later in this turn or a next one.
    connection_id open(const tls_session& resumed = {});

    // REQUIRES: the connection is open and has no request in flight. answered() or lost() follows.
    void send(connection_id id, request what);

    // Gives the connection up without a good-bye, as a PC does that is switched off; what was sent
    // stays sent. lost() follows. REQUIRES: the connection is open.
    void drop(connection_id id);

    // The same with a reset, as a network does that fails: what was sent may be lost, too.
    void cut(connection_id id);

    // The same for very many who do not come back: their sockets end, and what TLS holds for them
    // stays as long as the loop. To free it would take OpenSSL's own locks, which a thread that
    // stands back must not hold: whoever waits for one waits for a core, too.
    void cut_for_good(connection_id id);

    // What a client keeps to come back with, also after a cut; null when the server gave it
    // nothing. It may be opened with on this loop alone. REQUIRES: the connection is open.
    tls_session session_of(connection_id id) const;

    // Whether it was opened with a session that the server took. REQUIRES: the connection is open.
    bool is_resumed(connection_id id) const noexcept;

    // Says good-bye on every connection and closes it; no actor is told. On the thread of run(),
    // which may have a descriptor table of its own (fleet.cpp): no other knows these sockets by
    // their numbers.
    void hang_up();

    // OpenSSL's or the system's words for the first connection that could not be opened; empty
    // when all could.
    const std::string& first_trouble() const noexcept { return first_trouble_; }

    // Connections that are open now. Any thread may ask.
    std::uint32_t open_now() const noexcept { return open_now_.load(std::memory_order_relaxed); }

private:
    enum class state : std::uint8_t { closed, connecting, handshaking, idle, busy, broken };

    static constexpr std::uint32_t no_exchange = ~0u;

    struct connection {
        tls_connection tls;
        int descriptor = -1;
        std::uint32_t exchange = no_exchange;  // of the request in flight
        std::uint32_t work = 0;  // which connect or request this is; outdates deadlines
        state in = state::closed;
        failure why = failure::connect;  // meaningful while broken
        bool awaits_write = false;       // what epoll was told
    };
    struct exchange {
        request asked;
        std::size_t sent = 0;
        std::string received;
    };
    struct deadline {
        time_point at;
        connection_id id;
        std::uint32_t work;
    };

    bool start_connecting(connection& c, const tls_session& resumed);
    void on_ready(connection_id id);
    void shake_hands(connection_id id);
    void write_more(connection_id id);
    void read_more(connection_id id);
    void read_idle(connection_id id);
    void take_answer(connection_id id, const response& answer);
    void watch(connection_id id, bool for_write);
    void arm(connection_id id);
    void fail(connection_id id, failure why);
    void note_trouble(failure why, int system_error, long verify_error);
    void reset_at_close(connection_id id);
    void bury_broken();
    void bury(connection_id id);
    void expire(time_point now);
    void wait(time_point until);
    std::uint32_t take_exchange();
    void give_exchange(std::uint32_t index);

    const endpoint& server_;
    const tls_client& tls_;
    const std::uint32_t source_stride_;
    std::uint32_t next_source_;
    int epoll_ = -1;
    actor* actor_ = nullptr;
    std::vector<connection> connections_;
    std::vector<connection_id> free_ids_;
    std::deque<exchange> exchanges_;  // a deque: references survive growth in an actor's call
    std::vector<std::uint32_t> free_exchanges_;
    std::deque<deadline> deadlines_;  // ascending, since all are equally far ahead
    std::vector<connection_id> broken_;
    std::vector<tls_connection> cut_off_;
    std::vector<char> scratch_;
    std::string first_trouble_;
    std::atomic<std::uint32_t> open_now_{0};  // relaxed: one writer, and it orders nothing
};

}  // namespace doseline::loadtest

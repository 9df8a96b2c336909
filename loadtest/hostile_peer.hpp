#pragma once

#include "loadtest/endpoint.hpp"
#include "loadtest/random.hpp"
#include "loadtest/request.hpp"
#include "loadtest/tls_client.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace doseline::loadtest {

// What somebody does who wants to keep a server busy, or whose program is broken.
enum class hostility : std::uint8_t {
    mute,          // connects and says nothing
    hello_only,    // begins a handshake and does not go on
    garbage,       // sends what is no TLS
    slow_header,   // a byte of a header each second, without an end
    slow_body,     // a byte of a body each second
    no_reading,    // asks and asks through a small window, and reads nothing
    half_closed,   // ends its side behind its request
    tiny_records,  // a record of TLS for every byte
    resets,        // resets: before, in and after the handshake, in a header, in a body, behind a
                   // request, with an answer unread
};
inline constexpr std::size_t hostilities = 9;
inline constexpr unsigned places_to_reset = 7;
std::string_view name_of(hostility h) noexcept;

// For how long a server may put up with one connection of this kind. Nothing: as long as it likes,
// or it cannot be seen from here.
std::optional<std::chrono::seconds> kept_at_most(hostility h) noexcept;

// The requests that hostile peers make, whole; those that must get behind the door with a token.
struct hostile_texts {
    std::string get;       // small, with a token
    std::string post;      // a check, with a token
    std::string no_token;  // anybody's page
    std::string padded;    // a check of a thousand bytes
};

// One of them, connection after connection. It looks when it is called and never waits, so
// thousands go on one thread.
//
// Thread safety: one thread, also of its construction and destruction.
class hostile_peer {
public:
    // The references must outlive it.
    hostile_peer(hostility kind, const endpoint& server, const tls_client& tls,
                 const hostile_texts& texts, std::uint64_t seed);
    ~hostile_peer();  // with a reset
    hostile_peer(const hostile_peer&) = delete;
    hostile_peer& operator=(const hostile_peer&) = delete;

    // Does its next thing. When it wants to be called again.
    time_point step(time_point now);

    hostility kind() const noexcept { return kind_; }
    std::uint64_t opened() const noexcept { return opened_; }
    std::uint64_t turned_away() const noexcept { return turned_away_; }  // ended by the server
    // The longest that one of its connections was seen to live, or lives by now: from the end of
    // its handshake on where there is one, since what it is judged by counts from there, and how
    // long a handshake waits for its turn is another matter. One that the server ended lived when
    // it was last looked at; when it ended, a client that is behind with looking cannot say.
    std::chrono::nanoseconds longest(time_point now) const noexcept;

private:
    enum class stage : std::uint8_t { closed, connecting, handshaking, at_work };

    bool open(time_point now);
    time_point connect_on(time_point now);
    time_point handshake_on(time_point now);
    time_point work(time_point now);
    time_point reset_at_work(time_point now);
    bool send_bytes(std::string_view text, std::size_t most);
    bool send_without_end();
    void drain();
    bool is_ended_by_server() const;
    bool has_input() const;
    bool resets_at(unsigned place) const noexcept;
    time_point end(time_point now, bool by_server);
    void hang_up() noexcept;

    const hostility kind_;
    const endpoint& server_;
    const tls_client& tls_client_;
    const hostile_texts& texts_;
    random_source random_;
    stage stage_ = stage::closed;
    int descriptor_ = -1;
    tls_connection tls_;
    std::size_t sent_ = 0;  // bytes of the text
    time_point opened_at_{};
    time_point lives_since_{};
    time_point alive_at_{};  // was seen to be
    std::uint64_t opened_ = 0;
    std::uint64_t turned_away_ = 0;
    std::chrono::nanoseconds longest_{0};
};

}  // namespace doseline::loadtest

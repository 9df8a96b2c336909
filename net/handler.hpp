#pragma once

#include "core/outcome.hpp"
#include "core/published.hpp"
#include "net/clinic_caps.hpp"

#include <boost/beast/http/field.hpp>
#include <boost/beast/http/verb.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

struct x509_st;

// What a handler sees and what it gives back. A handler is a plain function: it never waits and
// never touches a socket, so none can acknowledge before the commit, and each is tested with a
// value in and a value out.
namespace doseline::net {

namespace http = boost::beast::http;

enum class language : std::uint8_t { korean, english };

// One request, framed and complete. All views live until the reply has been rendered.
struct request {
    http::verb verb = http::verb::unknown;
    std::string_view path;   // "/v1/checks"
    std::string_view query;  // behind '?', or empty
    std::string_view body;
    std::string_view content_type;
    std::string_view accept_language;
    std::string_view accept_encoding;
    std::string_view authorization;
    std::string_view cookie;
    std::string_view origin;
    std::string_view host;
    std::string_view idempotency_key;
    std::string_view if_match;
    std::string_view if_none_match;
    std::string_view user;  // Doseline-User
    core::network_address peer{};
    const x509_st* certificate = nullptr;  // the client's, when TLS has verified one
};

// What of an answer never changes, made once: its fields by append_fields(), and its
// body.
struct prebuilt_reply {
    std::string fields;
    std::string body;
};

struct reply {
    unsigned status = 200;
    std::string_view content_type = "application/json";  // a literal
    std::string body;
    std::string fields;                        // "Name: value" lines, each with its line end
    const prebuilt_reply* prebuilt = nullptr;  // instead of all but the status; outlives the reply
    bool close = false;
    core::mode by_mode = core::mode::normal;  // otherwise: it is the mode that refuses

    void add_field(std::string_view name, std::string_view value) {
        fields.append(name).append(": ").append(value).append("\r\n");
    }
    void add_field(http::field name, std::string_view value) {
        add_field(std::string_view(http::to_string(name)), value);
    }
    // As new, but with its buffers' room.
    void clear() noexcept {
        status = 200;
        content_type = "application/json";
        body.clear();
        fields.clear();
        prebuilt = nullptr;
        close = false;
        by_mode = core::mode::normal;
    }
};

// What of the request the rendering of its outcome needs; small, because it waits with the request.
struct render_context {
    language lang = language::korean;
    bool page = false;              // a form post: answer with HTML
    bool checksum_warning = false;  // the check digit did not match
    std::optional<bool> vaccinate;  // what the phase rule alone says, of checks and registrations
    std::optional<core::decision> decision;  // the same, of checks
    core::fixed_string<13> number;  // of a form post, to be put into the answer's form; else empty
    std::optional<core::note_act> done;  // an operator's: told whatever becomes of its record
};

struct api_context;  // what handlers share on one reactor: net/api_context.hpp
using render_function = reply (*)(core::outcome&& outcome, const render_context& context,
                                  api_context& api);

// The command goes to the committer; its outcome comes back through render on the same reactor.
struct pending {
    core::command command;
    render_function render = nullptr;
    render_context context;
    clinic_caps::place held{};  // of the clinic's, until it is answered
};

// Rows that are answered together, each by itself: what is known already, and what the committer
// has yet to say. At most limits::batch_rows_max.
struct pending_rows {
    std::vector<std::variant<reply, pending>> rows;
};

using answer = std::variant<reply, pending, pending_rows>;

// Work classes in the order in which they are served; from method and path alone, before any body.
enum class work_class : std::uint8_t { registration, check, stock, report, page };
inline constexpr std::size_t work_classes = 5;
std::string_view name_of(work_class c) noexcept;

enum class role : std::uint8_t { anyone, clinic, operator_, auditor };

// What the router knows of a request before its body is read.
struct route_facts {
    work_class work = work_class::page;
    std::size_t body_bytes_max = 0;
    bool form = false;  // answered with HTML, refusals too: what was typed must come back
};

// What a session asks of the layer above it. One object per reactor, used by its thread alone.
class service {
public:
    virtual ~service() = default;

    // From verb and path only. A value: read the body up to that size, then call handle(). A
    // reply: the request is refused unread (404, 405, 413, 415 ...) and the body is skipped by
    // closing if reply.close, else it is empty or is read and dropped.
    virtual std::variant<route_facts, reply> route(const request& head, std::size_t body_bytes) = 0;

    virtual answer handle(const request& whole) = 0;

    // The outcome of a pending answer.
    virtual reply render(const pending& what, core::outcome&& outcome) = 0;

    // The request was read but cannot be submitted, the inbox is full or time is over: WAIT, with
    // what the phase rule says of the injection.
    virtual reply refuse_wait(const request& whole, const render_context* context) = 0;

    // An answer that has been written out: its buffers may serve the next one.
    virtual void take_back(reply&&) noexcept {}
    // It is refused by its class, unread: WAIT.
    virtual reply refuse_unread(language lang, std::chrono::seconds come_again) = 0;

    // For metrics; duration from the first byte of the request to the last of the reply handed to
    // the kernel.
    virtual void served(work_class work, unsigned status, std::chrono::nanoseconds took) = 0;
};

}  // namespace doseline::net

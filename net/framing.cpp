#include "net/framing.hpp"

#include "core/limits.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/rfc7230.hpp>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>

namespace doseline::net {

namespace {

using header = http::header<true, http::fields>;
namespace limits = core::limits;

std::string_view view(boost::beast::string_view s) noexcept { return {s.data(), s.size()}; }

bool visible_ascii(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

// host [":" port], nothing else: no user, no path, no list.
bool is_host(std::string_view host) noexcept {
    return !host.empty() && visible_ascii(host) &&
           host.find_first_of("/@?#,\\\"<>") == std::string_view::npos;
}

bool has_folded_line(std::string_view raw) noexcept {
    return raw.find("\r\n ") != std::string_view::npos ||
           raw.find("\r\n\t") != std::string_view::npos;
}

// Whether the first line ends like that of some HTTP/d.d.
bool names_a_version(std::string_view raw) noexcept {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    constexpr std::string_view form = " HTTP/d.d";
    const std::size_t end = raw.find_first_of("\r\n");
    if (end == std::string_view::npos || end < form.size() || raw.substr(end, 2) != "\r\n") {
        return false;
    }
    const std::string_view version = raw.substr(end - form.size(), form.size());
    return version.starts_with(" HTTP/") && is_digit(version[6]) && version[7] == '.' &&
           is_digit(version[8]);
}

std::optional<framing_refusal> judge_line(std::string_view raw, const header& head) {
    if (head.version() != 11) {
        return framing_refusal{505, "HTTP/1.1 only"};
    }
    if (has_folded_line(raw)) {
        return framing_refusal{400, "folded header lines are refused"};
    }
    if (static_cast<std::size_t>(std::distance(head.begin(), head.end())) >
        limits::header_fields_max) {
        return framing_refusal{431, "too many header fields"};
    }
    const std::string_view target = view(head.target());
    if (target.size() > limits::target_bytes_max) {
        return framing_refusal{414, "the target is too long"};
    }
    if (target.empty() || target.front() != '/' || !visible_ascii(target)) {
        return framing_refusal{400, "the target must begin with a slash"};
    }
    if (head.count(http::field::host) != 1 || !is_host(view(head[http::field::host]))) {
        return framing_refusal{400, "exactly one Host is required"};
    }
    return std::nullopt;
}

std::optional<framing_refusal> judge_refused_fields(const header& head) {
    if (head.count(http::field::transfer_encoding) != 0) {
        return framing_refusal{501, "Transfer-Encoding is refused: send Content-Length"};
    }
    if (head.count(http::field::upgrade) != 0) {
        return framing_refusal{400, "Upgrade is refused"};
    }
    if (head.count(http::field::trailer) != 0 || head.count(http::field::te) != 0) {
        return framing_refusal{400, "trailers are refused"};
    }
    if (head.count(http::field::expect) > 1 ||
        (head.count(http::field::expect) == 1 &&
         !boost::beast::iequals(head[http::field::expect], "100-continue"))) {
        return framing_refusal{417, "no expectation but 100-continue is met"};
    }
    return std::nullopt;
}

}  // namespace

std::variant<framed, framing_refusal> judge_framing(std::string_view raw, const header& head) {
    if (const auto refused = judge_line(raw, head)) {
        return *refused;
    }
    if (const auto refused = judge_refused_fields(head)) {
        return *refused;
    }
    framed result;
    const std::size_t lengths = head.count(http::field::content_length);
    const bool carries_body = head.method() == http::verb::post || head.method() == http::verb::put;
    if (lengths > 1) {
        return framing_refusal{400, "exactly one Content-Length"};
    }
    if (lengths == 1) {
        const std::string_view text = view(head[http::field::content_length]);
        const auto [end, error] =
            std::from_chars(text.data(), text.data() + text.size(), result.body_bytes);
        if (text.empty() || text.front() == '-' || error != std::errc{} ||
            end != text.data() + text.size()) {
            return framing_refusal{400, "Content-Length is not a number"};
        }
        if (result.body_bytes != 0 && !carries_body) {
            return framing_refusal{400, "only POST and PUT carry a body"};
        }
    }
    result.expects_continue = head.count(http::field::expect) == 1 && result.body_bytes != 0;
    const auto wishes = head.equal_range(http::field::connection);
    result.close = std::any_of(wishes.first, wishes.second, [](const auto& wish) {
        return http::token_list{wish.value()}.exists("close");
    });
    return result;
}

std::variant<framed, framing_refusal> read_framing(std::string_view raw, header_parser& into) {
    into.header_limit(static_cast<std::uint32_t>(limits::header_bytes_max));
    into.body_limit(boost::none);
    boost::system::error_code ec;
    into.put(boost::asio::buffer(raw.data(), raw.size()), ec);
    if (into.is_header_done()) {
        return judge_framing(raw, into.get());
    }
    if (ec == http::error::bad_version && names_a_version(raw)) {
        return framing_refusal{505, "HTTP/1.1 only"};
    }
    return framing_refusal{400, "this is not an HTTP/1.1 request"};
}

}  // namespace doseline::net

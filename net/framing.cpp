#include "net/framing.hpp"

#include "core/limits.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/rfc7230.hpp>

#include <algorithm>
#include <charconv>
#include <optional>

namespace doseline::net {

namespace {

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

// Beast's parser, keeping views of what it finds. REQUIRES: a header in one piece, so that Beast
// has no need of a buffer of its own; only a folded value stands in one, and those are refused.
class header_reader final : public http::basic_parser<true> {
public:
    explicit header_reader(header_view& into) : into_(into) {
        header_limit(static_cast<std::uint32_t>(limits::header_bytes_max));
        body_limit(boost::none);
    }

private:
    using text = boost::beast::string_view;
    using error = boost::system::error_code;

    void on_request_impl(http::verb verb, text, text target, int version, error& ec) override {
        ec = {};
        into_.verb = verb;
        into_.target = view(target);
        into_.version = version;
    }
    void on_field_impl(http::field name, text written, text value, error& ec) override {
        ec = {};
        ++into_.fields;
        if (name == http::field::connection) {
            into_.wishes_close = into_.wishes_close || http::token_list{value}.exists("close");
        } else if (known_field* const known = find(name, written)) {
            if (++known->count == 1) {
                known->value = view(value);
            }
        }
    }
    void on_header_impl(error& ec) override { ec = {}; }
    void on_finish_impl(error& ec) override { ec = {}; }

    // Never called: no body is put in.
    void on_response_impl(int, text, int, error&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error&) override {}
    std::size_t on_body_impl(text, error&) override { return 0; }
    void on_chunk_header_impl(std::uint64_t, text, error&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, text, error&) override { return 0; }

    known_field* find(http::field name, text written) noexcept {
        switch (name) {
            case http::field::accept_encoding: return &into_.accept_encoding;
            case http::field::accept_language: return &into_.accept_language;
            case http::field::authorization: return &into_.authorization;
            case http::field::content_length: return &into_.content_length;
            case http::field::content_type: return &into_.content_type;
            case http::field::cookie: return &into_.cookie;
            case http::field::expect: return &into_.expect;
            case http::field::host: return &into_.host;
            case http::field::if_match: return &into_.if_match;
            case http::field::if_none_match: return &into_.if_none_match;
            case http::field::origin: return &into_.origin;
            case http::field::te: return &into_.te;
            case http::field::trailer: return &into_.trailer;
            case http::field::transfer_encoding: return &into_.transfer_encoding;
            case http::field::upgrade: return &into_.upgrade;
            case http::field::unknown: break;
            default: return nullptr;
        }
        return boost::beast::iequals(written, "Idempotency-Key") ? &into_.idempotency_key
               : boost::beast::iequals(written, "Doseline-User") ? &into_.doseline_user
                                                                 : nullptr;
    }

    header_view& into_;
};

std::optional<framing_refusal> judge_line(std::string_view raw, const header_view& head) {
    if (head.version != 11) {
        return framing_refusal{505, "HTTP/1.1 only"};
    }
    if (has_folded_line(raw)) {
        return framing_refusal{400, "folded header lines are refused"};
    }
    if (head.fields > limits::header_fields_max) {
        return framing_refusal{431, "too many header fields"};
    }
    const std::string_view target = head.target;
    if (target.size() > limits::target_bytes_max) {
        return framing_refusal{414, "the target is too long"};
    }
    if (target.empty() || target.front() != '/' || !visible_ascii(target)) {
        return framing_refusal{400, "the target must begin with a slash"};
    }
    if (head.host.count != 1 || !is_host(head.host.value)) {
        return framing_refusal{400, "exactly one Host is required"};
    }
    return std::nullopt;
}

std::optional<framing_refusal> judge_refused_fields(const header_view& head) {
    if (head.transfer_encoding.count != 0) {
        return framing_refusal{501, "Transfer-Encoding is refused: send Content-Length"};
    }
    if (head.upgrade.count != 0) {
        return framing_refusal{400, "Upgrade is refused"};
    }
    if (head.trailer.count != 0 || head.te.count != 0) {
        return framing_refusal{400, "trailers are refused"};
    }
    if (head.expect.count > 1 ||
        (head.expect.count == 1 && !boost::beast::iequals(head.expect.value, "100-continue"))) {
        return framing_refusal{417, "no expectation but 100-continue is met"};
    }
    return std::nullopt;
}

std::variant<framed, framing_refusal> judge(std::string_view raw, const header_view& head) {
    if (const auto refused = judge_line(raw, head)) {
        return *refused;
    }
    if (const auto refused = judge_refused_fields(head)) {
        return *refused;
    }
    framed result;
    if (head.content_length.count > 1) {
        return framing_refusal{400, "exactly one Content-Length"};
    }
    if (head.content_length.count == 1) {
        const std::string_view text = head.content_length.value;
        const auto [end, error] =
            std::from_chars(text.data(), text.data() + text.size(), result.body_bytes);
        if (text.empty() || text.front() == '-' || error != std::errc{} ||
            end != text.data() + text.size()) {
            return framing_refusal{400, "Content-Length is not a number"};
        }
        const bool carries_body = head.verb == http::verb::post || head.verb == http::verb::put;
        if (result.body_bytes != 0 && !carries_body) {
            return framing_refusal{400, "only POST and PUT carry a body"};
        }
    }
    result.expects_continue = head.expect.count == 1 && result.body_bytes != 0;
    result.close = head.wishes_close;
    return result;
}

}  // namespace

std::variant<framed, framing_refusal> read_framing(std::string_view raw, header_view& into) {
    into = {};
    header_reader reader(into);
    boost::system::error_code ec;
    reader.put(boost::asio::buffer(raw.data(), raw.size()), ec);
    if (reader.is_header_done()) {
        return judge(raw, into);
    }
    if (ec == http::error::bad_version && names_a_version(raw)) {
        return framing_refusal{505, "HTTP/1.1 only"};
    }
    return framing_refusal{400, "this is not an HTTP/1.1 request"};
}

}  // namespace doseline::net

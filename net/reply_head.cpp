#include "net/reply_head.hpp"

#include <boost/beast/http/status.hpp>

#include <array>
#include <charconv>
#include <cstddef>

namespace doseline::net {

namespace {

std::string_view view(boost::beast::string_view s) noexcept { return {s.data(), s.size()}; }

bool may_have_body(const reply& r) noexcept { return r.status != 204 && r.status != 304; }

void append_number(std::string& out, std::size_t number) {
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

}  // namespace

reply plain_reply(unsigned status, std::string_view text) {
    reply r;
    r.status = status;
    r.content_type = "text/plain; charset=utf-8";
    r.body = std::string(text) + "\n";
    r.close = true;
    return r;
}

void append_fields(std::string& to, const reply& r) {
    to +=
        "Strict-Transport-Security: max-age=31536000\r\n"
        "X-Content-Type-Options: nosniff\r\nReferrer-Policy: same-origin\r\n";
    if (r.fields.find("Cache-Control: ") == std::string::npos) {
        to += "Cache-Control: no-store\r\n";
    }
    to += r.fields;
    if (r.content_type.starts_with("text/html") &&
        r.fields.find(content_security_policy) == std::string::npos) {
        to +=
            "Content-Security-Policy: default-src 'none'; style-src 'self'; img-src data:; "
            "form-action 'self'; base-uri 'none'; frame-ancestors 'none'\r\n";
    }
    if (may_have_body(r)) {
        to.append("Content-Type: ").append(r.content_type);
        to += "\r\nContent-Length: ";
        append_number(to, r.body.size());
        to += "\r\n";
    }
}

void append_reply(std::string& out, const reply& r, std::string_view date, bool close,
                  bool head_only) {
    constexpr std::size_t fields_bytes = 640;  // of most answers
    const std::string_view body = r.prebuilt != nullptr ? r.prebuilt->body : r.body;
    out.reserve(out.size() + fields_bytes + body.size());
    out += "HTTP/1.1 ";
    append_number(out, r.status);
    out += ' ';
    out += view(http::obsolete_reason(http::int_to_status(r.status)));
    out += "\r\nServer: doseline\r\nDate: ";
    out += date;
    out += "\r\n";
    if (r.prebuilt != nullptr) {
        out += r.prebuilt->fields;
    } else {
        append_fields(out, r);
    }
    if (close) {
        out += "Connection: close\r\n";
    }
    out += "\r\n";
    if (may_have_body(r) && !head_only) {
        out += body;
    }
}

}  // namespace doseline::net

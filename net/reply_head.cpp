#include "net/reply_head.hpp"

#include <boost/beast/http/status.hpp>

namespace doseline::net {

namespace {

std::string_view view(boost::beast::string_view s) noexcept { return {s.data(), s.size()}; }

bool may_have_body(const reply& r) noexcept { return r.status != 204 && r.status != 304; }

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
    bool cache_told = false;
    for (const auto& [name, value] : r.fields) {
        cache_told = cache_told || name == http::field::cache_control;
        to.append(view(http::to_string(name))).append(": ").append(value).append("\r\n");
    }
    bool policy_told = false;
    for (const auto& [name, value] : r.custom_fields) {
        policy_told = policy_told || name == content_security_policy;
        to.append(name).append(": ").append(value).append("\r\n");
    }
    if (!cache_told) {
        to += "Cache-Control: no-store\r\n";
    }
    if (!policy_told && r.content_type.starts_with("text/html")) {
        to +=
            "Content-Security-Policy: default-src 'none'; style-src 'self'; img-src data:; "
            "form-action 'self'; base-uri 'none'; frame-ancestors 'none'\r\n";
    }
    if (may_have_body(r)) {
        to.append("Content-Type: ").append(r.content_type);
        to.append("\r\nContent-Length: ").append(std::to_string(r.body.size())).append("\r\n");
    }
}

void append_reply(std::string& out, const reply& r, std::string_view date, bool close,
                  bool head_only) {
    constexpr std::size_t fields_bytes = 640;  // of most answers
    const std::string_view body = r.prebuilt != nullptr ? r.prebuilt->body : r.body;
    out.reserve(out.size() + fields_bytes + body.size());
    out += "HTTP/1.1 ";
    out += std::to_string(r.status);
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

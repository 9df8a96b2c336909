#include "net/reply_head.hpp"

#include <boost/beast/http/status.hpp>

namespace doseline::net {

namespace {

std::string_view view(boost::beast::string_view s) noexcept { return {s.data(), s.size()}; }

}  // namespace

reply plain_reply(unsigned status, std::string_view text) {
    reply r;
    r.status = status;
    r.content_type = "text/plain; charset=utf-8";
    r.body = std::string(text) + "\n";
    r.close = true;
    return r;
}

void append_reply(std::string& out, const reply& r, std::string_view date, bool close,
                  bool head_only) {
    constexpr std::size_t fields_bytes = 512;  // of most answers
    const bool may_have_body = r.status != 204 && r.status != 304;
    out.reserve(out.size() + fields_bytes + r.body.size());
    out += "HTTP/1.1 ";
    out += std::to_string(r.status);
    out += ' ';
    out += view(http::obsolete_reason(http::int_to_status(r.status)));
    out += "\r\nServer: doseline\r\nDate: ";
    out += date;
    out +=
        "\r\nStrict-Transport-Security: max-age=31536000"
        "\r\nX-Content-Type-Options: nosniff\r\nReferrer-Policy: same-origin\r\n";
    bool cache_told = false;
    for (const auto& [name, value] : r.fields) {
        cache_told = cache_told || name == http::field::cache_control;
        out.append(view(http::to_string(name))).append(": ").append(value).append("\r\n");
    }
    for (const auto& [name, value] : r.custom_fields) {
        out.append(name).append(": ").append(value).append("\r\n");
    }
    if (!cache_told) {
        out += "Cache-Control: no-store\r\n";
    }
    if (r.content_type.starts_with("text/html")) {
        out +=
            "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; "
            "form-action 'self'; img-src 'self' data:; frame-ancestors 'none'\r\n";
    }
    if (may_have_body) {
        out.append("Content-Type: ").append(r.content_type);
        out.append("\r\nContent-Length: ").append(std::to_string(r.body.size())).append("\r\n");
    }
    if (close) {
        out += "Connection: close\r\n";
    }
    out += "\r\n";
    if (may_have_body && !head_only) {
        out += r.body;
    }
}

}  // namespace doseline::net

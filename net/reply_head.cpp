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

std::string reply_head(const reply& r, std::string_view date, bool close) {
    std::string head;
    head.reserve(512 + r.body.size());
    head += "HTTP/1.1 ";
    head += std::to_string(r.status);
    head += ' ';
    head += view(http::obsolete_reason(http::int_to_status(r.status)));
    head += "\r\nServer: doseline\r\nDate: ";
    head += date;
    head +=
        "\r\nStrict-Transport-Security: max-age=31536000"
        "\r\nX-Content-Type-Options: nosniff\r\nReferrer-Policy: same-origin\r\n";
    bool cache_told = false;
    for (const auto& [name, value] : r.fields) {
        cache_told = cache_told || name == http::field::cache_control;
        head.append(view(http::to_string(name))).append(": ").append(value).append("\r\n");
    }
    for (const auto& [name, value] : r.custom_fields) {
        head.append(name).append(": ").append(value).append("\r\n");
    }
    if (!cache_told) {
        head += "Cache-Control: no-store\r\n";
    }
    if (r.content_type.starts_with("text/html")) {
        head +=
            "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; "
            "form-action 'self'; img-src 'self' data:; frame-ancestors 'none'\r\n";
    }
    if (r.status != 204 && r.status != 304) {
        head.append("Content-Type: ").append(r.content_type);
        head.append("\r\nContent-Length: ").append(std::to_string(r.body.size())).append("\r\n");
    }
    if (close) {
        head += "Connection: close\r\n";
    }
    head += "\r\n";
    return head;
}

}  // namespace doseline::net

#include "net/static_page.hpp"

#include "net/base64url.hpp"
#include "net/negotiation.hpp"
#include "net/reply_head.hpp"
#include "storage/sha256.hpp"

#include <zlib.h>

#include <new>
#include <span>

namespace doseline::net {

namespace {

std::string version_of(std::string_view text) {
    constexpr std::size_t bytes = 12;
    storage::sha256_stream hash;
    const storage::digest whole = hash.update(std::as_bytes(std::span(text))).finish();
    return base64url(std::span(whole).first(bytes));
}

std::string gzipped(std::string_view text) {
    constexpr int gzip_window = 15 + 16;  // the greatest, in gzip's frame
    constexpr int memory_level = 9;
    z_stream stream{};
    if (::deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, gzip_window, memory_level,
                       Z_DEFAULT_STRATEGY) != Z_OK) {
        throw std::bad_alloc();
    }
    std::string out(::deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
    // zlib's interface is older than const.
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    ::deflate(&stream, Z_FINISH);  // in one call: there is room for all of it
    out.resize(stream.total_out);
    ::deflateEnd(&stream);
    return out;
}

}  // namespace

static_page::static_page(std::string_view text, std::string_view content_type,
                         std::string_view cache_control, std::string_view vary)
    : version_(version_of(text)) {
    reply described;
    described.content_type = content_type;
    described.add_field(http::field::cache_control, cache_control);
    described.add_field(http::field::vary,
                        (vary.empty() ? "" : std::string(vary) + ", ") + "Accept-Encoding");
    identity_ = represent(std::string(text), "", described);
    gzip_ = represent(gzipped(text), "gzip", described);
}

// A strong tag names bytes, so each coding has its own.
static_page::representation static_page::represent(std::string body, std::string_view coding,
                                                   const reply& described) const {
    representation r;
    r.etag = '"' + version_ + (coding.empty() ? "" : "-" + std::string(coding)) + '"';
    reply made = described;
    made.add_field(http::field::etag, r.etag);
    made.status = 304;
    append_fields(r.unchanged.fields, made);
    made.status = 200;
    if (!coding.empty()) {
        made.add_field(http::field::content_encoding, coding);
    }
    made.body = std::move(body);
    append_fields(r.whole.fields, made);
    r.whole.body = std::move(made.body);
    return r;
}

reply static_page::answer(const request& asked) const {
    const representation& liked = prefers_gzip(asked.accept_encoding) ? gzip_ : identity_;
    const bool unchanged = has_already(asked.if_none_match, liked.etag);
    reply r;
    r.status = unchanged ? 304 : 200;
    r.prebuilt = unchanged ? &liked.unchanged : &liked.whole;
    return r;
}

}  // namespace doseline::net

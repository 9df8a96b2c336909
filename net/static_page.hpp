#pragma once

#include "net/handler.hpp"

#include <string>
#include <string_view>

namespace doseline::net {

// A text that is the same for everybody who asks in the same way: made once, with its gzip form,
// its strong ETags and all fields of its answers, so that giving it out costs two copies.
//
// Thread safety: immutable. Outlives every reply that it gave.
class static_page {
public:
    // vary: the request fields that choose between this text and others, "" for none. Throws when
    // there is no memory for it.
    static_page(std::string_view text, std::string_view content_type,
                std::string_view cache_control, std::string_view vary);

    // 200 in the coding that the client likes best, or 304 when it has that one already.
    reply answer(const request& asked) const;

    // Changes with the text; of characters that may stand in an address.
    const std::string& version() const noexcept { return version_; }

private:
    // One coding of it.
    struct representation {
        std::string etag;
        prebuilt_reply whole;
        prebuilt_reply unchanged;
    };
    representation represent(std::string body, std::string_view coding,
                             const reply& described) const;

    std::string version_;
    representation identity_;
    representation gzip_;
};

}  // namespace doseline::net

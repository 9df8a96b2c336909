#pragma once

#include "net/handler.hpp"

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serializer.hpp>
#include <boost/json/storage_ptr.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

namespace doseline::net {

// Memory for the JSON of the request in hand, and the answer that was given last, for its buffers.
// So a request takes nothing from the heap as long as it is not larger than most.
//
// Thread safety: none; its reactor's.
class json_arena {
public:
    json_arena() { begin(); }

    // When nothing is left of what the last request made. Anew, and not by release(): what a large
    // request took beyond the array would be twice as much for every one that follows, until no
    // memory is that large.
    void begin() noexcept { memory_.emplace(first_.data(), first_.size()); }
    boost::json::storage_ptr memory() noexcept { return &*memory_; }

    reply reply_with(const boost::json::object& body) {
        reply r = std::exchange(spare_, {});
        r.clear();
        serializer_.reset(&body);
        std::array<char, 1024> piece;
        while (!serializer_.done()) {
            const auto text = serializer_.read(piece.data(), piece.size());
            r.body.append(text.data(), text.size());
        }
        return r;
    }
    void take_back(reply&& r) noexcept {
        constexpr std::size_t kept_max = 16 * 1024;
        if (r.prebuilt == nullptr && r.body.capacity() <= kept_max) {
            spare_ = std::move(r);
        }
    }

private:
    std::array<unsigned char, 16 * 1024> first_;
    std::optional<boost::json::monotonic_resource> memory_;  // always there
    boost::json::serializer serializer_;
    reply spare_;
};

}  // namespace doseline::net

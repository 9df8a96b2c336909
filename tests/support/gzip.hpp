#pragma once

#include <zlib.h>

#include <stdexcept>
#include <string>
#include <string_view>

namespace doseline::test {

// What a gzip file holds; a megabyte at most. Throws when it is not whole or has a wrong checksum.
inline std::string gunzip(std::string_view packed) {
    std::string text(1u << 20, '\0');
    z_stream stream{};
    if (::inflateInit2(&stream, 15 + 16) != Z_OK) {
        throw std::runtime_error("zlib");
    }
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.next_out = reinterpret_cast<Bytef*>(text.data());
    stream.avail_out = static_cast<uInt>(text.size());
    const bool whole = ::inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_in == 0;
    text.resize(stream.total_out);
    ::inflateEnd(&stream);
    if (!whole) {
        throw std::runtime_error("not a whole gzip file");
    }
    return text;
}

}  // namespace doseline::test

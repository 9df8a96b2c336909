#pragma once

#include "tests/support/hex.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

// What must be nowhere in the clear, in every form that a program may give it, and the search.
namespace doseline::test {

struct searched_form {
    std::string what;
    std::string bytes;
    bool number = false;  // found only where no other digit stands beside it
};

namespace forms {

inline std::string base64(std::string_view text) {
    std::string out((text.size() + 2) / 3 * 4 + 1, '\0');
    out.resize(static_cast<std::size_t>(::EVP_EncodeBlock(
        reinterpret_cast<unsigned char*>(out.data()),
        reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()))));
    return out;
}

inline std::string url_safe(std::string text) {
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    return text;
}

// The characters that do not change with what stands before and behind it, which begins at a
// multiple of three bytes and so many more.
inline std::string within_base64(std::string_view text, std::size_t before) {
    const std::string whole = base64(std::string(before, 'x') + std::string(text));
    const std::size_t first = (before * 8 + 5) / 6;
    return whole.substr(first, (before + text.size()) * 8 / 6 - first);
}

// REQUIRES: no code point past U+FFFF.
inline std::vector<std::uint16_t> utf_16(std::string_view utf_8) {
    std::vector<std::uint16_t> units;
    for (const char c : utf_8) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80) {
            units.push_back(byte);
        } else if (byte >= 0xe0) {
            units.push_back(byte & 0x0fu);
        } else if (byte >= 0xc0) {
            units.push_back(byte & 0x1fu);
        } else {
            units.back() = static_cast<std::uint16_t>(units.back() << 6 | (byte & 0x3fu));
        }
    }
    return units;
}

inline std::string upper(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
}

inline std::string hex_of(std::string_view text) { return hex(std::as_bytes(std::span(text))); }

}  // namespace forms

inline void add_forms(std::vector<searched_form>& all, const std::string& text,
                      bool number = false) {
    const auto add = [&](const char* form, std::string bytes) {
        all.push_back({text + " as " + form, std::move(bytes), false});
    };
    all.push_back({text, text, number});
    add("hex", forms::hex_of(text));
    add("HEX", forms::upper(forms::hex_of(text)));
    for (std::size_t before = 0; before < 3; ++before) {
        const std::string base64 = forms::within_base64(text, before);
        add("base64", base64);
        add("base64url", forms::url_safe(base64));
    }
    std::string little;
    std::string big;
    std::string escaped;
    for (const std::uint16_t unit : forms::utf_16(text)) {
        const std::string bytes{static_cast<char>(unit & 0xff), static_cast<char>(unit >> 8)};
        little += bytes;
        big += {bytes[1], bytes[0]};
        escaped += "\\u" + forms::hex_of(std::string_view(&bytes[1], 1)) +
                   forms::hex_of(std::string_view(&bytes[0], 1));
    }
    add("UTF-16LE", little);
    add("UTF-16BE", big);
    add("JSON escapes", escaped);
}

// The 13 digits, as people and programs write them, and the part that is a secret by itself.
inline std::vector<searched_form> forms_of_number(const std::string& digits) {
    std::vector<searched_form> all;
    add_forms(all, digits);
    add_forms(all, digits.substr(0, 6) + '-' + digits.substr(6));
    add_forms(all, digits.substr(6), true);
    // Of eight bytes the two that are zero may have been left out.
    std::string little;
    for (std::uint64_t left = std::stoull(digits); left != 0; left >>= 8) {
        little += static_cast<char>(left & 0xff);
    }
    all.push_back({digits + " as an integer", little, false});
    all.push_back({digits + " as a big-endian integer", {little.rbegin(), little.rend()}, false});
    return all;
}

// Each word counts by itself: what is cut off must be found, too.
inline std::vector<searched_form> forms_of_words(const std::string& text) {
    std::vector<searched_form> all;
    std::istringstream words(text);
    for (std::string word; words >> word;) {
        add_forms(all, word);
    }
    return all;
}

inline bool is_in(const searched_form& form, std::string_view text) {
    const auto digit = [&](std::size_t at) {
        return at < text.size() && text[at] >= '0' && text[at] <= '9';
    };
    for (std::size_t at = 0; (at = text.find(form.bytes, at)) != std::string_view::npos; ++at) {
        if (!form.number || (!(at > 0 && digit(at - 1)) && !digit(at + form.bytes.size()))) {
            return true;
        }
    }
    return false;
}

// What was found, one a line; empty: nothing.
inline std::string found_in(std::string_view text, const std::vector<searched_form>& forms) {
    std::string found;
    for (const searched_form& form : forms) {
        found += is_in(form, text) ? form.what + '\n' : "";
    }
    return found;
}

}  // namespace doseline::test

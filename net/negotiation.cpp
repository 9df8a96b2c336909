#include "net/negotiation.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <optional>

namespace doseline::net {

namespace {

std::string_view trim(std::string_view text) noexcept {
    constexpr std::string_view blank = " \t";
    const std::size_t first = text.find_first_not_of(blank);
    return first == std::string_view::npos
               ? std::string_view{}
               : text.substr(first, text.find_last_not_of(blank) - first + 1);
}

// "0", "0.5", "1.000" in thousandths.
std::optional<unsigned> weight_of(std::string_view text) noexcept {
    constexpr std::size_t longest = 5;
    if (text.empty() || text.size() > longest || (text[0] != '0' && text[0] != '1') ||
        (text.size() > 1 && text[1] != '.')) {
        return std::nullopt;
    }
    unsigned thousandths = text[0] == '1' ? 1'000 : 0;
    unsigned place = 100;
    for (const char c : text.substr(std::min<std::size_t>(2, text.size()))) {
        if (c < '0' || c > '9') {
            return std::nullopt;
        }
        thousandths += static_cast<unsigned>(c - '0') * place;
        place /= 10;
    }
    return thousandths <= 1'000 ? std::optional(thousandths) : std::nullopt;
}

// "gzip;q=0.5"; a coding without a weight has all of it.
struct accepted_coding {
    std::string_view name;
    std::optional<unsigned> weight;

    explicit accepted_coding(std::string_view element) noexcept {
        const std::size_t end = element.find(';');
        name = trim(element.substr(0, end));
        if (end == std::string_view::npos) {
            weight = 1'000;
            return;
        }
        const std::string_view parameter = trim(element.substr(end + 1));
        if (parameter.starts_with("q=") || parameter.starts_with("Q=")) {
            weight = weight_of(parameter.substr(2));
        }
    }
};

}  // namespace

bool prefers_gzip(std::string_view accept_encoding) noexcept {
    using boost::beast::iequals;
    std::optional<unsigned> gzip;
    std::optional<unsigned> identity;
    std::optional<unsigned> any;
    while (!accept_encoding.empty()) {
        const std::size_t comma = accept_encoding.find(',');
        const accepted_coding coding(accept_encoding.substr(0, comma));
        accept_encoding.remove_prefix(comma == std::string_view::npos ? accept_encoding.size()
                                                                      : comma + 1);
        if (!coding.weight) {
            continue;
        }
        if (iequals(coding.name, "gzip") || iequals(coding.name, "x-gzip")) {
            gzip = coding.weight;
        } else if (iequals(coding.name, "identity")) {
            identity = coding.weight;
        } else if (coding.name == "*") {
            any = coding.weight;
        }
    }
    const unsigned of_gzip = gzip.value_or(any.value_or(0));
    return of_gzip > 0 && of_gzip >= identity.value_or(any.value_or(0));
}

// Weakly compared, as the RFC wants it here: W/"a" is "a". A tag may have commas inside.
bool has_already(std::string_view if_none_match, std::string_view etag) noexcept {
    std::string_view rest = trim(if_none_match);
    if (rest == "*") {
        return true;
    }
    while (!rest.empty()) {
        if (rest.starts_with("W/")) {
            rest.remove_prefix(2);
        }
        const std::size_t end = rest.starts_with('"') ? rest.find('"', 1) : std::string_view::npos;
        if (end == std::string_view::npos) {
            return false;
        }
        if (rest.substr(0, end + 1) == etag) {
            return true;
        }
        rest = trim(rest.substr(end + 1));
        if (!rest.starts_with(',')) {
            return false;
        }
        rest = trim(rest.substr(1));
    }
    return false;
}

}  // namespace doseline::net

#include "tests/support/framing_forms.hpp"

#include <string_view>
#include <utility>

namespace doseline::test {

namespace {

using namespace std::string_literals;

// A request of the given fields to a call that reads a body, with nothing else in it.
std::string post(const std::string& fields, const std::string& behind = "") {
    return "POST /v1/checks HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" +
           fields + "\r\n" + behind;
}

std::string get(const std::string& fields) {
    return "GET /status HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n";
}

std::string get_target(const std::string& target) {
    return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
}

std::string get_host(const std::string& hosts) {
    return "GET /status HTTP/1.1\r\n" + hosts + "\r\n";
}

}  // namespace

// 501 says that no transfer coding is known here; 400 where the parser stops before.
std::vector<framing_form> transfer_encoding_forms() {
    const std::string chunked = "Transfer-Encoding: chunked\r\n";
    const std::string body = "5\r\nhello\r\n0\r\n\r\n";
    const std::string evil = "0\r\n";
    return {
        {"chunked", post(chunked, body), {501}},
        {"chunked of a GET", get(chunked) + body, {501}},
        {"chunked in mixed case", post("tRaNsFeR-eNcOdInG: cHuNkEd\r\n", body), {501}},
        {"identity, no length", post("Transfer-Encoding: identity\r\n"), {501}},
        {"chunked, identity", post("Transfer-Encoding: chunked, identity\r\n", body), {501, 400}},
        {"identity, chunked", post("Transfer-Encoding: identity, chunked\r\n", body), {501, 400}},
        {"identity and chunked on two lines",
         post("Transfer-Encoding: identity\r\n" + chunked, body),
         {501, 400}},
        {"chunked on two lines", post(chunked + chunked, body), {501, 400}},
        {"chunked twice in a line",
         post("Transfer-Encoding: chunked, chunked\r\n", body),
         {501, 400}},
        {"gzip, chunked", post("Transfer-Encoding: gzip, chunked\r\n", body), {501, 400}},
        {"no coding at all", post("Transfer-Encoding:\r\n"), {501, 400}},
        {"unknown coding, then a length",
         post("Transfer-Encoding: xchunked\r\nContent-Length: 5\r\n", "hello"),
         {501, 400}},
        {"a length, then an unknown coding",
         post("Content-Length: 5\r\nTransfer-Encoding: xchunked\r\n", "hello"),
         {501, 400}},
        {"chunked, then a length", post(chunked + "Content-Length: 5\r\n", body), {501, 400}},
        {"a length, then chunked", post("Content-Length: 5\r\n" + chunked, body), {501, 400}},
        {"chunked behind a vertical tab",
         post("Transfer-Encoding: \x0b"
              "chunked\r\n",
              body),
         {400, 501}},
        {"chunked in quotes", post("Transfer-Encoding: \"chunked\"\r\n", body), {501, 400}},
        {"space before the colon", post("Transfer-Encoding : chunked\r\n", body), {400}},
        {"folded coding", post("Transfer-Encoding:\r\n chunked\r\n", body), {400, 501}},
        {"coding behind a bare LF",
         post("Content-Length: 5\r\nX: a\nTransfer-Encoding: chunked\r\n", body),
         {400}},
        {"chunked under HTTP/1.0",
         "POST /v1/checks HTTP/1.0\r\nHost: localhost\r\n" + chunked + "\r\n" + body,
         {505, 501}},
        {"trailer that claims an identity",
         post(chunked, evil + "Authorization: evil\r\n\r\n"),
         {501}},
        {"trailer that claims a clinic", post(chunked, evil + "X-Clinic: evil\r\n\r\n"), {501}},
        {"trailer that closes", post(chunked, evil + "Connection: close\r\n\r\n"), {501}},
        {"trailers larger than a header",
         post(chunked, evil + "X: " + std::string(16'384, 'x') + "\r\n\r\n"),
         {501}},
        {"chunk header without an end", post(chunked, "5;" + std::string(16'384, 'x')), {501}},
        {"hexadecimal prefix of a chunk", post(chunked, "0x5\r\nhello\r\n0\r\n\r\n"), {501}},
        {"chunk without its line end", post(chunked, "5\r\nhelloXX0\r\n\r\n"), {501}},
        {"chunk size past 64 bits",
         post(chunked, "10000000000000005\r\nhello\r\n0\r\n\r\n"),
         {501}},
        {"announced trailer", post("Trailer: Authorization\r\nContent-Length: 2\r\n", "{}"), {400}},
    };
}

std::vector<framing_form> content_length_forms() {
    const auto length = [](const std::string& value) {
        return post("Content-Length: " + value + "\r\n", "hello");
    };
    return {
        {"list of equal lengths", length("5, 5"), {400}},
        {"two equal lengths", length("5\r\nContent-Length: 5"), {400}},
        {"two lengths, the second shorter", length("5\r\nContent-Length: 0"), {400}},
        {"two lengths, the second longer", length("0\r\nContent-Length: 5"), {400}},
        {"length with a plus", length("+5"), {400}},
        {"length below zero", length("-1"), {400}},
        {"minus zero", length("-0"), {400}},
        {"hexadecimal length", length("0x5"), {400}},
        {"empty length", length(""), {400}},
        {"length past 64 bits", length("18446744073709551616"), {400}},
        {"largest length of 64 bits", length("18446744073709551615"), {413, 400}},
        {"length with a fraction", length("5.0"), {400}},
        {"length in two words", length("5 5"), {400}},
        {"length in other digits", length("\xd9\xa5"), {400}},
        {"GET with a body", get("Content-Length: 5\r\n") + "hello", {400}},
        {"DELETE with a body",
         "DELETE /status HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello",
         {400}},
    };
}

std::vector<framing_form> host_and_target_forms() {
    return {
        {"no Host", get_host(""), {400}},
        {"Host twice", get_host("Host: localhost\r\nHost: localhost\r\n"), {400}},
        {"two hosts", get_host("Host: localhost\r\nHost: evil\r\n"), {400}},
        {"list of hosts", get_host("Host: localhost, evil\r\n"), {400}},
        {"empty Host", get_host("Host:\r\n"), {400}},
        {"Host with a path and a user", get_host("Host: a/b@c\r\n"), {400}},
        {"Host with a user", get_host("Host: evil@localhost\r\n"), {400}},
        {"Host in two words", get_host("Host: localhost evil\r\n"), {400}},
        {"target that is no path", get_target("!"), {400}},
        {"target of another host", get_target("http://evil/status"), {400}},
        {"target of this host in full", get_target("https://localhost/status"), {400}},
        {"asterisk", get_target("*"), {400}},
        {"OPTIONS of the whole server", "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", {400}},
        {"CONNECT", "CONNECT localhost:443 HTTP/1.1\r\nHost: localhost\r\n\r\n", {400}},
        {"byte 255 in the target", get_target("/status\xff"), {400}},
        {"letter of two bytes in the target", get_target("/\xc3\xa9"), {400}},
        {"NUL in the target", get_target("/status\0"s), {400}},
        {"DEL in the target", get_target("/status\x7f"), {400}},
        {"tab in the target", get_target("/sta\ttus"), {400}},
        {"space in the target", get_target("/sta tus"), {400, 505}},
        {"no target", "GET HTTP/1.1\r\nHost: localhost\r\n\r\n", {400}},
    };
}

// 505 is for a version; bytes that hold none are no request.
std::vector<framing_form> version_and_expectation_forms() {
    const auto version = [](const std::string& v) {
        return "GET /status " + v + "\r\nHost: localhost\r\n\r\n";
    };
    const std::string length = "Content-Length: 2\r\n";
    return {
        {"HTTP/1.0", version("HTTP/1.0"), {505}},
        {"HTTP/1.0 that would be kept",
         "GET /status HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n",
         {505}},
        {"HTTP/1.2", version("HTTP/1.2"), {505}},
        {"HTTP/2.0", version("HTTP/2.0"), {505}},
        {"preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {505, 400}},
        {"version of three digits", version("HTTP/1.10"), {400, 505}},
        {"version in small letters", version("http/1.1"), {400, 505}},
        {"no version", "GET /status\r\n\r\n", {400}},
        {"expectation that nobody knows", post("Expect: foo\r\n" + length, "{}"), {417}},
        {"known and unknown expectation",
         post("Expect: 100-continue, foo\r\n" + length, "{}"),
         {417}},
        {"expectation twice",
         post("Expect: 100-continue\r\nExpect: 100-continue\r\n" + length, "{}"),
         {417}},
        {"empty expectation", post("Expect:\r\n" + length, "{}"), {417}},
        {"upgrade to WebSocket",
         get("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"),
         {400}},
        {"upgrade to HTTP/2",
         get("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"),
         {400}},
        {"upgrade that Connection does not name", get("Upgrade: h2c\r\n"), {400}},
    };
}

std::vector<framing_form> field_syntax_forms() {
    return {
        {"empty line first", "\r\n" + get(""), {400}},
        {"lines that end in LF", "GET /status HTTP/1.1\nHost: localhost\n\n", {400}},
        {"one line that ends in LF", "GET /status HTTP/1.1\nHost: localhost\r\n\r\n", {400}},
        {"one line that ends in CR", "GET /status HTTP/1.1\rHost: localhost\r\n\r\n", {400}},
        {"folded by a space", get("X: a\r\n b\r\n"), {400}},
        {"folded by a tab", get("X: a\r\n\tb\r\n"), {400}},
        {"first line folded", "GET /status HTTP/1.1\r\n X: a\r\nHost: localhost\r\n\r\n", {400}},
        {"folded length", post("Content-Length:\r\n 5\r\n", "hello"), {400}},
        {"fold of nothing", get("X: a\r\n \r\n"), {400}},
        {"CR in a value", get("X: a\rb\r\n"), {400}},
        {"LF in a value", get("X: a\nb\r\n"), {400}},
        {"NUL in a value", get("X: a\0b\r\n"s), {400}},
        {"BEL in a value", get("X: a\ab\r\n"), {400}},
        {"DEL in a value",
         get("X: a\x7f"
             "b\r\n"),
         {400}},
        {"space before the colon of a field", get("X : a\r\n"), {400}},
        {"empty name", get(": a\r\n"), {400}},
        {"name with a letter of 8 bits", get("X\xe9: a\r\n"), {400}},
        {"name with a slash", get("X/Y: a\r\n"), {400}},
        {"NUL in a name", get("X\0Y: a\r\n"s), {400}},
        {"field without a colon", get("X\r\n"), {400}},
        {"method that is no word", "G@T /status HTTP/1.1\r\nHost: localhost\r\n\r\n", {400}},
        {"two spaces behind the method", "GET  /status HTTP/1.1\r\nHost: localhost\r\n\r\n", {400}},
        {"closed by the client's wish, named second",
         get("Connection: keep-alive\r\nConnection: close\r\n"),
         {200}},
        {"closed by the client's wish", get("Connection: Close\r\n"), {200}},
    };
}

// Nobody is known, so what is understood as a request of a clinic is answered by 401.
std::vector<framing_form> accepted_forms() {
    const auto kept = [](std::string name, std::string bytes, unsigned status) {
        return framing_form{std::move(name), std::move(bytes), {status}, afterwards::kept};
    };
    return {
        kept("plain GET", get(""), 200),
        kept("Host with a port", get_host("Host: localhost:8443\r\n"), 200),
        kept("Host in brackets", get_host("Host: [::1]:8443\r\n"), 200),
        kept("GET with a length of zero", get("Content-Length: 0\r\n"), 200),
        kept("POST with a body", post("Content-Length: 2\r\n", "{}"), 401),
        kept("POST with a length of zero", post("Content-Length: 0\r\n"), 401),
        kept("POST without a length has no body", post(""), 401),
        kept("PUT without a length", "PUT /v1/checks HTTP/1.1\r\nHost: localhost\r\n\r\n", 405),
        kept("length with zeros in front", post("Content-Length: 002\r\n", "{}"), 401),
        kept("length with blanks around it", post("Content-Length: \t 2 \t\r\n", "{}"), 401),
        kept("name in small letters", post("content-length: 2\r\n", "{}"), 401),
        kept("no blank behind a colon", post("Content-Length:2\r\n", "{}"), 401),
        kept("text of 8 bits in a value", get("X: \xec\xa0\x91\xec\xa2\x85\r\n"), 200),
        kept("empty value", get("X:\r\n"), 200),
        kept("same unknown field twice", get("X: a\r\nX: b\r\n"), 200),
        kept("keep-alive", get("Connection: keep-alive\r\n"), 200),
        kept("a word that only begins like close", get("Connection: closed\r\n"), 200),
        kept("a body that looks like a request",
             post("Content-Length: " + std::to_string(second_request.size()) + "\r\n",
                  second_request),
             401),
        kept("unknown method", "FOO /status HTTP/1.1\r\nHost: localhost\r\n\r\n", 405),
        kept("method in small letters", "get /status HTTP/1.1\r\nHost: localhost\r\n\r\n", 405),
        kept("TRACE", "TRACE /status HTTP/1.1\r\nHost: localhost\r\n\r\n", 405),
        kept("unknown path", get_target("/nothing"), 404),
    };
}

std::vector<framing_form> all_framing_forms() {
    std::vector<framing_form> all;
    for (auto&& part : {transfer_encoding_forms(), content_length_forms(), host_and_target_forms(),
                        version_and_expectation_forms(), field_syntax_forms(), accepted_forms()}) {
        all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}

}  // namespace doseline::test

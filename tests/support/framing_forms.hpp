#pragma once

#include <string>
#include <vector>

// Requests of which two programs on one connection might disagree where they end, and what a server
// that leaves no doubt does with each. Sent to the running server by tests/system, judged as values
// by tests/net.
namespace doseline::test {

enum class afterwards { kept, closed };

struct framing_form {
    std::string name;
    std::string bytes;               // the header and whatever the form puts behind it
    std::vector<unsigned> statuses;  // one of them; several where two rules refuse the same bytes
    afterwards connection = afterwards::closed;
};

// What follows each form in the same bytes. A server that misjudges where the form ends answers it.
inline const std::string second_request = "GET /status HTTP/1.1\r\nHost: localhost\r\n\r\n";

std::vector<framing_form> transfer_encoding_forms();
std::vector<framing_form> content_length_forms();
std::vector<framing_form> host_and_target_forms();
std::vector<framing_form> version_and_expectation_forms();
std::vector<framing_form> field_syntax_forms();
std::vector<framing_form> accepted_forms();
std::vector<framing_form> all_framing_forms();

}  // namespace doseline::test

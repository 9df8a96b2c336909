#include "loadtest/proof.hpp"

#include "loadtest/fetch.hpp"
#include "loadtest/files.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <cmath>
#include <utility>

namespace doseline::loadtest {

namespace json = boost::json;

namespace {

// "drift 0 at 9109": up to which sequence number it holds, where the server says so.
std::string summary_of(const json::object& given) {
    const json::value* seq = given.if_contains("seq");
    return "drift 0" + (seq == nullptr ? std::string() : " at " + json::serialize(*seq));
}

}  // namespace

proof ask_for_proof(const setting& here) {
    if (!std::filesystem::exists(here.asked.operator_token)) {
        return {true, 0, {{"asked", false}}, "not asked for, there is no operator token"};
    }
    std::string token = read_whole_file(here.asked.operator_token);
    token.erase(token.find_last_not_of(" \r\n") + 1);
    const tls_client tls(here.asked.authority, here.admin);
    const request_writer writer(here.admin.text, here.clinics);
    const auto answer = fetch(here.admin, tls, writer.get("/admin/v1/proof?fresh=1", token));
    if (!answer) {
        return {false, 0, {{"asked", true}}, "the admin listener did not answer"};
    }
    boost::system::error_code ec;
    const json::value parsed = json::parse(answer->body, ec);
    const json::value* drift =
        !ec && parsed.is_object() ? parsed.get_object().if_contains("drift") : nullptr;
    if (answer->status != 200 || drift == nullptr || !drift->is_number()) {
        return {false,
                0,
                {{"asked", true}, {"status", answer->status}},
                "the admin listener answered " + std::to_string(answer->status)};
    }
    const double admitted = std::abs(drift->to_number<double>(ec));
    const bool holds = !ec && admitted == 0;
    json::object given = parsed.get_object();
    given["asked"] = true;
    given["status"] = answer->status;
    return {holds, static_cast<std::uint64_t>(std::ceil(admitted)), std::move(given),
            holds ? summary_of(parsed.get_object()) : answer->body};
}

}  // namespace doseline::loadtest

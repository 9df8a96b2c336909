#include "loadtest/totals.hpp"

#include "loadtest/fetch.hpp"
#include "loadtest/request.hpp"
#include "loadtest/tls_client.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

namespace doseline::loadtest {

namespace {

std::optional<season_totals> ask(const setting& here, std::string_view scope,
                                 std::string_view token) {
    namespace json = boost::json;
    const tls_client tls(here.asked.authority, here.target);
    const request_writer writer(here.target.text, here.clinics);
    const auto answer =
        fetch(here.target, tls, writer.get(std::string("/v1/totals?scope=").append(scope), token));
    if (!answer || answer->status != 200) {
        return std::nullopt;
    }
    boost::system::error_code ec;
    const json::value parsed = json::parse(answer->body, ec);
    const json::object* object = ec ? nullptr : parsed.if_object();
    if (object == nullptr || !object->contains("seq") || !object->contains("doses") ||
        !object->contains("remaining")) {
        return std::nullopt;
    }
    season_totals told;
    boost::system::error_code errors[3];
    told.seq = object->at("seq").to_number<std::uint64_t>(errors[0]);
    told.doses = object->at("doses").to_number<std::int64_t>(errors[1]);
    told.remaining = object->at("remaining").to_number<std::int64_t>(errors[2]);
    if (errors[0] || errors[1] || errors[2]) {
        return std::nullopt;
    }
    return told;
}

}  // namespace

std::optional<season_totals> ask_for_totals(const setting& here) {
    return ask(here, "nation", here.clinics.front().token);
}

std::optional<season_totals> ask_for_totals_of(const setting& here, std::uint32_t clinic) {
    return ask(here, "clinic", here.clinics[clinic].token);
}

}  // namespace doseline::loadtest

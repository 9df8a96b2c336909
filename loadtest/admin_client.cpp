#include "loadtest/admin_client.hpp"

#include "loadtest/fetch.hpp"
#include "loadtest/files.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <filesystem>
#include <utility>

namespace doseline::loadtest {

admin_client::admin_client(const setting& here)
    : server_(here.admin), tls_(here.asked.authority, here.admin) {
    if (std::filesystem::exists(here.asked.operator_token)) {
        token_ = read_whole_file(here.asked.operator_token);
        token_.erase(token_.find_last_not_of(" \r\n") + 1);
    }
}

std::optional<std::string> admin_client::get(std::string_view path) const {
    const std::vector<clinic> none;
    const request_writer writer(server_.text, none);
    auto answer = fetch(server_, tls_, writer.get(path, token_));
    if (!answer || answer->status != 200) {
        return std::nullopt;
    }
    return std::move(answer->body);
}

std::optional<boost::json::object> admin_client::get_object(std::string_view path) const {
    const auto body = get(path);
    boost::system::error_code ec;
    boost::json::value parsed = body ? boost::json::parse(*body, ec) : boost::json::value{};
    if (ec || !parsed.is_object()) {
        return std::nullopt;
    }
    return std::move(parsed.get_object());
}

}  // namespace doseline::loadtest

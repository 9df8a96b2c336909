#include "net/log.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace doseline::net {

void log_event(std::string_view event, std::string_view detail) {
    static const auto logger = [] {
        auto made = spdlog::stderr_logger_mt("doseline");
        made->set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z",%v})");
        made->flush_on(spdlog::level::info);
        return made;
    }();
    boost::json::object o{{"event", event}};
    if (!detail.empty()) {
        o["detail"] = detail;
    }
    const std::string text = boost::json::serialize(o);
    logger->info("{}", std::string_view(text).substr(1, text.size() - 2));
}

}  // namespace doseline::net

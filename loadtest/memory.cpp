#include "loadtest/memory.hpp"

#include "loadtest/admin_client.hpp"

#include <boost/json/value.hpp>

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <string>

namespace doseline::loadtest {

namespace {

// The number behind the word, which may follow other words on its line.
std::optional<std::uint64_t> number_behind(const std::string& file, const std::string& line_begin,
                                           const std::string& word) {
    std::ifstream in(file);
    std::string first;
    while (in >> first) {
        std::string rest;
        std::getline(in, rest);
        if (first != line_begin) {
            continue;
        }
        const std::size_t at = word.empty() ? 0 : rest.find(" " + word + " ");
        if (at == std::string::npos) {
            return std::nullopt;
        }
        return std::stoull(rest.substr(word.empty() ? 0 : at + word.size() + 2));
    }
    return std::nullopt;
}

double each(std::uint64_t before, std::uint64_t after, std::uint64_t connections) {
    return static_cast<double>(after - std::min(before, after)) /
           static_cast<double>(std::max<std::uint64_t>(1, connections));
}

}  // namespace

std::optional<int> find_server(const setting& here) {
    if (!here.admin.is_loopback()) {
        return std::nullopt;
    }
    const auto status = admin_client(here).get_object("/admin/v1/status");
    const boost::json::value* pid = status ? status->if_contains("pid") : nullptr;
    return pid != nullptr && pid->is_int64() ? std::optional(static_cast<int>(pid->get_int64()))
                                             : std::nullopt;
}

std::optional<memory_sample> sample_memory(int server) {
    constexpr std::uint64_t kibi = 1'024;
    const auto own = number_behind("/proc/" + std::to_string(server) + "/status", "RssAnon:", "");
    const auto pages = number_behind("/proc/net/sockstat", "TCP:", "mem");
    const auto slab = number_behind("/proc/meminfo", "Slab:", "");
    if (!own || !pages || !slab) {
        return std::nullopt;
    }
    return memory_sample{*own * kibi, *pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)),
                         *slab * kibi};
}

boost::json::object memory_each(const memory_sample& before, const memory_sample& after,
                                std::uint64_t connections) {
    return {{"connections", connections},
            {"server_bytes", each(before.server, after.server, connections)},
            {"kernel_socket_bytes_both_ends", each(before.sockets, after.sockets, connections)},
            {"kernel_slab_bytes_both_ends", each(before.slab, after.slab, connections)}};
}

}  // namespace doseline::loadtest

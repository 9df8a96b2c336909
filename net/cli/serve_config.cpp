#include "net/cli/serve_config.hpp"

#include <toml++/toml.h>

#include <bit>
#include <stdexcept>

namespace doseline::net::cli {

namespace {

constexpr std::uint64_t mebibyte = 1u << 20;

class options_reader {
public:
    options_reader(const std::filesystem::path& file, server_options& into)
        : file_(file), into_(into) {}

    void take(std::string_view key, const toml::node& value) {
        if (key == "listen") {
            into_.listen = address(value);
        } else if (key == "admin") {
            into_.admin = address(value);
        } else if (key == "certificate") {
            into_.certificate = text(value);
        } else if (key == "key") {
            into_.key = text(value);
        } else if (key == "backups") {
            into_.backups = text(value);
        } else if (key == "reactors") {
            into_.reactors = number(value, 1, core::limits::reactors_max);
        } else if (key == "connections_max") {
            into_.connections_max = number(value, 1, core::limits::connections_max);
        } else if (key == "proxy_protocol_from") {
            into_.proxy_protocol_from = ranges(value);
        } else if (key == "disk_reserve_mib") {
            into_.disk_reserve_bytes = number(value, 1, 1u << 20) * mebibyte;
        } else if (key == "preallocate_mib") {
            into_.preallocate_bytes = number(value, 0, 1'024) * mebibyte;
        } else if (key == "inbox_commands") {
            into_.inbox_commands = number(value, 1, core::limits::inbox_commands_max);
            if (!std::has_single_bit(into_.inbox_commands)) {
                refuse(value.source(), "a power of two is expected");
            }
        } else {
            refuse(value.source(), "there is no setting \"" + std::string(key) + "\"");
        }
    }

    [[noreturn]] void refuse(const toml::source_region& where, const std::string& what) const {
        throw std::runtime_error(file_.string() + ":" + std::to_string(where.begin.line) + ":" +
                                 std::to_string(where.begin.column) + ": " + what);
    }

private:
    std::string text(const toml::node& value) const {
        const auto found = value.value_exact<std::string>();
        if (!found) {
            refuse(value.source(), "a text in quotes is expected");
        }
        return *found;
    }

    std::string address(const toml::node& value) const {
        const std::string written = text(value);
        try {
            static_cast<void>(parse_endpoint(written));
        } catch (const std::invalid_argument& e) {
            refuse(value.source(), e.what());
        }
        return written;
    }

    std::vector<address_range> ranges(const toml::node& value) const {
        const toml::array* const all = value.as_array();
        if (all == nullptr) {
            refuse(value.source(), "a list of addresses is expected, such as [\"10.0.0.0/8\"]");
        }
        std::vector<address_range> found;
        for (const toml::node& one : *all) {
            try {
                found.push_back(address_range::parse(text(one)));
            } catch (const std::invalid_argument& e) {
                refuse(one.source(), e.what());
            }
        }
        return found;
    }

    std::size_t number(const toml::node& value, std::size_t least, std::size_t most) const {
        const auto found = value.value_exact<std::int64_t>();
        if (!found || *found < static_cast<std::int64_t>(least) ||
            *found > static_cast<std::int64_t>(most)) {
            refuse(value.source(), "a number from " + std::to_string(least) + " to " +
                                       std::to_string(most) + " is expected");
        }
        return static_cast<std::size_t>(*found);
    }

    const std::filesystem::path& file_;
    server_options& into_;
};

}  // namespace

void read_serve_config(const std::filesystem::path& file, server_options& into) {
    options_reader reader(file, into);
    toml::table settings;
    try {
        settings = toml::parse_file(file.string());
    } catch (const toml::parse_error& e) {
        reader.refuse(e.source(), std::string(e.description()));
    }
    for (const auto& [key, value] : settings) {
        reader.take(key.str(), value);
    }
    if (into.certificate.empty() != into.key.empty()) {
        throw std::runtime_error(file.string() + ": certificate and key belong together");
    }
}

}  // namespace doseline::net::cli

#include "net/cli/season_commands.hpp"

#include "net/cli/offline_registry.hpp"
#include "net/csv.hpp"
#include "net/import_files.hpp"
#include "net/token.hpp"
#include "storage/committer.hpp"
#include "storage/private_file.hpp"

#include <ostream>
#include <stdexcept>

namespace doseline::net::cli {

namespace {

// The device that a demo clinic's software is.
constexpr std::uint32_t demo_device = 1;

std::string clinics_file(const offline_registry& registry,
                         const std::vector<core::command>& season) {
    const core::instant now = storage::system_clocks().wall();
    device_tokens tokens(registry.keys());
    std::string text = "code,name,region,token\r\n";
    for (const core::command& c : season) {
        if (const auto* clinic = std::get_if<core::register_clinic>(&c)) {
            text += std::to_string(clinic->code) + ',' + csv_escape(clinic->name) + ',' +
                    std::to_string(clinic->region) + ',' +
                    tokens.issue({clinic->code, demo_device, now,
                                  now + core::limits::device_token_lifetime}) +
                    "\r\n";
        }
    }
    return text;
}

}  // namespace

void make_demo(const std::filesystem::path& dir, const demo_options& wishes, std::ostream& out) {
    const std::vector<core::command> season = demo_season(wishes);
    create_registry(dir);
    offline_registry registry(dir);
    for (const core::command& c : season) {
        if (std::holds_alternative<core::refusal>(registry.take(c))) {
            throw std::logic_error("the demo season contradicts itself");
        }
    }
    registry.commit();
    storage::write_file(dir / "clinics.csv", clinics_file(registry, season), storage::private_mode);
    out << "a demo season of " << registry.state().clinics().size() << " clinics in "
        << dir.string() << std::endl;
}

void import_file(const std::filesystem::path& dir, const std::string& what,
                 const std::filesystem::path& file, std::ostream& out) {
    const import_kind kind = import_kind_named(what).value();
    const std::string text = storage::read_file(file, import_bytes_max);
    const std::vector<positioned_command> commands = read_import(kind, text, file.string());
    offline_registry registry(dir);
    for (const positioned_command& c : commands) {
        const core::outcome outcome = registry.take(c.command);
        if (const auto* why = std::get_if<core::refusal>(&outcome)) {
            throw refused(kind, c, *why, file.string());
        }
    }
    registry.commit();
    out << commands.size() << ' ' << what << " imported" << std::endl;
}

}  // namespace doseline::net::cli

#include "net/cli/season_commands.hpp"

#include "net/cli/long_command.hpp"
#include "net/cli/offline_registry.hpp"
#include "net/csv.hpp"
#include "net/import_files.hpp"
#include "net/token.hpp"
#include "storage/committer.hpp"
#include "storage/private_file.hpp"
#include "storage/seal.hpp"

#include <openssl/crypto.h>
#include <sys/prctl.h>

#include <ostream>
#include <stdexcept>

namespace doseline::net::cli {

namespace {

// Nothing is sealed here, so no nonce is ever made of this; no start has it.
constexpr std::uint32_t no_boot_epoch = 0;

// A file's content that may be of people: not left in memory.
class wiped_text {
public:
    explicit wiped_text(std::string text) : text_(std::move(text)) {}
    ~wiped_text() { OPENSSL_cleanse(text_.data(), text_.size()); }
    wiped_text(const wiped_text&) = delete;
    wiped_text& operator=(const wiped_text&) = delete;

    std::string_view view() const noexcept { return text_; }

private:
    std::string text_;
};

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

// Returns how many clinics it has.
std::size_t fill_demo(const std::filesystem::path& dir, const std::vector<core::command>& season,
                      offline_registry& registry) {
    for (const core::command& c : season) {
        if (std::holds_alternative<core::refusal>(registry.take(c))) {
            throw std::logic_error("the demo season contradicts itself");
        }
    }
    registry.commit();
    storage::write_file(dir / "clinics.csv", clinics_file(registry, season), storage::private_mode);
    return registry.state().clinics().size();
}

}  // namespace

void make_demo(const std::filesystem::path& dir, const demo_options& wishes,
               std::uint64_t disk_reserve_bytes, std::ostream& out) {
    const std::vector<core::command> season = demo_season(wishes);
    create_registry(dir);
    offline_registry registry(dir, disk_reserve_bytes);  // ours alone from now on
    std::size_t clinics = 0;
    try {
        clinics = fill_demo(dir, season, registry);
    } catch (...) {
        // A registry without its season would be in the way of the next try. The directory was
        // empty, so all that is in it was made here.
        for (const auto& made : std::filesystem::directory_iterator(dir)) {
            std::filesystem::remove_all(made);
        }
        throw;
    }
    out << "a demo season of " << clinics << " clinics in " << dir.string() << std::endl;
}

void import_file(const std::filesystem::path& dir, const std::string& what,
                 const std::filesystem::path& file, std::uint64_t disk_reserve_bytes,
                 std::ostream& out) {
    ::prctl(PR_SET_DUMPABLE, 0);  // nobody in a core image
    const import_kind kind = import_kind_named(what).value();
    const wiped_text text(storage::read_file(file, import_bytes_max));
    // Twice: what the file alone shows is told before the registry is opened, and none of it is
    // kept but its length.
    const std::uint64_t rows = read_import(
        kind, text.view(), file.string(),
        [](const core::national_id&) { return core::person_key{}; },
        [](const positioned_command&) {});
    long_command command;
    offline_registry registry(dir, disk_reserve_bytes);
    storage::sealer finds(registry.keys(), no_boot_epoch, 0);
    std::uint64_t taken = 0;
    read_import(
        kind, text.view(), file.string(),
        [&](const core::national_id& id) { return finds.person_key(id.digits()); },
        [&](const positioned_command& c) {
            const core::outcome outcome = registry.take(c.command);
            if (const auto* why = std::get_if<core::refusal>(&outcome)) {
                throw refused(kind, c, *why, file.string());
            }
            command.tell("importing", ++taken, rows);
        });
    registry.note(core::audit_action::imported, registry.last_event(),
                  std::to_string(rows) + ' ' + what);
    registry.commit();
    out << rows << ' ' << what << " imported" << std::endl;
}

}  // namespace doseline::net::cli

#include "net/cli/command_line.hpp"

#include "net/cli/backup_commands.hpp"
#include "net/cli/book_commands.hpp"
#include "net/cli/enrolment.hpp"
#include "net/cli/export_command.hpp"
#include "net/cli/key_commands.hpp"
#include "net/cli/offline_registry.hpp"
#include "net/cli/season_commands.hpp"
#include "net/cli/serve_config.hpp"
#include "net/connection_heap.hpp"
#include "storage/committer.hpp"
#include "storage/verify.hpp"

#include <CLI/CLI.hpp>
#include <unistd.h>

#include <iostream>
#include <system_error>

namespace doseline::net::cli {

namespace {

constexpr int failed = 1;
constexpr int bad_usage = 2;

// What the command line said; CLI11 fills it in.
struct arguments {
    std::string dir;
    demo_options demo;
    server_options serve;
    std::string config;
    std::string import_what;
    std::string file;
    std::string clinic;
    bool token = false;
    bool device_certificate = false;
    bool master = false;
    std::string export_format;
    export_options export_how;
    int year = 0;
    destroy_options destroy;
};

void add_dir(CLI::App& to, arguments& a) {
    to.add_option("DIR", a.dir, "the registry's directory")->required();
}

void add_config(CLI::App& to, arguments& a) {
    to.add_option("--config", a.config, "the TOML file of serve, for its disk_reserve_mib");
}

// What a server would keep free on the disk, and so everybody else.
std::uint64_t disk_reserve_of(const arguments& a) {
    server_options file;
    if (!a.config.empty()) {
        read_serve_config(a.config, file);
    }
    return file.disk_reserve_bytes;
}

void add_init(CLI::App& app, arguments& a) {
    CLI::App& c = *app.add_subcommand("init", "make keys, certificates and an empty ledger");
    add_dir(c, a);
    c.callback([&a] { create_registry(a.dir); });
}

void add_demo(CLI::App& app, arguments& a) {
    CLI::App& c = *app.add_subcommand("demo", "init, and a demo season with clinics and vaccine");
    add_dir(c, a);
    c.add_option("--clinics", a.demo.clinics, "how many clinics")
        ->check(CLI::Range(std::uint32_t{1}, core::limits::clinics_max))
        ->capture_default_str();
    c.add_option("--doses-per-clinic", a.demo.doses_per_clinic, "doses delivered to each")
        ->check(CLI::Range(1, core::limits::shipment_doses_max))
        ->capture_default_str();
    c.add_option("--seed", a.demo.seed, "of names and places")->capture_default_str();
    add_config(c, a);
    c.callback([&a] {
        a.demo.today = core::day_at(storage::system_clocks().wall(), core::programme{}.offset);
        make_demo(a.dir, a.demo, disk_reserve_of(a), std::cout);
    });
}

// The file's settings, where the command line says nothing.
void take_config(arguments& a, const CLI::App& said) {
    server_options file;
    read_serve_config(a.config, file);
    const auto take = [&](const char* option, auto server_options::*setting) {
        if (said.count(option) == 0) {
            a.serve.*setting = file.*setting;
        }
    };
    take("--listen", &server_options::listen);
    take("--admin", &server_options::admin);
    take("--reactors", &server_options::reactors);
    take("--connections-max", &server_options::connections_max);
    take("--certificate", &server_options::certificate);
    take("--key", &server_options::key);
    a.serve.backups = std::move(file.backups);
    a.serve.disk_reserve_bytes = file.disk_reserve_bytes;
    a.serve.preallocate_bytes = file.preallocate_bytes;
    a.serve.inbox_commands = file.inbox_commands;
    a.serve.proxy_protocol_from = std::move(file.proxy_protocol_from);
}

void add_serve(CLI::App& app, arguments& a) {
    CLI::App& c = *app.add_subcommand("serve", "serve clinics and operators until SIGTERM");
    add_dir(c, a);
    server_options& o = a.serve;
    c.add_option("--listen", o.listen, "where clinics connect")->capture_default_str();
    c.add_option("--admin", o.admin, "where operators connect")->capture_default_str();
    c.add_option("--reactors", o.reactors,
                 "threads that serve clinics, more where connections need them; as many as "
                 "cores if left out")
        ->check(CLI::Range(std::size_t{1}, core::limits::reactors_max));
    c.add_option("--connections-max", o.connections_max,
                 "more are turned away; " + std::to_string(core::limits::connections_default_max) +
                     ", or what one descriptor table holds, if left out")
        ->check(CLI::Range(std::size_t{1}, core::limits::connections_max));
    CLI::Option* const certificate =
        c.add_option("--certificate", o.certificate, "PEM file instead of the registry's own");
    CLI::Option* const key = c.add_option("--key", o.key, "PEM file, the certificate's");
    certificate->needs(key);
    key->needs(certificate);
    c.add_option("--config", a.config, "TOML file with these settings and rarer ones");
    c.callback([&a, &c] {
        a.serve.dir = a.dir;
        if (!a.config.empty()) {
            take_config(a, c);
        }
        // Wrong ones are told before the registry is opened.
        static_cast<void>(parse_endpoint(a.serve.listen));
        static_cast<void>(parse_endpoint(a.serve.admin));
    });
}

void add_import(CLI::App& app, arguments& a) {
    CLI::App& c = *app.add_subcommand("import", "read a file into the registry, all or nothing");
    add_dir(c, a);
    c.add_option("WHAT", a.import_what, "clinics, programmes, lots, shipments or persons")
        ->required()
        ->check(CLI::IsMember({"clinics", "programmes", "lots", "shipments", "persons"}));
    c.add_option("FILE", a.file, "CSV; of programmes, TOML")->required();
    add_config(c, a);
    c.callback([&a] { import_file(a.dir, a.import_what, a.file, disk_reserve_of(a), std::cout); });
}

void add_enroll(CLI::App& app, arguments& a) {
    CLI::App& c = *app.add_subcommand("enroll", "print a code that a clinic types once");
    add_dir(c, a);
    c.add_option("CLINIC", a.clinic, "the clinic's code, 8 digits")->required();
    CLI::Option* const token =
        c.add_flag("--token", a.token, "print a device token instead, for a clinic's own software");
    c.add_flag("--certificate", a.device_certificate,
               "print a client certificate and its key in PEM form instead, likewise")
        ->excludes(token);
    c.callback([&a] {
        const std::uint32_t code = parse_clinic_code(a.clinic);
        std::cout << (a.token                ? issue_device_token(a.dir, code)
                      : a.device_certificate ? issue_device_certificate(a.dir, code)
                                             : issue_enrolment_code(a.dir, code))
                  << std::endl;
    });
}

void print_verified(const storage::verified& v) {
    std::cout << "verified: " << v.events << " events, " << v.audit << " audit records, " << v.doses
              << " doses, " << v.accounts << " accounts of " << v.clinics
              << " clinics: sealed as written, stock equals the ledger" << std::endl;
}

void add_verify(CLI::App& app, arguments& a) {
    CLI::App& c = *app.add_subcommand("verify", "check every byte and every sum of the ledger");
    add_dir(c, a);
    c.callback([&a] { print_verified(storage::verify(a.dir)); });
}

void add_backup(CLI::App& app, arguments& a) {
    CLI::App& c = *app.add_subcommand("backup", "copy the registry into a file, served or not");
    add_dir(c, a);
    c.add_option("FILE", a.file, "a new file; it never holds a key")->required();
    c.callback([&a] { backup_registry(a.dir, a.file, std::cout); });
}

void add_rotate(CLI::App& app, arguments& a) {
    CLI::App& c = *app.add_subcommand("rotate", "make a new key that seals personal data from now");
    add_dir(c, a);
    c.add_flag("--master", a.master, "wrap the data keys anew under a new master key instead");
    c.callback([&a] {
        a.master ? renew_master_key(a.dir, std::cout) : rotate_data_key(a.dir, std::cout);
    });
}

void add_restore(CLI::App& app, arguments& a) {
    CLI::App& c = *app.add_subcommand("restore", "make a registry from a backup");
    c.add_option("FILE", a.file, "what backup wrote")->required();
    c.add_option("DIR", a.dir, "the new registry's directory")->required();
    c.callback([&a] { restore_registry(a.file, a.dir, std::cout); });
}

void add_export(CLI::App& app, arguments& a) {
    CLI::App& c = *app.add_subcommand("export", "write a row of each registration to stdout");
    add_dir(c, a);
    c.add_option("--format", a.export_format, "ndjson or csv")
        ->required()
        ->check(CLI::IsMember({"ndjson", "csv"}));
    CLI::Option* const personal =
        c.add_flag("--personal", a.export_how.personal,
                   "with digits, names and evidence; only while nobody serves DIR");
    CLI::Option* const reason = c.add_option("--reason", a.export_how.reason, "why, for the audit");
    c.add_option("--book", a.export_how.book, "of a closed book; of the open one if left out")
        ->check(CLI::Range(std::uint16_t{1}, core::limits::books_max));
    personal->needs(reason);
    reason->needs(personal);
    c.callback([&a] {
        a.export_how.form = a.export_format == "csv" ? export_form::csv : export_form::ndjson;
        export_registry(a.dir, a.export_how, STDOUT_FILENO);
    });
}

void add_season(CLI::App& app, arguments& a) {
    CLI::App& season = *app.add_subcommand("season", "the books of the ledger, mostly one a year");
    season.require_subcommand(1);
    CLI::App& list = *season.add_subcommand("list", "show the books");
    add_dir(list, a);
    list.callback([&a] { list_books(a.dir, std::cout); });

    CLI::App& close = *season.add_subcommand("close", "verify the open book and end it");
    add_dir(close, a);
    add_config(close, a);
    close.callback([&a] { close_book(a.dir, disk_reserve_of(a), std::cout); });

    CLI::App& open = *season.add_subcommand("open", "begin the next book with what is left");
    add_dir(open, a);
    open.add_option("--year", a.year, "of the new book; this year if left out")
        ->check(CLI::Range(2'000, 2'999));
    add_config(open, a);
    open.callback([&a] {
        const int year = a.year != 0 ? a.year : year_of(storage::system_clocks().wall());
        open_book(a.dir, static_cast<std::uint16_t>(year), disk_reserve_of(a), std::cout);
    });

    CLI::App& destroy =
        *season.add_subcommand("destroy", "make a closed book's persons unreadable, for ever");
    add_dir(destroy, a);
    destroy.add_option("BOOK", a.destroy.book, "its number")->required();
    destroy.add_option("--reason", a.destroy.reason, "why, for the audit")->required();
    destroy.add_flag("--early", a.destroy.early, "although it is to be kept longer");
    add_config(destroy, a);
    destroy.callback([&a] { destroy_book(a.dir, a.destroy, disk_reserve_of(a), std::cout); });
}

}  // namespace

int run(int argc, char** argv, const more_admin_routes& more) {
    connection_heap::serve_openssl();
    CLI::App app("Doseline: a vaccination programme's server");
    app.set_version_flag("--version", "doseline " DOSELINE_VERSION);
    app.require_subcommand(1);
    app.failure_message([](const CLI::App*, const CLI::Error& e) {
        return std::string("doseline: ") + e.what() + "; doseline --help tells more\n";
    });
    arguments a;
    add_init(app, a);
    add_demo(app, a);
    add_serve(app, a);
    add_import(app, a);
    add_enroll(app, a);
    add_verify(app, a);
    add_backup(app, a);
    add_restore(app, a);
    add_export(app, a);
    add_rotate(app, a);
    add_season(app, a);
    try {
        app.parse(argc, argv);
        if (app.got_subcommand("serve")) {
            serve(a.serve, std::cout, more);
        }
    } catch (const CLI::ParseError& e) {
        return app.exit(e) == 0 ? 0 : bad_usage;
    } catch (const std::invalid_argument& e) {
        std::cerr << "doseline: " << e.what() << '\n';
        return bad_usage;
    } catch (const std::system_error& e) {
        // Of a thread that is not to be had std::thread says "Resource temporarily unavailable".
        const bool no_thread = e.code() == std::errc::resource_unavailable_try_again;
        std::cerr << "doseline: " << e.what()
                  << (no_thread ? ": no more threads may be started, raise the limit on them "
                                  "(ulimit -u, or TasksMax= of the service)\n"
                                : "\n");
        return failed;
    } catch (const std::exception& e) {
        std::cerr << "doseline: " << e.what() << '\n';
        return failed;
    }
    return 0;
}

}  // namespace doseline::net::cli

#pragma once

#include "tests/support/clinic_desk.hpp"
#include "tests/support/temporary_directory.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

namespace doseline::test {

inline std::string content_of(const std::filesystem::path& file) {
    std::ostringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    return text.str();
}

inline void write_content(const std::filesystem::path& file, std::string_view content) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << content;
}

// A registry that has worked and was stopped in order, for damage to be done to it.
class stopped_registry {
public:
    static constexpr unsigned registrations = 120;

    stopped_registry() {
        make_demo(dir(), 3, 50);
        std::ofstream(config()) << "preallocate_mib = 0\n";  // so that each byte may count
        work(0, registrations / 2);
        early_ledger_ = content_of(data());
        early_anchor_ = content_of(anchor());
        work(registrations / 2, registrations);
        ledger_ = content_of(data());
        anchor_ = content_of(anchor());
    }

    std::filesystem::path dir() const { return scratch_.path() / "registry"; }
    std::filesystem::path data() const { return dir() / "ledger" / "data.mdb"; }
    std::filesystem::path anchor() const { return dir() / "anchor"; }

    // As they were when it was stopped.
    const std::string& ledger_bytes() const noexcept { return ledger_; }
    const std::string& anchor_bytes() const noexcept { return anchor_; }
    // As they were when it was stopped half way.
    const std::string& early_ledger_bytes() const noexcept { return early_ledger_; }
    const std::string& early_anchor_bytes() const noexcept { return early_anchor_; }

    void repair() const {
        write_content(data(), ledger_);
        write_content(anchor(), anchor_);
    }

    // What it was served with, for damage to be found beside.
    std::string config() const { return scratch_.path() / "serve.toml"; }

    // Who was at the keyboard at the n-th registration: readable in its record.
    static std::string user(unsigned n) {
        char code[16];
        std::snprintf(code, sizeof code, "KEYBOARD-%05u", n);
        return code;
    }

private:
    void work(unsigned from, unsigned to) const {
        server_process server(dir(), {"--config", config()});
        clinic_desk desk(dir(), server, demo_clinics(dir()).front());
        for (unsigned n = from; n < to; ++n) {
            const response r =
                desk.register_dose(new_key(), person_body(synthetic_person(n), {{"name", "김"}}),
                                   {{"Doseline-User", user(n)}});
            if (r.status != 201) {
                throw std::runtime_error("not registered: " + r.body);
            }
        }
        if (server.terminate() != 0) {
            throw std::runtime_error("the server did not end in order");
        }
    }

    temporary_directory scratch_;
    std::string ledger_;
    std::string anchor_;
    std::string early_ledger_;
    std::string early_anchor_;
};

}  // namespace doseline::test

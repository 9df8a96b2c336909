#include "loadtest/baseline.hpp"

#include "loadtest/files.hpp"
#include "loadtest/json_view.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <array>
#include <ostream>
#include <stdexcept>
#include <utility>

namespace doseline::loadtest {

namespace json = boost::json;

namespace {

struct known_figure {
    std::string_view name;
    unit in;
    std::string_view place;
    bool is_headline = false;
};

constexpr std::array known_figures{
    known_figure{"asked", unit::rate, "/rate/asked", true},
    known_figure{"sent", unit::rate, "/rate/sent"},
    known_figure{"achieved", unit::rate, "/rate/achieved", true},
    known_figure{"capacity", unit::rate, "/capacity", true},
    known_figure{"half within", unit::milliseconds, "/measured/latency_ms/all/p50", true},
    known_figure{"99 % within", unit::milliseconds, "/measured/latency_ms/all/p99", true},
    known_figure{"99.9 % within", unit::milliseconds, "/measured/latency_ms/all/p99.9"},
    known_figure{"99.99 % within", unit::milliseconds, "/measured/latency_ms/all/p99.99", true},
    known_figure{"slowest", unit::milliseconds, "/measured/latency_ms/all/max", true},
    known_figure{"longest standstill", unit::seconds, "/longest_standstill_seconds"},
    known_figure{"refused", unit::count, "/measured/refused", true},
    known_figure{"failed", unit::count, "/measured/failed", true},
    known_figure{"connections", unit::count, "/connections/connected", true},
    known_figure{"not opened", unit::count, "/connections/failed"},
    known_figure{"connections lost", unit::count, "/connections/lost", true},
    known_figure{"connecting took", unit::seconds, "/connections/seconds"},
    known_figure{"records compared", unit::count, "/truth/compared"},
    known_figure{"records lost", unit::count, "/truth/lost", true},
    known_figure{"records doubled", unit::count, "/truth/doubled", true},
    known_figure{"records changed", unit::count, "/truth/changed"},
    known_figure{"figures drifted", unit::count, "/truth/drifted", true},
    known_figure{"server, of a core", unit::core_share, "/server/cpu/mean", true},
    known_figure{"server, its busiest second", unit::core_share, "/server/cpu/max"},
    known_figure{"server memory", unit::bytes, "/server/memory/max", true},
    known_figure{"records a commit", unit::plain, "/batches/mean", true},
    known_figure{"client, of a core", unit::core_share, "/client/cpu/mean"},
    known_figure{"client, busiest thread", unit::core_share, "/client_busiest_thread", true},
};

constexpr std::array comparable{
    std::string_view("/scenario"),           std::string_view("/environment/processor"),
    std::string_view("/environment/cores"),  std::string_view("/environment/memory_bytes"),
    std::string_view("/environment/kernel"), std::string_view("/environment/compiler"),
    std::string_view("/server/version"),     std::string_view("/environment/commit"),
};

// "None lost" says nothing when not everything was compared.
std::optional<double> figure_at(const json::value& summary, const known_figure& known) {
    const bool is_judged = known.place.starts_with("/truth/") && known.place != "/truth/compared";
    return is_judged && number_at(summary, "/truth/not_compared").value_or(0) > 0
               ? std::nullopt
               : number_at(summary, known.place);
}

// Two runs of the same load differ in these all the same.
bool tells_nothing(std::string_view name) noexcept { return name == "target" || name == "seed"; }

void note(std::vector<std::string>& lines, std::string_view name, const json::value* now,
          const json::value* before) {
    const auto text = [](const json::value* v) { return v == nullptr ? "-" : plain_text(*v); };
    if (text(now) != text(before)) {
        lines.push_back(std::string(name) + ": " + text(now) + ", before " + text(before));
    }
}

std::string padded(std::string text, std::size_t width) {
    // A narrow space is three bytes and one column.
    const auto columns =
        static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
            return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
        }));
    return text.insert(0, width > columns ? width - columns : 0, ' ');
}

}  // namespace

std::vector<compared_figure> compare(const json::value& now, const json::value& before) {
    std::vector<compared_figure> figures;
    for (const known_figure& known : known_figures) {
        compared_figure f{known.name,
                          known.in,
                          known.is_headline,
                          figure_at(now, known),
                          figure_at(before, known),
                          std::nullopt};
        if (!f.now && !f.before) {
            continue;
        }
        if (f.now && f.before && *f.before != 0) {
            f.ratio = *f.now / *f.before;
        }
        figures.push_back(f);
    }
    return figures;
}

std::vector<std::string> differences(const json::value& now, const json::value& before) {
    std::vector<std::string> lines;
    for (const std::string_view place : comparable) {
        note(lines, place.substr(place.rfind('/') + 1), value_at(now, place),
             value_at(before, place));
    }
    const json::value* asked = value_at(now, "/asked");
    const json::value* asked_before = value_at(before, "/asked");
    if (asked != nullptr && asked->is_object()) {
        for (const auto& [name, value] : asked->get_object()) {
            const bool known = asked_before != nullptr && asked_before->is_object();
            if (!tells_nothing(name)) {
                note(lines, name, &value,
                     known ? asked_before->get_object().if_contains(name) : nullptr);
            }
        }
    }
    return lines;
}

json::value read_summary(const std::filesystem::path& file) {
    boost::system::error_code ec;
    json::value parsed = json::parse(read_whole_file(file), ec);
    if (ec || !parsed.is_object() || !parsed.get_object().contains("scenario")) {
        throw std::runtime_error(file.string() + " is not the summary.json of a run");
    }
    return parsed;
}

std::string ratio_text(const compared_figure& figure) {
    if (figure.ratio) {
        return (*figure.ratio < 10 ? fixed(*figure.ratio, 2) : short_number(*figure.ratio)) + "x";
    }
    return figure.now && figure.now == figure.before ? "same" : "-";
}

void print_comparison(std::ostream& out, const json::value& now, const json::value& before) {
    const auto text = [](const std::optional<double>& value, unit in) {
        return value ? text_of(*value, in) : std::string("-");
    };
    const auto line = [&](std::string_view name, std::string a, std::string b, std::string c) {
        out << "  " << name << padded(std::move(a), 42 - std::min<std::size_t>(42, name.size()))
            << padded(std::move(b), 16) << padded(std::move(c), 10) << "\n";
    };
    out << "compared with the baseline:\n";
    line("", "now", "before", "ratio");
    for (const compared_figure& f : compare(now, before)) {
        line(f.name, text(f.now, f.in), text(f.before, f.in), ratio_text(f));
    }
    for (const std::string& note : differences(now, before)) {
        out << "  not alike: " << note << "\n";
    }
    out.flush();
}

}  // namespace doseline::loadtest

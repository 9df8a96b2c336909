#include "loadtest/report_files.hpp"

#include "loadtest/baseline.hpp"
#include "loadtest/environment.hpp"
#include "loadtest/hgrm.hpp"
#include "loadtest/html_report.hpp"
#include "loadtest/json_view.hpp"
#include "loadtest/run_watch.hpp"

#include <boost/json/serialize.hpp>

#include <filesystem>
#include <fstream>
#include <optional>
#include <ostream>
#include <stdexcept>
#include <utility>

namespace doseline::loadtest {

namespace json = boost::json;

namespace {

void write_whole(const std::filesystem::path& file, const std::string& text) {
    std::filesystem::path draft = file;
    draft += ".new";
    std::ofstream out(draft, std::ios::trunc | std::ios::binary);
    out << text;
    out.close();
    if (!out) {
        throw std::runtime_error("cannot write " + draft.string());
    }
    std::filesystem::rename(draft, file);
}

void write_files(const std::filesystem::path& dir, const json::value& told,
                 const json::value* baseline) {
    std::filesystem::create_directories(dir);
    write_whole(dir / "summary.json", json::serialize(told) + "\n");
    if (const json::value* all = value_at(told, "/distribution/all")) {
        write_whole(dir / "latency.hgrm", hgrm_text(all->as_object()));
    }
    write_whole(dir / "index.html", html_report(told, baseline));
}

}  // namespace

void publish(const setting& here, json::object summary, std::ostream& out) {
    if (here.asked.report.empty() && here.asked.baseline.empty()) {
        return;
    }
    if (here.watch != nullptr) {
        here.watch->describe_into(summary);
    }
    summary["environment"] = describe_environment(here.asked.command);
    const json::value told(std::move(summary));
    std::optional<json::value> baseline;
    if (!here.asked.baseline.empty()) {
        baseline = read_summary(here.asked.baseline);
    }
    if (!here.asked.report.empty()) {
        write_files(here.asked.report, told, baseline ? &*baseline : nullptr);
        out << "report: " << (here.asked.report / "index.html").string() << std::endl;
    }
    if (baseline) {
        print_comparison(out, told, *baseline);
    }
}

}  // namespace doseline::loadtest

#include "loadtest/judgement.hpp"

#include <boost/json/object.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ostream>
#include <utility>

namespace doseline::loadtest {

namespace {

std::string with_unit(double value, std::string_view unit) {
    std::array<char, 64> text{};
    const int length = std::snprintf(text.data(), text.size(), "%.1f ", value);
    return std::string(text.data(), static_cast<std::size_t>(length)).append(unit);
}

}  // namespace

void judgement::add(std::string_view name, bool holds, std::string wanted, std::string got) {
    findings_.push_back({std::string(name), holds, std::move(wanted), std::move(got)});
}

void judgement::expect_none(std::string_view name, std::uint64_t got) {
    add(name, got == 0, "0", std::to_string(got));
}

void judgement::expect_at_most(std::string_view name, double got, double most,
                               std::string_view unit) {
    add(name, got <= most, "at most " + with_unit(most, unit), with_unit(got, unit));
}

bool judgement::holds() const noexcept {
    return !findings_.empty() && std::all_of(findings_.begin(), findings_.end(),
                                             [](const finding& f) { return f.holds; });
}

boost::json::array describe(const judgement& all) {
    boost::json::array list;
    for (const finding& f : all.findings()) {
        list.push_back(boost::json::object{
            {"name", f.name}, {"holds", f.holds}, {"wanted", f.wanted}, {"got", f.got}});
    }
    return list;
}

void print(std::ostream& out, const judgement& all) {
    for (const finding& f : all.findings()) {
        out << (f.holds ? "  holds   " : "  FAILED  ") << f.name << ": " << f.got << " (wanted "
            << f.wanted << ")\n";
    }
    out << (all.holds() ? "nothing failed" : "FAILED") << std::endl;
}

}  // namespace doseline::loadtest

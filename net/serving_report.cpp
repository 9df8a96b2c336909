#include "net/serving_report.hpp"

#include <string_view>
#include <utility>

namespace doseline::net {

namespace {

void add(std::string& to, std::string_view sentence) {
    to += to.empty() ? "" : "; ";
    to += sentence;
}

std::string_view told(core::shortage s) noexcept {
    switch (s) {
        case core::shortage::none: break;
        case core::shortage::disk: return "read-only: the disk reserve is used up";
        case core::shortage::map:
            return "read-only: the ledger is nearly as large as this program can map "
                   "(limits::map_bytes): serve it with one that maps more";
    }
    return "there is room again";
}

}  // namespace

std::string serving_report::since_last(time_point now) {
    std::string text;
    const core::shortage short_of = state_.short_of();
    const bool stalled = state_.commit_stalled(now);
    if (std::exchange(short_of_, short_of) != short_of) {
        add(text, told(short_of));
    }
    if (std::exchange(commit_stalled_, stalled) != stalled) {
        add(text, stalled ? "read-only: the disk does not answer" : "the disk answers again");
    }
    const class_set refused = refused_classes(core::mode::normal, shed_);
    if (std::exchange(refused_, refused) != refused) {
        std::string some;
        for (const std::string_view name : names_of(refused)) {
            some += ' ';
            some += name;
        }
        add(text, some.empty() ? "nothing is refused for load any more"
                               : "more load than can be served, refusing some of:" + some);
    }
    return text;
}

}  // namespace doseline::net

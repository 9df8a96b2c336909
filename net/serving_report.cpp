#include "net/serving_report.hpp"

#include <string_view>
#include <utility>

namespace doseline::net {

namespace {

void add(std::string& to, std::string_view sentence) {
    to += to.empty() ? "" : "; ";
    to += sentence;
}

}  // namespace

std::string serving_report::since_last(time_point now) {
    std::string text;
    const bool low = state_.disk_low();
    const bool stalled = state_.commit_stalled(now);
    if (std::exchange(disk_low_, low) != low) {
        add(text, low ? "read-only: the disk reserve is used up" : "the disk has room again");
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

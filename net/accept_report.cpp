#include "net/accept_report.hpp"

#include <utility>

namespace doseline::net {

std::string accept_report::since_last() {
    constexpr auto full = static_cast<std::size_t>(refusal_reason::connections_max);
    std::uint64_t refused = 0;
    std::uint64_t failures = 0;
    for (const reactor* r : reactors_) {
        refused += r->figures().refused[full].load(std::memory_order_relaxed);  // a figure
        failures += r->accept_failures();
    }
    const std::uint64_t more_refused = refused - std::exchange(refused_, refused);
    const std::uint64_t more_failures = failures - std::exchange(failures_, failures);
    std::string text;
    if (more_refused != 0) {
        text = std::to_string(more_refused) +
               " connections refused: " + std::to_string(budget_.taken()) + " of connections_max " +
               std::to_string(budget_.places()) + " are open";
    }
    if (more_failures != 0) {
        text += text.empty() ? "" : "; ";
        text += std::to_string(more_failures) +
                " accepts failed for want of descriptors or memory, to be tried again";
    }
    return text;
}

}  // namespace doseline::net

#include "net/descriptor_plan.hpp"

#include "core/limits.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace doseline::net {

namespace {

namespace limits = core::limits;

// What is not a clinic's connection: a listener, two epolls, three eventfds and timerfd a reactor,
// the operators' one included, which all tables inherit; files; operators' connections.
std::size_t own_descriptors(std::size_t reactors) {
    constexpr std::size_t of_a_reactor = 7;
    return (reactors + 1) * of_a_reactor + limits::descriptors_reserved +
           limits::operator_connections_max;
}

std::size_t room(std::size_t limit, std::size_t reactors) {
    const std::size_t own = own_descriptors(reactors);
    return limit > own ? limit - own : 0;
}

// The kernel gives each connection to a reactor by a hash. Of m that one reactor may expect, m + 5
// sqrt(m) come once in millions: the largest m for which these still have room.
std::size_t expected_in(std::size_t places) {
    constexpr double deviations = 5;
    const double root =
        std::sqrt(static_cast<double>(places) + deviations * deviations / 4) - deviations / 2;
    return static_cast<std::size_t>(std::max(0.0, root * root));
}

}  // namespace

descriptor_plan plan_descriptors(std::size_t limit, bool tables_can_be_private,
                                 const descriptor_wish& wish) {
    const std::size_t shared = std::min(room(limit, wish.reactors), wish.connections_max);
    descriptor_plan best{wish.reactors, shared, shared, false};
    for (std::size_t n = wish.reactors; tables_can_be_private && n <= limits::reactors_max &&
                                        best.connections_max < wish.connections_max;
         ++n) {
        const std::size_t places = room(limit, n);
        const std::size_t all = std::min(n * expected_in(places), wish.connections_max);
        if (all > best.connections_max) {
            best = {n, all, places, true};
        }
    }
    if (best.connections_max == 0) {
        throw std::runtime_error(
            "the limit of " + std::to_string(limit) +
            " descriptors is too low for the server itself, which needs " +
            std::to_string(own_descriptors(wish.reactors)) +
            " and one a connection: raise it (ulimit -Hn, or LimitNOFILE= of the service)");
    }
    return best;
}

std::string explain(const descriptor_plan& plan, const descriptor_wish& wish, std::size_t limit,
                    const std::string& refused) {
    std::string text;
    if (plan.private_tables) {
        text = std::to_string(plan.reactors) + " reactors, each with a descriptor table of up to " +
               std::to_string(limit) + ", hold " + std::to_string(plan.connections_max) +
               " connections";
    }
    if (plan.connections_max < wish.connections_max) {
        text += text.empty() ? "" : "; ";
        text += "connections_max is lowered from " + std::to_string(wish.connections_max) + " to " +
                std::to_string(plan.connections_max) + ", the limit being " +
                std::to_string(limit) + " descriptors";
        text += refused.empty() ? "" : " and private tables refused (" + refused + ")";
        text +=
            ": raise it (ulimit -Hn, or LimitNOFILE= of the service), or say how many with "
            "--connections-max";
    }
    return text;
}

}  // namespace doseline::net

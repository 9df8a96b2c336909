#pragma once

#include "loadtest/client_loop.hpp"
#include "loadtest/scenario.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace doseline::loadtest {

// How many threads it takes to hold the connections, at least those asked for and at most
// threads_max, where a thread may have that many descriptors.
std::uint32_t threads_for(std::uint32_t asked, std::uint32_t connections, std::uint64_t limit);

// The limit on descriptors of this process. Raises the soft one, which is for programs that use
// select(), to the hard one.
std::uint64_t raise_descriptor_limit();

// The loops of a run, one a thread, all to the same server. When the connections are more than the
// process's limit of descriptors, each thread takes a descriptor table of its own: the limit is one
// of a table.
class fleet {
public:
    // Throws std::runtime_error with one line when the authority cannot be read or when this
    // process may not hold that many connections.
    fleet(const setting& here, std::uint32_t connections);

    std::uint32_t threads() const noexcept { return static_cast<std::uint32_t>(ships_.size()); }
    client_loop& loop(std::uint32_t thread) noexcept { return *ships_[thread].loop; }

    // All loops together; any thread may ask.
    std::uint64_t connections_now() const noexcept;

    // Runs each actor on the loop and thread of its index, and every_second on the caller's thread
    // meanwhile, after the run's watch has taken its sample. Returns when all actors have finished
    // and their connections are closed. REQUIRES: one actor a thread; called once.
    void run(std::span<actor* const> actors, const std::function<void()>& every_second);

private:
    struct ship {
        std::unique_ptr<tls_client> tls;
        std::unique_ptr<client_loop> loop;
    };
    void sail(ship& s, actor& part) const;

    const bool private_tables_;
    std::vector<ship> ships_;
    run_watch* const watch_;
};

}  // namespace doseline::loadtest

#pragma once

#include "loadtest/admin_client.hpp"
#include "loadtest/process_use.hpp"
#include "loadtest/request.hpp"
#include "loadtest/server_figures.hpp"
#include "loadtest/usage.hpp"

#include <boost/json/object.hpp>

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace doseline::loadtest {

// Looks at this client and at the server once a second, whatever the scenario does: connections,
// processor time, memory, commits. The server's process is looked at when it runs on this machine.
// A server that does not answer cannot hold this up: a thread of its own asks it.
//
// Thread safety: one thread calls it.
class run_watch {
public:
    static constexpr std::size_t samples_max = 2'048;  // beyond, every other one is forgotten

    // The server is asked from here on. What cannot be asked is missing later, and no error.
    explicit run_watch(const setting& here);
    ~run_watch();
    run_watch(const run_watch&) = delete;
    run_watch& operator=(const run_watch&) = delete;

    // To be called every second. Connections are those that this client has open.
    void sample(std::uint64_t connections);

    // Adds "watched" and "told" (by the server), each arrays of the same length, one value a
    // sample, and "server", "client" and "batches" to a summary. Means and peaks are of the time of
    // its "series", if it has one, and else of all samples. Asks the server a last time, so it
    // waits at most 20 s.
    void describe_into(boost::json::object& summary);

private:
    struct sample_at {
        time_point at;
        std::uint64_t connections = 0;
        std::chrono::nanoseconds client_cpu{0};
        std::uint64_t client_memory = 0;
        int server_process = 0;
        std::optional<process_use> server;
    };
    struct figures_at {
        time_point at;  // of the answer
        server_figures figures;
    };

    void ask_every_second(const std::stop_token& stop);
    void ask();
    void take(server_figures figures);
    int server_process() const;
    boost::json::object describe_samples() const;
    boost::json::object describe_told() const;

    std::unique_ptr<admin_client> admin_;
    std::vector<sample_at> samples_;
    std::uint64_t calls_ = 0;
    std::uint64_t stride_ = 1;  // every so many calls are kept

    mutable std::mutex mutex_;
    std::condition_variable_any wake_;
    int process_ = 0;  // of the server, if it is here; guarded by mutex_

    // Of whoever asks: the thread, and after it has ended the caller of describe_into().
    std::string version_;
    std::optional<server_figures> newest_;
    std::optional<server_figures> since_begin_;  // connections apart
    std::vector<figures_at> told_;
    std::uint64_t answers_ = 0;
    std::uint64_t told_stride_ = 1;

    std::jthread asking_;  // last: it uses all of the above
};

}  // namespace doseline::loadtest

#pragma once

#include "loadtest/judgement.hpp"
#include "loadtest/memory.hpp"
#include "loadtest/scenario.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <iosfwd>
#include <optional>

namespace doseline::loadtest {

// What the server and the kernel need for connections that have done their first work and idle,
// and what the server still has when many of them have been cut.
//
// Thread safety: all_there() on any thread; the rest on one.
class connection_memory {
public:
    // Before anybody connects.
    explicit connection_memory(const setting& here);

    void all_there();

    // While connections are open, time and again; the last one counts.
    void before_cut();
    void after_cut();

    // "memory" for summary.json, and for people; connections were there at all_there().
    boost::json::object describe(std::uint64_t connections) const;

    // Of the server, in bytes, as judge_cut() wants it. Nothing where it could not be looked at.
    struct rest {
        double needs = 0;  // what there was, without what the cut ones had cost
        double has = 0;
    };
    std::optional<rest> rest_of(std::uint64_t connections, std::uint64_t cut) const;

private:
    std::optional<memory_sample> sample() const;

    std::optional<int> server_;
    std::optional<memory_sample> before_;
    std::optional<memory_sample> idle_;
    std::optional<memory_sample> full_;
    std::optional<memory_sample> after_;
};

void print_memory(std::ostream& out, const boost::json::object& memory);

// What a run is judged by in whose measured lap connections were cut.
struct cut_figures {
    double p99_before_ms = 0;  // of all answers
    double p99_after_ms = 0;   // of the others'
    double floor_ms = 0;       // what it may be in any case
    std::uint64_t asked = 0;
    std::uint64_t cut = 0;
    std::optional<connection_memory::rest> memory;
};

// The others' slowest hundredth at most doubles (or stays below the floor), all were cut, and the
// server has at most 15 % more than the rest needs, if that is known.
void judge_cut(const cut_figures& seen, judgement& to);

}  // namespace doseline::loadtest

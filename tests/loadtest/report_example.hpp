#pragma once

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <string>

namespace doseline::test {

// A small summary with every part that the report knows; names and texts hold what HTML must
// escape.
inline boost::json::value report_example() {
    return boost::json::parse(R"json({
"scenario": "hold<1>", "passed": false,
"asked": {"target": "localhost:8443", "rate": 500, "connections": 40, "seed": 190241861455191},
"checks": [{"name": "lost & found", "holds": true, "wanted": "0", "got": "0"},
           {"name": "slow <b>", "holds": false, "wanted": "at most 150 ms", "got": "\"2064\" ms"}],
"rate": {"asked": 500, "sent": 499.5, "achieved": 471.25, "seconds": 3},
"client_busiest_thread": 0.91, "longest_standstill_seconds": 2.03,
"connections": {"connected": 40, "failed": 0, "lost": 3, "seconds": 0.5,
                "lost_by": {"timeout": 0, "closed": 3}},
"measured": {"planned": 1500, "sent": 1499, "succeeded": 1414, "refused": 61, "failed": 25,
  "ended": {"created": 700, "checked": 714, "wait": 61, "unsent": 1, "unanswered": 24},
  "latency_ms": {"all": {"count": 1414, "p50": 1.5, "p99": 20.25, "p99.9": 2001, "p99.99": 2064,
                         "max": 2064}},
  "sent_late_ms": {"p50": 0.1, "p99": 31.5, "p99.9": 40, "p99.99": 41, "max": 42}},
"series": {"begin_at": 1000, "width_seconds": 1, "t": [0, 1, 2, 3],
  "planned": [500, 500, 500, 0], "sent": [500, 500, 499, 0], "succeeded": [500, 0, 900, 14],
  "refused": [0, 61, 0, 0], "failed": [0, 24, 1, 0],
  "p50": [1.5, null, 1.5, null], "p99": [3, 2000, 9, null], "max": [4, 2064, 11, null]},
"distribution": {"all": {"count": 1414, "mean": 40, "deviation": 200, "max": 2064,
  "rows": [[0.4, 0, 1], [1.5, 0.5, 707], [20.25, 0.99, 1400], [2064, 0.99990234375, 1414],
           [2064, 1, 1414]]}},
"truth": {"acknowledged": 700, "lost": 0, "doubled": 0, "drifted": 0},
"curve": [{"from": "09:00", "seconds": 2, "planned": 12345, "registered": 12000},
          {"from": "<10:00>", "seconds": 0, "planned": 7, "registered": 7}],
"watched": {"t": [999.5, 1000.5, 1001.5], "connections": [20, 40, 37],
  "client_cpu": [0.1, 0.9, 0.9], "client_memory": [9000000, 9000000, 9000000],
  "server_cpu": [0.2, 1.2, null], "server_memory": [52428800, 62914560, null]},
"told": {"t": [1000.4, 1001.4], "connections": [40, 37], "commits": [20, 0],
         "records_a_commit": [12.5, null]},
"server": {"version": "9.8.7", "cpu": {"mean": 1.25, "max": 1.5}, "memory": {"max": 62914560}},
"client": {"cpu": {"mean": 0.9, "max": 0.95}},
"batches": {"commits": 20, "records": 250, "mean": 12.5,
            "by_size": [{"up_to": 1, "commits": 4}, {"up_to": null, "commits": 16}]},
"environment": {"at": "2026-10-01T00:00:00Z", "commit": "abc<&>", "cores": 2,
                "command": ["doseline-loadtest", "hold", "--ca", "<script>alert(1)</script>"]}
})json");
}

}  // namespace doseline::test

#pragma once

#include "loadtest/judgement.hpp"
#include "loadtest/load_result.hpp"
#include "loadtest/scenario.hpp"

#include <boost/json/object.hpp>

#include <optional>

namespace doseline::loadtest {

// Adds what every load is judged by: connections held, requests answered as hoped, one answer
// each, the slow half percent within the limit, and no standstill of more than a second.
// The limit is for the measured lap: while everybody connects at once, answers wait for handshakes,
// which rush is there to judge. Without a limit the slow ones are not looked at.
void judge_load(const load_result& seen, std::optional<double> limit_ms, judgement& to);

// What every scenario was asked to do; scenarios add their own to it.
boost::json::object describe_asked(const setting& here);

// Prints the judgement and publishes the summary, to which it adds the scenario, what was asked,
// the findings and the verdict. The verdict.
bool conclude(const setting& here, boost::json::object asked, boost::json::object summary,
              const judgement& all);

}  // namespace doseline::loadtest

#pragma once

#include <boost/json/array.hpp>

#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace doseline::loadtest {

// One thing that must hold, what it was held against, and what was seen.
struct finding {
    std::string name;
    bool holds = false;
    std::string wanted;
    std::string got;
};

// Everything a scenario was judged by, in the order in which it was looked at. What could not be
// looked at is a finding that does not hold, never one that is missing.
class judgement {
public:
    void add(std::string_view name, bool holds, std::string wanted, std::string got);
    void expect_none(std::string_view name, std::uint64_t got);  // holds when 0
    void expect_at_most(std::string_view name, double got, double most, std::string_view unit);

    bool holds() const noexcept;  // all of them, and there is one
    const std::vector<finding>& findings() const noexcept { return findings_; }

private:
    std::vector<finding> findings_;
};

// [{"name","holds","wanted","got"}] for summary.json.
boost::json::array describe(const judgement& all);

// One line a finding, then the verdict.
void print(std::ostream& out, const judgement& all);

}  // namespace doseline::loadtest

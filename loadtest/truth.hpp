#pragma once

#include "loadtest/acks.hpp"
#include "loadtest/judgement.hpp"
#include "loadtest/load_counts.hpp"
#include "loadtest/scenario.hpp"
#include "loadtest/totals.hpp"

#include <boost/json/object.hpp>

#include <filesystem>
#include <optional>
#include <span>

namespace doseline::loadtest {

// Whether a server remembers what it said. It keeps the load's own record of every acknowledgement
// and, when the load is over, holds it against the server's answers, figures and proof. Nobody else
// may register at that server meanwhile: what the record does not know would count as doubled.
//
// Thread safety: record() may be written to by any thread; the rest by one.
class truth {
public:
    // Before the load: asks for the figures and opens the record, --acks or a file of its own,
    // which is removed again with the object. Throws std::runtime_error when it cannot be written.
    explicit truth(const setting& here);
    ~truth();
    truth(const truth&) = delete;
    truth& operator=(const truth&) = delete;

    ack_writer& record() noexcept { return *record_; }

    // After the load. Sends what is in doubt again until it is settled, then what was acknowledged
    // (evenly chosen where there is very much), and adds to the judgement: settled, compared, lost,
    // doubled, changed, drifted. The same in numbers for summary.json. brought: doses that
    // movements of stock added to what is left.
    boost::json::object compare(std::span<const doubt> in_doubt, judgement& to,
                                std::int64_t brought = 0);

private:
    const setting& here_;
    std::filesystem::path file_;
    bool own_file_ = false;
    std::uintmax_t begin_ = 0;  // of this load's part of the record
    std::optional<ack_writer> record_;
    std::optional<season_totals> before_;
};

}  // namespace doseline::loadtest

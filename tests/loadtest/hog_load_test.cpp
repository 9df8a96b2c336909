#include "loadtest/hog_load.hpp"

#include "core/limits.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(hog_load)

using doseline::loadtest::hog_figures;
using doseline::loadtest::judge_hog;
using doseline::loadtest::judgement;
namespace limits = doseline::core::limits;

namespace {

// A server at its limits: neither more nor less than what holds.
constexpr std::uint64_t allowed =
    limits::clinic_burst_requests_max + 6 * limits::clinic_requests_per_second_max;
constexpr hog_figures at_the_edge{10, 12, 5, 0, 5, allowed + 1, allowed, 1, 0};

bool holds(const hog_figures& seen) {
    judgement all;
    judge_hog(seen, all);
    return all.holds();
}

}  // namespace

BOOST_AUTO_TEST_CASE(each_figure_holds_up_to_its_edge) {
    BOOST_TEST(holds(at_the_edge));
    hog_figures seen = at_the_edge;
    seen.p99_with_ms = 12.1;
    BOOST_TEST(!holds(seen));
    seen.floor_ms = 12.1;
    BOOST_TEST(holds(seen));
    seen = at_the_edge;
    seen.others_refused = 1;
    BOOST_TEST(!holds(seen));
    seen = at_the_edge;
    ++seen.served;
    BOOST_TEST(!holds(seen));
    seen = at_the_edge;
    seen.unexpected = 1;
    BOOST_TEST(!holds(seen));
}

BOOST_AUTO_TEST_CASE(a_hog_that_asks_for_too_much_is_refused) {
    hog_figures seen = at_the_edge;
    seen.capped = 0;
    BOOST_TEST(!holds(seen));
    seen.sent = allowed;  // it asked for no more than it may have
    BOOST_TEST(holds(seen));
}

BOOST_AUTO_TEST_SUITE_END()

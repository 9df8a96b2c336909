#include "loadtest/connection_memory.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(connection_memory)

using doseline::loadtest::cut_figures;
using doseline::loadtest::judge_cut;
using doseline::loadtest::judgement;
using rest = doseline::loadtest::connection_memory::rest;

namespace {

bool holds(const cut_figures& seen) {
    judgement all;
    judge_cut(seen, all);
    return all.holds();
}

// A server at its limits: neither more nor less than what holds.
const cut_figures at_the_edge{10, 20, 5, 100, 100, rest{1'000, 1'149}};

}  // namespace

BOOST_AUTO_TEST_CASE(each_figure_holds_up_to_its_edge) {
    BOOST_TEST(holds(at_the_edge));
    cut_figures seen = at_the_edge;
    seen.p99_after_ms = 20.1;
    BOOST_TEST(!holds(seen));
    seen.floor_ms = 20.1;
    BOOST_TEST(holds(seen));
    seen = at_the_edge;
    seen.cut = 99;
    BOOST_TEST(!holds(seen));
    seen = at_the_edge;
    seen.memory->has = 1'151;
    BOOST_TEST(!holds(seen));
}

BOOST_AUTO_TEST_CASE(memory_that_cannot_be_looked_at_is_not_judged) {
    cut_figures seen = at_the_edge;
    seen.memory.reset();
    BOOST_TEST(holds(seen));
}

BOOST_AUTO_TEST_SUITE_END()

// SIGKILL under load, again and again: nothing acknowledged is lost, nothing is counted twice.
#include "tests/crash/lives.hpp"
#include "tests/crash/loaded_registry.hpp"

#include <boost/test/unit_test.hpp>

namespace doseline::test {

BOOST_AUTO_TEST_SUITE(kill)

namespace {

constexpr unsigned kills_of_a_registry = 10;  // after it, sending all again takes too long

}  // namespace

BOOST_AUTO_TEST_CASE(nothing_acknowledged_is_lost) {
    const unsigned kills = from_environment("DOSELINE_KILLS", 10);
    std::mt19937 seeds(seed_of_run());
    std::size_t recorded = 0;
    std::size_t lost_answers = 0;
    for (unsigned done = 0; done < kills; done += kills_of_a_registry) {
        loaded_registry registry(static_cast<unsigned>(seeds()));
        for (unsigned n = 0; n < std::min(kills - done, kills_of_a_registry); ++n) {
            BOOST_TEST_CONTEXT("kill " << done + n) {
                registry.load_until(n, [](server_process& server) { server.kill(); });
                registry.check_and_resend();
            }
        }
        registry.verify();
        recorded += registry.recorded();
        lost_answers += registry.lost_answers();
    }
    BOOST_TEST_MESSAGE(kills << " kills, " << recorded << " shots and movements, " << lost_answers
                             << " recorded whose answer was lost");
    require_met(lost_answers, kills, 20);  // 364 in 100
}

// The same to the storage alone, in a twentieth of the time.
BOOST_AUTO_TEST_CASE(nothing_that_the_writer_acknowledged_is_lost) {
    const unsigned kills = from_environment("DOSELINE_WRITER_KILLS", 20);
    bad_lives lives(seed_of_run());
    for (unsigned done = 0; done < kills; done += bad_lives::lives_of_a_registry) {
        const temporary_directory scratch;
        lives.live(std::min(kills - done, bad_lives::lives_of_a_registry),
                   scratch.path() / "registry", [](writer_process& writer) {
                       writer.kill();
                       writer.wait();
                   });
    }
    lives.tell();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test

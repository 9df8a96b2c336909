#include "storage/clinic_turns.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(clinic_turns)

using namespace doseline;

namespace {

std::vector<std::string> all_of(storage::clinic_turns<std::string>& turns) {
    std::vector<std::string> taken;
    while (!turns.empty()) {
        taken.push_back(turns.take());
    }
    return taken;
}

}  // namespace

BOOST_AUTO_TEST_CASE(who_asks_for_much_waits_behind_itself) {
    storage::clinic_turns<std::string> turns;
    for (const char* what : {"1a", "1b", "1c"}) {
        turns.put(1, what);
    }
    turns.put(2, "2a");
    turns.put(3, "3a");
    turns.put(2, "2b");
    const std::vector<std::string> wanted{"1a", "2a", "3a", "1b", "2b", "1c"};
    BOOST_TEST(all_of(turns) == wanted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(who_comes_again_stands_behind_those_who_came_meanwhile) {
    storage::clinic_turns<std::string> turns;
    turns.put(1, "1a");
    BOOST_TEST(turns.take() == "1a");
    BOOST_TEST(turns.empty());
    turns.put(2, "2a");
    turns.put(1, "1b");
    const std::vector<std::string> wanted{"2a", "1b"};
    BOOST_TEST(all_of(turns) == wanted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

#include "net/shed_classes.hpp"

#include "net/serving_report.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(shed_classes)

using namespace doseline;
using core::mode;

namespace {

using names = std::vector<std::string_view>;

names refused(mode m, const net::shed_classes& shed) {
    return net::names_of(net::refused_classes(m, shed));
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_class_is_refused_while_any_reactor_sheds_it) {
    net::shed_classes shed;
    BOOST_TEST((refused(mode::normal, shed) == names{}));
    shed.changed(5, 3);
    shed.changed(5, 1);
    BOOST_TEST((refused(mode::normal, shed) == names{"check", "stock", "report"}));
    shed.changed(1, 5);
    BOOST_TEST((refused(mode::normal, shed) == names{"report"}));
    shed.changed(3, 0);
    BOOST_TEST((refused(mode::normal, shed) == names{"registration", "check", "stock", "report"}));
    shed.changed(0, 5);
    BOOST_TEST((refused(mode::normal, shed) == names{}));
}

BOOST_AUTO_TEST_CASE(a_mode_refuses_in_the_same_place) {
    net::shed_classes shed;
    BOOST_TEST((refused(mode::register_only, shed) == names{"check"}));
    BOOST_TEST((refused(mode::read_only, shed) == names{"registration", "check"}));
    shed.changed(5, 3);
    BOOST_TEST((refused(mode::register_only, shed) == names{"check", "report"}));
}

BOOST_AUTO_TEST_CASE(what_rules_refuse_is_said_once_and_when_it_ends) {
    const net::serving_report::time_point now{std::chrono::hours{1}};
    core::published state;
    net::shed_classes shed;
    net::serving_report report(state, shed);
    BOOST_TEST(report.since_last(now) == "");
    state.publish_shortage(core::shortage::disk);
    shed.changed(5, 3);
    BOOST_TEST(report.since_last(now) ==
               "read-only: the disk reserve is used up; "
               "more load than can be served, refusing some of: report");
    BOOST_TEST(report.since_last(now) == "");
    state.publish_shortage(core::shortage::none);
    state.commit_begins(now);
    const auto later = now + core::limits::commit_stalled_after + std::chrono::milliseconds{1};
    BOOST_TEST(report.since_last(later) ==
               "there is room again; read-only: the disk does not answer");
    shed.changed(3, 5);
    state.commit_ends();
    BOOST_TEST(report.since_last(later) ==
               "the disk answers again; nothing is refused for load any more");
    state.publish_shortage(core::shortage::map);
    BOOST_TEST(report.since_last(later) ==
               "read-only: the ledger is nearly as large as this program can map "
               "(limits::map_bytes): serve it with one that maps more");
    state.publish_shortage(core::shortage::none);
    BOOST_TEST(report.since_last(later) == "there is room again");
    // What an operator does is said where he does it.
    state.set_operator_mode(mode::register_only);
    BOOST_TEST(report.since_last(later) == "");
}

BOOST_AUTO_TEST_SUITE_END()

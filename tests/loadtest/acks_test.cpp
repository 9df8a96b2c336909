#include "loadtest/acks.hpp"

#include "tests/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <set>
#include <thread>
#include <vector>

BOOST_AUTO_TEST_SUITE(acks)

using namespace doseline::loadtest;

namespace {

const ack_line example{
    7, "11000007", "0f0e0d0c-0b0a-4908-8706-050403020100", 42, {"r1", "A-B-C", 12345}};

}  // namespace

BOOST_AUTO_TEST_CASE(a_line_is_read_as_it_was_written) {
    const std::string text = format_ack_line(example);
    BOOST_TEST(text == "7,11000007,0f0e0d0c-0b0a-4908-8706-050403020100,42,r1,A-B-C,12345\n");
    const auto read = parse_ack_line(text.substr(0, text.size() - 1));
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST((*read == example));
}

BOOST_AUTO_TEST_CASE(a_line_keeps_the_time_that_was_sent) {
    ack_line late = example;
    late.occurred_at = "2026-11-25T09:14:00+09:00";
    const std::string text = format_ack_line(late);
    BOOST_TEST(text.ends_with(",12345,2026-11-25T09:14:00+09:00\n"));
    const auto read = parse_ack_line(text.substr(0, text.size() - 1));
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST((*read == late));
}

BOOST_AUTO_TEST_CASE(a_line_that_is_not_whole_is_refused) {
    for (const std::string_view text :
         {"", "7", "7,c,k,42,i,r", "7,c,k,42,i,r,", "7,c,k,42,i,r,1,2", "7,c,k,42,i,r,1,",
          "x,c,k,42,i,r,1", "7,c,k,x,i,r,1", "7,c,k,42,i,r,x", "7,c,k,42,,r,1",
          "7,c,k,9999999999999,i,r,1"}) {
        BOOST_TEST_CONTEXT("text " << text) { BOOST_TEST(!parse_ack_line(text).has_value()); }
    }
}

BOOST_AUTO_TEST_CASE(an_acknowledgement_needs_its_three_fields) {
    const auto given = read_acknowledgement(
        R"({"id":"r1","receipt":"A-B","seq":9,"flags":[],"claim":"AUTO_OK","remaining":5})");
    BOOST_REQUIRE(given.has_value());
    BOOST_TEST((*given == acknowledgement{"r1", "A-B", 9}));
    for (const std::string_view body :
         {"", "{}", "[]", R"({"id":"r1","receipt":"A"})", R"({"id":"r1","seq":1})",
          R"({"receipt":"A","seq":1})", R"({"id":"","receipt":"A","seq":1})",
          R"({"id":"r,1","receipt":"A","seq":1})", R"({"id":1,"receipt":"A","seq":1})",
          R"({"id":"r1","receipt":"A","seq":"1"})", R"({"id":"r1","receipt":"A","seq":-1})",
          R"({"id":"r1","receipt":"A","seq":0})", R"({"id":"r1","receipt":"A","seq":1)"}) {
        BOOST_TEST_CONTEXT("body " << body) { BOOST_TEST(!read_acknowledgement(body).has_value()); }
    }
}

BOOST_AUTO_TEST_CASE(lines_of_several_threads_and_runs_stay_whole) {
    const doseline::test::temporary_directory dir;
    constexpr std::uint64_t lines_each = 500;
    for (std::uint32_t run = 0; run < 2; ++run) {
        ack_writer writer(dir.path() / "acks");
        std::vector<std::jthread> threads;
        for (std::uint32_t t = 0; t < 3; ++t) {
            threads.emplace_back([&writer, run, t] {
                for (std::uint64_t n = 0; n < lines_each; ++n) {
                    ack_line line = example;
                    line.person = (run * 3 + t) * lines_each + n;
                    if (!writer.append(line)) {
                        return;
                    }
                }
            });
        }
    }
    ack_reader reader(dir.path() / "acks");
    std::set<std::uint64_t> people;
    while (const auto line = reader.next()) {
        BOOST_TEST(line->key == example.key);
        people.insert(line->person);
    }
    BOOST_TEST(people.size() == 6 * lines_each);
    BOOST_TEST(reader.unreadable() == 0u);
}

BOOST_AUTO_TEST_CASE(a_torn_last_line_is_left_out_and_nonsense_is_counted) {
    const doseline::test::temporary_directory dir;
    const std::string whole = format_ack_line(example);
    std::ofstream(dir.path() / "acks") << whole << "nonsense\n" << whole << whole.substr(0, 65);
    ack_reader reader(dir.path() / "acks");
    BOOST_TEST((reader.next() == example));
    BOOST_TEST((reader.next() == example));
    BOOST_TEST(!reader.next().has_value());
    BOOST_TEST(reader.unreadable() == 1u);
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_not_an_acknowledgement) {
    ack_writer writer("/dev/full");
    BOOST_TEST(!writer.append(example));
}

BOOST_AUTO_TEST_SUITE_END()

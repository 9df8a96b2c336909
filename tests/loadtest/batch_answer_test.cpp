#include "loadtest/batch_answer.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

BOOST_AUTO_TEST_SUITE(batch_answer)

using namespace doseline::loadtest;

namespace {

std::string results(const std::string& rows) { return R"({"results":[)" + rows + "]}"; }

row_answer only_row(const std::string& row) {
    const auto read = read_batch_answer(results(row), 1);
    BOOST_REQUIRE(read.has_value());
    return read->front();
}

const std::string receipt = R"({"id":"r1","receipt":"A-B","seq":9,"flags":[],"remaining":5})";

}  // namespace

BOOST_AUTO_TEST_CASE(each_row_is_read_in_its_place) {
    const auto read = read_batch_answer(
        results(R"({"status":201,"registration":)" + receipt + R"(},)" +
                R"({"status":200,"registration":)" + receipt + R"(},)" +
                R"({"status":429,"problem":{"code":"RATE"}},{"status":503,"problem":{}},)" +
                R"({"status":422,"problem":{"code":"ID_INVALID"}})"),
        5);
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST((read->at(0).how == row_outcome::created));
    BOOST_TEST((read->at(0).given == acknowledgement{"r1", "A-B", 9}));
    BOOST_TEST((read->at(1).how == row_outcome::replayed));
    BOOST_TEST((read->at(1).given == acknowledgement{"r1", "A-B", 9}));
    BOOST_TEST((read->at(2).how == row_outcome::rate));
    BOOST_TEST((read->at(3).how == row_outcome::wait));
    BOOST_TEST((read->at(4).how == row_outcome::refused));
}

BOOST_AUTO_TEST_CASE(a_row_without_what_its_status_promises_is_bad) {
    for (const std::string& row :
         {std::string("1"), std::string("{}"), std::string(R"({"status":"201"})"),
          std::string(R"({"status":201})"), std::string(R"({"status":201,"registration":{}})"),
          std::string(R"({"status":201,"problem":{}})"), std::string(R"({"status":429})"),
          R"({"status":422,"registration":)" + receipt + "}"}) {
        BOOST_TEST_CONTEXT(row) { BOOST_TEST((only_row(row).how == row_outcome::bad_answer)); }
    }
}

BOOST_AUTO_TEST_CASE(an_answer_of_another_length_says_nothing) {
    const std::string row = R"({"status":429,"problem":{}})";
    BOOST_TEST(read_batch_answer(results(row), 1).has_value());
    BOOST_TEST(!read_batch_answer(results(row), 2).has_value());
    BOOST_TEST(!read_batch_answer(results(row + "," + row), 1).has_value());
    for (const std::string_view body : {"", "{}", "[]", R"({"results":{}})", R"({"results":[)"}) {
        BOOST_TEST(!read_batch_answer(body, 0).has_value());
    }
}

BOOST_AUTO_TEST_SUITE_END()

#include "net/export_format.hpp"

#include "net/csv.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(export_format)

using namespace doseline;
using net::export_form;

namespace {

struct fixture {
    fixture() {
        programme.code = "2016-17";
        programme.exceptions.push_back({"HIGH-RISK", {}, true});
        clinic.code = 1'234;
        clinic.region = 1'101;
        lot.lot = core::lot_text("LOT-1");
        lot.product = core::product_text("QIV");
        dose.header.recorded_at = *core::parse_instant("2016-10-04T09:00:00+09:00");
        dose.occurred_at = *core::parse_instant("2016-10-04T08:59:59.5+09:00");
        dose.flags = core::bit(core::flag::late) | core::bit(core::flag::stock_negative);
        dose.remaining = -3;
        dose.exception = 0;
        dose.site = core::body_site::left_arm;
        dose.dose_ml_hundredths = 25;
        dose.user = core::user_code("-1");
    }
    storage::export_row row(bool with_lot = true) const {
        return {57, dose, 2, true, clinic, programme, with_lot ? &lot : nullptr, "0a", person};
    }
    // By name, as a program would read it back.
    std::string cell(const std::string& name) const {
        const std::string text = net::export_header(export_form::csv, person.has_value()) +
                                 net::export_line(export_form::csv, row());
        const std::vector<net::csv_column> columns{{name}};
        const std::string header = text.substr(0, text.find("\r\n"));
        std::vector<net::csv_column> all;
        std::vector<std::string> names;
        for (std::size_t at = 0; at <= header.size();) {
            const std::size_t end = std::min(header.find(',', at), header.size());
            names.push_back(header.substr(at, end - at));
            at = end + 1;
        }
        for (const std::string& n : names) {
            all.push_back({n});
        }
        net::csv_reader reader(text, "export", all);
        std::vector<net::csv_cell> cells;
        BOOST_TEST_REQUIRE(reader.next(cells));
        const auto it = std::find(names.begin(), names.end(), name);
        BOOST_TEST_REQUIRE((it != names.end()), name);
        return cells[static_cast<std::size_t>(it - names.begin())].text;
    }

    core::programme programme;
    core::clinic_registered clinic;
    core::lot_registered lot;
    core::dose_registered dose;
    std::optional<storage::exported_person> person;
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(the_columns_have_their_names_and_their_order, fixture) {
    const std::string columns =
        "id,seq,recorded_at,occurred_at,programme,programme_version,clinic,region,person,"
        "dose_number,product,lot,funding,source,flags,claim,version,voided,exception,site,route,"
        "dose_ml,offline,remaining";
    BOOST_TEST(net::export_header(export_form::csv, false) == columns + "\r\n");
    BOOST_TEST(net::export_header(export_form::csv, true) ==
               columns + ",national_id,name,evidence,user\r\n");
    BOOST_TEST(net::export_header(export_form::ndjson, true) == "");
}

BOOST_FIXTURE_TEST_CASE(a_csv_line, fixture) {
    BOOST_TEST(net::export_line(export_form::csv, row()) ==
               "577,57,2016-10-04T09:00:00.000+09:00,2016-10-04T08:59:59.500+09:00,2016-17,0,"
               "00001234,01101,0a,1,QIV,LOT-1,national,on_hand,LATE STOCK_NEGATIVE,AUTO_OK,"
               "2,true,HIGH-RISK,LA,,0.25,false,-3\r\n");
}

BOOST_FIXTURE_TEST_CASE(an_ndjson_line_is_one_object_with_the_same_columns, fixture) {
    person = {"4103159234567", "\"Hong\"\n", ""};
    const std::string line = net::export_line(export_form::ndjson, row(false));
    BOOST_TEST(line.find('\n') == line.size() - 1);
    const boost::json::object read = boost::json::parse(line).as_object();
    std::string names;
    for (const auto& member : read) {
        names.append(names.empty() ? "" : ",").append(member.key());
    }
    BOOST_TEST(names + "\r\n" == net::export_header(export_form::csv, true));
    BOOST_TEST(read.at("seq").as_int64() == 57);
    BOOST_TEST(read.at("remaining").as_int64() == -3);
    BOOST_TEST(read.at("dose_ml").as_double() == 0.25);
    BOOST_TEST(read.at("flags").as_array().size() == 2u);
    BOOST_TEST(read.at("clinic").as_string() == "00001234");
    BOOST_TEST(read.at("name").as_string() == "\"Hong\"\n");
    BOOST_TEST(read.at("national_id").as_string() == "410315-9234567");
    for (const char* const nothing : {"lot", "product", "route", "evidence"}) {
        BOOST_TEST(read.at(nothing).is_null(), nothing);
    }
}

BOOST_FIXTURE_TEST_CASE(no_cell_is_a_formula, fixture) {
    for (const char first : {'=', '+', '-', '@', '\t'}) {
        const std::string text = first + std::string("1+cmd|' /C calc'!A0, \"x\"");
        person = {"4103159234567", text, text};
        BOOST_TEST(cell("name") == '\'' + text);
        BOOST_TEST(cell("evidence") == '\'' + text);
    }
    person = {"", "\rx", ""};  // our own reader takes no such cell at all
    BOOST_TEST(net::export_line(export_form::csv, row()).find(",\"'\rx\",") != std::string::npos);
    person = {"", "", ""};
    BOOST_TEST(cell("user") == "'-1");
    // A number below zero is a number.
    BOOST_TEST(cell("remaining") == "-3");
    lot.lot = core::lot_text("-LOT");
    BOOST_TEST(cell("lot") == "'-LOT");
}

BOOST_FIXTURE_TEST_CASE(texts_come_back_as_they_were, fixture) {
    for (const char* const text : {"", "Hong", "a,b", "a\"b\"", "two\r\nlines", "홍길동"}) {
        person = {"4103159234567", text, ""};
        BOOST_TEST(cell("name") == text);
    }
    BOOST_TEST(cell("national_id") == "410315-9234567");
}

BOOST_AUTO_TEST_SUITE_END()

#include "net/import_files.hpp"

#include <boost/test/unit_test.hpp>

#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

BOOST_AUTO_TEST_SUITE(import_files)

using namespace doseline;
using net::import_kind;

namespace {

core::civil_day day(std::string_view text) { return core::parse_day(text).value(); }

// Who it is, in the clear: the tests are about the file.
core::person_key in_the_clear(const core::national_id& id) {
    core::person_key key{};
    std::memcpy(key.data(), id.digits().data(), id.digits().size());
    return key;
}

std::vector<net::positioned_command> read_all(import_kind kind, std::string_view text) {
    std::vector<net::positioned_command> all;
    const auto rows =
        net::read_import(kind, text, "f", in_the_clear,
                         [&](net::positioned_command&& c) { all.push_back(std::move(c)); });
    BOOST_TEST(rows == all.size());
    return all;
}

template <class Command>
std::vector<Command> read(import_kind kind, std::string_view text) {
    std::vector<Command> all;
    for (const net::positioned_command& c : read_all(kind, text)) {
        all.push_back(std::get<Command>(c.command));
    }
    return all;
}

std::string error_of(import_kind kind, std::string_view text) {
    try {
        read_all(kind, text);
    } catch (const net::import_error& e) {
        return e.what();
    }
    return "accepted";
}

// One cell of a row that is good otherwise, and what its refusal begins with.
struct bad_cell {
    std::string row;
    std::string begins;
};

void refuse_each(import_kind kind, const std::string& header, const std::string& good,
                 const std::vector<bad_cell>& bad) {
    BOOST_TEST(error_of(kind, header + good + good) == "accepted");
    for (const bad_cell& b : bad) {
        BOOST_TEST_CONTEXT(b.row) {
            const std::string error = error_of(kind, header + good + b.row);
            BOOST_TEST(error.starts_with("f:3:" + b.begins), error);
        }
    }
}

std::string times(std::size_t n, std::string_view text) {
    std::string all;
    while (n-- > 0) {
        all += text;
    }
    return all;
}

}  // namespace

BOOST_AUTO_TEST_CASE(kinds_have_the_names_of_the_command_line) {
    BOOST_TEST((net::import_kind_named("clinics") == import_kind::clinics));
    BOOST_TEST((net::import_kind_named("programmes") == import_kind::programmes));
    BOOST_TEST((net::import_kind_named("lots") == import_kind::lots));
    BOOST_TEST((net::import_kind_named("shipments") == import_kind::shipments));
    BOOST_TEST((net::import_kind_named("persons") == import_kind::persons));
    BOOST_TEST(!net::import_kind_named("clinic"));
    BOOST_TEST(!net::import_kind_named(""));
}

BOOST_AUTO_TEST_CASE(clinics_are_read) {
    const auto all = read<core::register_clinic>(
        import_kind::clinics,
        "code,name,region,kind,contract_from,contract_to\n"
        "12345678,\"가온, 내과의원\",11110,clinic,2015-01-01,2016-12-31\n"
        "00000001,보건소,00001,health_centre,2016-12-31,2016-12-31\n"
        "87654321,누리의원,50110,,,\n");
    BOOST_REQUIRE(all.size() == 3u);
    BOOST_TEST(all[0].code == 12'345'678u);
    BOOST_TEST(all[0].name == "가온, 내과의원");
    BOOST_TEST(all[0].region == 11'110u);
    BOOST_TEST((all[0].kind == core::facility_kind::clinic));
    BOOST_TEST((all[0].contract_from == day("2015-01-01")));
    BOOST_TEST((all[0].contract_to == day("2016-12-31")));
    BOOST_TEST(all[1].code == 1u);
    BOOST_TEST(all[1].region == 1u);
    BOOST_TEST((all[1].kind == core::facility_kind::health_centre));
    BOOST_TEST((all[2].kind == core::facility_kind::clinic));
    BOOST_TEST((all[2].contract_from == day("1800-01-01")));
    BOOST_TEST((all[2].contract_to == day("9999-12-31")));
}

BOOST_AUTO_TEST_CASE(a_clinic_needs_a_code_a_name_and_a_region_alone) {
    const auto all = read<core::register_clinic>(import_kind::clinics,
                                                 "region,code,name\n11110,12345678,의원\n");
    BOOST_REQUIRE(all.size() == 1u);
    BOOST_TEST(all[0].code == 12'345'678u);
    BOOST_TEST((all[0].contract_to == day("9999-12-31")));
}

BOOST_AUTO_TEST_CASE(a_clinic_that_is_none_is_refused_at_its_cell) {
    refuse_each(
        import_kind::clinics, "code,name,region,kind,contract_from,contract_to\n",
        "12345678," + times(100, "가") + ",11110,clinic,2015-01-01,2016-12-31\n",
        {{"1234567,n,11110,,,\n", "1: code must have 8 digits"},
         {"123456789,n,11110,,,\n", "1: code must have 8 digits"},
         {"1234567a,n,11110,,,\n", "1: code must have 8 digits"},
         {"-1234567,n,11110,,,\n", "1: code must have 8 digits"},
         {",n,11110,,,\n", "1: code must have 8 digits"},
         {"12345678,,11110,,,\n", "10: name must have 1 to 100"},
         {"12345678," + times(101, "가") + ",11110,,,\n", "10: name must have 1 to 100"},
         {"12345678,\"a\nb\",11110,,,\n", "10: name must have 1 to 100"},
         {"12345678,n,1111,,,\n", "12: region must have 5 digits"},
         {"12345678,n,111100,,,\n", "12: region must have 5 digits"},
         {"12345678,n,11110,Clinic,,\n", "18: kind must be clinic or health_centre"},
         {"12345678,n,11110,,2015-02-29,\n", "19: contract_from must be a day"},
         {"12345678,n,11110,,,20161231\n", "20: contract_to must be a day"},
         {"12345678,n,11110,,2016-01-02,2016-01-01\n", "30: contract_to lies before contract_from"},
         {"12345678,n\n", "1: 2 cells where the header has 6"}});
}

BOOST_AUTO_TEST_CASE(lots_are_read) {
    const auto all = read<core::register_lot>(
        import_kind::lots,
        "lot,product,programme,expires,recalled\n"
        "ABCDEFGHIJ0123456-xy,P-1,2016-17,2017-06-30,true\nA1,P-1,demo,2016-06-30,false\n"
        "A2,P-1,demo,2016-06-30,\n");
    BOOST_REQUIRE(all.size() == 3u);
    BOOST_TEST(all[0].lot.view() == "ABCDEFGHIJ0123456-xy");
    BOOST_TEST(all[0].product.view() == "P-1");
    BOOST_TEST(all[0].programme == "2016-17");
    BOOST_TEST((all[0].expires == day("2017-06-30")));
    BOOST_TEST(all[0].recalled);
    BOOST_TEST(!all[1].recalled);
    BOOST_TEST(!all[2].recalled);
}

BOOST_AUTO_TEST_CASE(a_lot_that_is_none_is_refused_at_its_cell) {
    refuse_each(import_kind::lots, "lot,product,programme,expires,recalled\n",
                "A1,P1,demo,2017-06-30,true\n",
                {{",P1,demo,2017-06-30,\n", "1: lot must have 1 to 20"},
                 {"ABCDEFGHIJ0123456-xyz,P1,demo,2017-06-30,\n", "1: lot must have 1 to 20"},
                 {"A 1,P1,demo,2017-06-30,\n", "1: lot must have 1 to 20"},
                 {"가,P1,demo,2017-06-30,\n", "1: lot must have 1 to 20"},
                 {"A1,,demo,2017-06-30,\n", "4: product must have 1 to 20"},
                 {"A1,P1,,2017-06-30,\n", "7: programme must have 1 to 20"},
                 {"A1,P1,demo,,\n", "12: expires must be a day"},
                 {"A1,P1,demo,2017-6-30,\n", "12: expires must be a day"},
                 {"A1,P1,demo,1799-12-31,\n",
                  "12: expires must be a day from 1800-01-01 to 9999-12-31, such as"},
                 {"A1,P1,demo,2017-06-30,yes\n", "23: recalled must be false or true"}});
}

BOOST_AUTO_TEST_CASE(shipments_are_read) {
    const auto all =
        read<core::ship_doses>(import_kind::shipments,
                               "clinic,lot,quantity,funding,product,received\n"
                               "12345678,A1,1000000,local,P1,true\n00000002,A2,1,national,,\n");
    BOOST_REQUIRE(all.size() == 2u);
    BOOST_TEST(all[0].clinic_code == 12'345'678u);
    BOOST_TEST(all[0].lot.view() == "A1");
    BOOST_TEST(all[0].quantity == 1'000'000);
    BOOST_TEST((all[0].funding == core::funding::local));
    BOOST_TEST(all[0].product.view() == "P1");
    BOOST_TEST(all[0].received);
    BOOST_TEST(all[1].clinic_code == 2u);
    BOOST_TEST(all[1].quantity == 1);
    BOOST_TEST((all[1].funding == core::funding::national));
    BOOST_TEST(all[1].product.empty());
    BOOST_TEST(!all[1].received);
}

BOOST_AUTO_TEST_CASE(a_shipment_that_is_none_is_refused_at_its_cell) {
    refuse_each(import_kind::shipments, "clinic,lot,quantity,funding,product,received\n",
                "12345678,A1,20,local,P1,true\n",
                {{"1,A1,20,local,,\n", "1: clinic must have 8 digits"},
                 {"12345678,,20,local,,\n", "10: lot must have 1 to 20"},
                 {"12345678,A1,0,local,,\n", "13: quantity must be a whole number from 1 to"},
                 {"12345678,A1,-1,local,,\n", "13: quantity must be"},
                 {"12345678,A1,1000001,local,,\n", "13: quantity must be"},
                 {"12345678,A1,99999999999999999999,local,,\n", "13: quantity must be"},
                 {"12345678,A1,1.5,local,,\n", "13: quantity must be"},
                 {"12345678,A1,+1,local,,\n", "13: quantity must be"},
                 {"12345678,A1, 1,local,,\n", "13: quantity must be"},
                 {"12345678,A1,,local,,\n", "13: quantity must be"},
                 {"12345678,A1,1,,,\n", "15: funding must be national or local"},
                 {"12345678,A1,1,private,,\n", "15: funding must be national or local"},
                 {"12345678,A1,1,local,P_1,\n", "21: product must have 1 to 20"},
                 {"12345678,A1,1,local,,1\n", "22: received must be false or true"}});
}

BOOST_AUTO_TEST_CASE(persons_are_read) {
    const auto all = read<core::import_person>(
        import_kind::persons,
        "national_id,programme,date,clinic,doses\n"
        "500101-9000005,2016-17,2016-10-04,12345678,2\n5001019000005,demo,1850-01-01,00000002,\n");
    BOOST_REQUIRE(all.size() == 2u);
    const auto id = core::national_id::parse("500101-9000005").value();
    BOOST_CHECK(all[0].person == in_the_clear(id));
    BOOST_CHECK(all[1].person == in_the_clear(id));
    BOOST_TEST(all[0].programme == "2016-17");
    BOOST_TEST((all[0].last_day == day("2016-10-04")));
    BOOST_TEST(all[0].clinic_code == 12'345'678u);
    BOOST_TEST(all[0].doses == 2u);
    BOOST_TEST((all[1].last_day == day("1850-01-01")));  // on the day of the birth
    BOOST_TEST(all[1].clinic_code == 2u);
    BOOST_TEST(all[1].doses == 1u);
}

// No error repeats a digit of anybody's, whatever it finds where.
BOOST_AUTO_TEST_CASE(a_person_that_is_none_is_refused_at_its_cell_and_not_told) {
    const std::string header = "national_id,programme,date,clinic,doses\n";
    refuse_each(import_kind::persons, header, "500101-9000005,demo,2016-10-04,12345678,20\n",
                {{",demo,2016-10-04,12345678,\n", "1: national_id must be"},
                 {"500101900000,demo,2016-10-04,12345678,\n", "1: national_id must be"},
                 {"500101 9000005,demo,2016-10-04,12345678,\n", "1: national_id must be"},
                 {"500231-9000005,demo,2016-10-04,12345678,\n", "1: national_id must be"},
                 {"500101-900000x,demo,2016-10-04,12345678,\n", "1: national_id must be"},
                 {"500101-9000005,,2016-10-04,12345678,\n", "16: programme must have 1 to 20"},
                 {"500101-9000005,demo,4.10.2016,12345678,\n", "21: date must be a day"},
                 {"500101-9000005,demo,,12345678,\n", "21: date must be a day"},
                 {"500101-9000005,demo,1799-12-31,12345678,\n", "21: date must be a day from 18"},
                 {"500101-9000005,demo,1849-12-31,12345678,\n", "21: date lies before the birth"},
                 {"500101-9000005,demo,2016-10-04,1234567,\n", "32: clinic must have 8 digits"},
                 {"500101-9000005,demo,2016-10-04,12345678,0\n", "41: doses must be a whole"},
                 {"500101-9000005,demo,2016-10-04,12345678,21\n", "41: doses must be a whole"},
                 {"500101-9000005,demo,2016-10-04,12345678,1,\n", "43: 6 cells"},
                 {"500101-9000005\n", "1: 1 cells"},
                 {"500101\"-9000005,demo,2016-10-04,12345678,\n", "7: a quote inside"}});
    for (const std::string& wrong :
         {std::string("500101-9000005,demo,2016-10-04,12345678\n"), header + "500231-9000005,,,,\n",
          "500101-9000005," + header, header + "\"500101-9000005\" ,demo\n"}) {
        const std::string error = error_of(import_kind::persons, wrong);
        BOOST_TEST(error != "accepted");
        BOOST_TEST(error.find("900") == std::string::npos, error);
        BOOST_TEST(error_of(import_kind::clinics, wrong).find("900") == std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(a_programme_is_read_from_its_file) {
    const auto all = read<core::define_programme>(
        import_kind::programmes,
        "code = \"p\"\nname = \"n\"\nstarts = 2016-10-04\nends = 2016-10-04\n[[phase]]\n"
        "birth_from = 1800-01-01\nbirth_to = 1800-01-01\nopens = 2016-10-04\n"
        "closes = 2016-10-04\n");
    BOOST_REQUIRE(all.size() == 1u);
    BOOST_REQUIRE(all[0].definition != nullptr);
    BOOST_TEST(all[0].definition->code == "p");
    BOOST_TEST(error_of(import_kind::programmes, "code,name\n").starts_with("f:1:"));
}

BOOST_AUTO_TEST_CASE(commands_keep_the_files_order_and_know_their_lines) {
    const auto all = read_all(import_kind::clinics,
                              "name,code,region\n\"나,는\",00000002,11110\n"
                              "가,00000001,11110\n");
    BOOST_REQUIRE(all.size() == 2u);
    BOOST_TEST(std::get<core::register_clinic>(all[0].command).code == 2u);
    BOOST_TEST((all[0].at == net::text_position{2, 7}));  // the code's cell
    BOOST_TEST((all[1].at == net::text_position{3, 3}));
}

BOOST_AUTO_TEST_CASE(a_refusal_is_told_at_the_cell_of_the_field_that_it_names) {
    const auto lots =
        read_all(import_kind::lots, "programme,lot,product,expires\ndemo,A1,P1,2016-01-01\n");
    BOOST_REQUIRE(lots.size() == 1u);
    const auto told = [&](core::errc code, std::string_view field) {
        return std::string(
            net::refused(import_kind::lots, lots[0], {code, field, 0, {}}, "l.csv").what());
    };
    BOOST_TEST(told(core::errc::not_found, "programme").starts_with("l.csv:2:1: programme is not"));
    BOOST_TEST(told(core::errc::already_exists, "lot").starts_with("l.csv:2:6: lot is registered"));
    BOOST_TEST(told(core::errc::limit_reached, "lot").starts_with("l.csv:2:6: lot is one more"));

    const net::positioned_command programme{core::define_programme{}, {}, {}};
    const auto limit = net::refused(import_kind::programmes, programme,
                                    {core::errc::limit_reached, "code", 0, {}}, "p.toml");
    BOOST_TEST(std::string(limit.what()).starts_with("p.toml:1:1: code is one more"));
}

BOOST_AUTO_TEST_SUITE_END()

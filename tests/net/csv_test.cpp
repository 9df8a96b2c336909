#include "net/csv.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <random>
#include <string>
#include <string_view>
#include <vector>

BOOST_AUTO_TEST_SUITE(csv)

using namespace doseline;
using namespace std::string_literals;

namespace {

constexpr std::array<net::csv_column, 3> columns{{{"code"}, {"name"}, {"kind", false}}};

using rows = std::vector<std::vector<std::string>>;

rows read(std::string_view text) {
    net::csv_reader reader(text, "f.csv", columns);
    rows all;
    std::vector<net::csv_cell> row;
    while (reader.next(row)) {
        std::vector<std::string>& cells = all.emplace_back();
        for (const net::csv_cell& cell : row) {
            cells.push_back(cell.text);
        }
    }
    return all;
}

std::string error_of(std::string_view text) {
    try {
        read(text);
    } catch (const net::import_error& e) {
        return e.what();
    }
    return "accepted";
}

// The cell of one row and one column, written and read again.
std::string there_and_back(const std::string& field) {
    constexpr std::array<net::csv_column, 1> one{{{"x"}}};
    const std::string text = "x\n" + net::csv_escape(field) + "\n";
    net::csv_reader reader(text, "f.csv", one);
    std::vector<net::csv_cell> row;
    BOOST_REQUIRE(reader.next(row));
    BOOST_REQUIRE(row.size() == 1u);
    const std::string read = row[0].text;
    BOOST_TEST(!reader.next(row));
    return read;
}

}  // namespace

BOOST_AUTO_TEST_CASE(line_ends_byte_order_mark_and_a_missing_last_line_end_make_no_difference) {
    const rows expected{{"1", "a", "k"}, {"2", "나", ""}};
    for (const std::string& text :
         {"code,name,kind\n1,a,k\n2,나,\n"s, "code,name,kind\n1,a,k\n2,나,"s,
          "code,name,kind\r\n1,a,k\r\n2,나,\r\n"s,
          "\xef\xbb\xbf"s + "code,name,kind\n1,a,k\n2,나,\n",
          "\"code\",\"name\",\"kind\"\n\"1\",\"a\",\"k\"\n\"2\",\"나\",\"\"\n"s}) {
        BOOST_TEST_CONTEXT(text) { BOOST_TEST((read(text) == expected)); }
    }
}

BOOST_AUTO_TEST_CASE(columns_come_in_the_order_asked_for_whatever_the_files) {
    BOOST_TEST((read("kind,name,code\nk,a,1\n") == rows{{"1", "a", "k"}}));
}

BOOST_AUTO_TEST_CASE(a_column_that_may_be_missing_is_empty) {
    BOOST_TEST((read("code,name\n1,a\n") == rows{{"1", "a", ""}}));
}

BOOST_AUTO_TEST_CASE(a_header_alone_has_no_rows) {
    BOOST_TEST(read("code,name").empty());
    BOOST_TEST(read("code,name\r\n").empty());
}

BOOST_AUTO_TEST_CASE(quotes_keep_commas_quotes_and_line_ends) {
    BOOST_TEST((read("code,name\n1,\"a,\"\"b\"\"\n\r\nc\"\n2,\"\"\n") ==
                rows{{"1", "a,\"b\"\n\r\nc", ""}, {"2", "", ""}}));
}

BOOST_AUTO_TEST_CASE(blanks_belong_to_the_cell) {
    BOOST_TEST((read("code,name\n 1 ,\ta\n") == rows{{" 1 ", "\ta", ""}}));
}

BOOST_AUTO_TEST_CASE(each_cell_knows_its_line_and_its_column_in_characters) {
    constexpr std::string_view text = "code,name\r\n가나,\"x\ny\"\r\n𝄞1,b";
    net::csv_reader reader(text, "f.csv", columns);
    std::vector<net::csv_cell> row;
    const auto at = [](std::uint32_t line, std::uint32_t column) {
        return net::text_position{line, column};
    };
    BOOST_REQUIRE(reader.next(row));
    BOOST_TEST((row[0].at == at(2, 1)));
    BOOST_TEST((row[1].at == at(2, 4)));
    BOOST_TEST((row[2].at == at(2, 1)));  // not in the file
    BOOST_REQUIRE(reader.next(row));
    BOOST_TEST((row[0].at == at(4, 1)));
    BOOST_TEST((row[1].at == at(4, 4)));
    BOOST_TEST(!reader.next(row));
}

BOOST_AUTO_TEST_CASE(what_can_be_misread_is_refused_at_its_place) {
    struct refused {
        std::string text;
        std::string begins;
    };
    for (const auto& [text, begins] : std::vector<refused>{
             {"", "f.csv:1:1: the file is empty"},
             {"\xef\xbb\xbf", "f.csv:1:1: the file is empty"},
             {"\ncode,name\n", "f.csv:1:1: unknown column: the columns"},
             {"code,name,colour\n", "f.csv:1:11: unknown column: the columns"},
             {"code,name,Kind\n", "f.csv:1:11: unknown column: the columns"},
             {"code, name\n", "f.csv:1:6: unknown column: the columns"},
             {"code,\"na\nme\"\n", "f.csv:1:6: unknown column: the columns"},
             {"code,name,code\n", "f.csv:1:11: column \"code\" stands twice"},
             {"code,kind\n", "f.csv:1:1: column \"name\" is missing"},
             {"code,name\n1\n", "f.csv:2:1: 1 cells where the header has 2"},
             {"code,name\n1,a\n2,b,c\n", "f.csv:3:5: 3 cells where the header has 2"},
             {"code,name\n1,a\n\n2,b\n", "f.csv:3:1: an empty line"},
             {"code,name\n1,a\n\n", "f.csv:3:1: an empty line"},
             {"code,name\n1,a\"b\n", "f.csv:2:4: a quote inside a cell"},
             {"code,name\n1, \"b\"\n", "f.csv:2:4: a quote inside a cell"},
             {"code,name\n1,\"b\"c\n", "f.csv:2:6: text after the closing quote"},
             {"code,name\n1,\"b\n2,c\n", "f.csv:2:3: this quote is never closed"},
             {"code,name\n1,\"", "f.csv:2:3: this quote is never closed"},
             {"code,name\r1,a\r", "f.csv:1:10: a carriage return without a line feed"},
             {"code,name\n1,\"a\rb\"\n", "f.csv:2:5: a carriage return without a line feed"},
             {"code,name\n1,a\r", "f.csv:2:4: a carriage return without a line feed"}}) {
        BOOST_TEST_CONTEXT(text) {
            const std::string error = error_of(text);
            BOOST_TEST(error.starts_with(begins), error);
            BOOST_TEST(error.find('\n') == std::string::npos);
        }
    }
}

BOOST_AUTO_TEST_CASE(bytes_that_are_not_utf_8_are_refused) {
    for (const std::string& bytes :
         {"\x80"s, "\xbf"s, "\xc0\x80"s, "\xc1\xbf"s, "\xc2"s, "\xc2\x41"s, "\xe0\x9f\xbf"s,
          "\xe1\x80"s, "\xed\xa0\x80"s, "\xed\xbf\xbf"s, "\xf0\x8f\xbf\xbf"s, "\xf4\x90\x80\x80"s,
          "\xf5\x80\x80\x80"s, "\xff"s, "\xb0\xa1"s}) {
        for (const std::string& text :
             {"code,name\n1,a" + bytes, "code,name\n1,a" + bytes + ",\n"}) {
            BOOST_TEST(error_of(text).starts_with("f.csv:2:4: not UTF-8"));
        }
        BOOST_TEST(
            error_of("code,name\n1,\"" + bytes + "\"\n").starts_with("f.csv:2:4: not UTF-8"));
    }
}

BOOST_AUTO_TEST_CASE(the_ends_of_each_length_of_utf_8_are_taken) {
    for (const std::string& bytes :
         {"\x01"s, "\x7f"s, "\xc2\x80"s, "\xdf\xbf"s, "\xe0\xa0\x80"s, "\xed\x9f\xbf"s,
          "\xee\x80\x80"s, "\xef\xbf\xbf"s, "\xf0\x90\x80\x80"s, "\xf4\x8f\xbf\xbf"s}) {
        BOOST_TEST(there_and_back(bytes) == bytes);
    }
}

BOOST_AUTO_TEST_CASE(only_what_needs_quotes_is_written_in_quotes) {
    BOOST_TEST(net::csv_escape("") == "");
    BOOST_TEST(net::csv_escape("서울1구 가온내과의원") == "서울1구 가온내과의원");
    BOOST_TEST(net::csv_escape("-token_=") == "-token_=");
    BOOST_TEST(net::csv_escape("a,b") == "\"a,b\"");
    BOOST_TEST(net::csv_escape("say \"b\"") == "\"say \"\"b\"\"\"");
    BOOST_TEST(net::csv_escape("a\nb") == "\"a\nb\"");
    BOOST_TEST(net::csv_escape("a\r\nb") == "\"a\r\nb\"");
}

BOOST_AUTO_TEST_CASE(what_was_written_is_read_again) {
    constexpr unsigned seed = 20'151'001;
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937 random(seed);
    constexpr std::array<std::string_view, 8> parts{",", "\"", "\n", "\r\n",
                                                    "a", "가", " ",  "\"\""};
    for (int round = 0; round < 2'000; ++round) {
        std::string field;
        for (auto n = random() % 12; n > 0; --n) {
            field += parts[random() % parts.size()];
        }
        if (field.empty()) {
            continue;  // a line of one empty cell may also be no line
        }
        const std::string read = there_and_back(field);
        BOOST_REQUIRE_MESSAGE(read == field, "wrote \"" << field << "\", read \"" << read << '"');
    }
}

BOOST_AUTO_TEST_SUITE_END()

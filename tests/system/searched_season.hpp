#pragma once

#include "tests/system/consoles.hpp"
#include "tests/system/html_form.hpp"
#include "tests/system/personal_search.hpp"
#include "tests/system/season.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace doseline::test {

// Somebody whose data nobody else has.
struct somebody {
    std::string digits;
    std::string name;
    std::string evidence;

    std::string hyphenated() const { return digits.substr(0, 6) + '-' + digits.substr(6); }
};

// The names of the first two fit the record, those of the others need an extension.
inline const std::vector<somebody> registered{
    {"5003170271828", "마루한별", ""},
    {"4110239314159", "Quixforth Zubelwyn", ""},
    {"3806120577215", "가온누리라온제나 해찬솔도담 너울가지", "진단서갈음 소견요약"},
    {"6604059161803", "Throckvance Wimblehurst Ozgrundel", "Letterhead Grimsvold"},
};
inline const somebody in_a_row{"4512250173205", "Vexlandra Hobquist", "Rowevidence Tamblewick"};
inline const somebody on_the_page{"2908190141421", "", "Pagedossier Crumhold"};
// Of somebody who is only ever where nobody's data belong.
inline const somebody misplaced{"3301110662607", "Brimwaldo", "Oddlyplaced"};

inline std::vector<searched_form> all_forms() {
    std::vector<searched_form> all;
    const auto add = [&](std::vector<searched_form> more) {
        all.insert(all.end(), more.begin(), more.end());
    };
    std::vector<somebody> people = registered;
    people.insert(people.end(), {in_a_row, on_the_page, misplaced});
    for (const somebody& s : people) {
        add(forms_of_number(s.digits));
        add(forms_of_words(s.name + ' ' + s.evidence));
    }
    return all;
}

// A served season through which they go, and the search of what it leaves.
struct searched_season {
    season s{3, 100};
    clinic_desk desk = s.desk(0);
    const std::vector<searched_form> forms = all_forms();

    void has_nobody(const std::string& what, std::string_view text) const {
        const std::string found = found_in(text, forms);
        BOOST_TEST(found == "", what << " has " << found);
    }
    void nobody_in_files() const {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(s.dir())) {
            const std::string name = std::filesystem::relative(entry.path(), s.dir()).string();
            if (entry.is_regular_file() && !name.starts_with("keys/")) {
                has_nobody(name, content_of(entry.path()));
            }
            has_nobody("a file's name", name);
        }
    }
    response submit(const html_form& form) {
        https_client line(s.ca(), s.server().clinic_port());
        return line.request("POST", form.action,
                            {{"Cookie", "__Host-doseline=" + s.clinics()[0].token},
                             {"Origin", "https://localhost"},
                             {"Content-Type", "application/x-www-form-urlencoded"}},
                            form.encoded());
    }
};

}  // namespace doseline::test

#include "net/texts.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(texts)

using namespace doseline;
using net::language;

namespace {

// Hangul syllables, U+AC00 to U+D7A3, begin with these bytes.
bool has_hangul(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) { return c >= '\xea' && c <= '\xed'; });
}

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

template <class Value>
void check_texts(const std::vector<Value>& all) {
    std::set<std::string_view> korean;
    std::set<std::string_view> english;
    for (const Value value : all) {
        const std::string_view ko = net::text_of(value, language::korean);
        const std::string_view en = net::text_of(value, language::english);
        BOOST_TEST(has_hangul(ko), ko);
        BOOST_TEST((is_ascii(en) && !en.empty()), en);
        BOOST_TEST(ko.ends_with('.'), ko);
        BOOST_TEST(en.ends_with('.'), en);
        korean.insert(ko);
        english.insert(en);
    }
    // Two that read the same would leave the reader guessing.
    BOOST_TEST(korean.size() == all.size());
    BOOST_TEST(english.size() == all.size());
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_problem_has_its_own_in_both_languages) {
    std::vector<core::errc> told;
    for (int n = 1; n < static_cast<int>(core::errc::bad_request); ++n) {
        told.push_back(static_cast<core::errc>(n));
    }
    told.push_back(core::errc::code_used);
    told.push_back(core::errc::expired);
    told.push_back(core::errc::not_on_hand);
    told.push_back(core::errc::not_in_suspense);
    told.push_back(core::errc::correct_instead);
    told.push_back(core::errc::nothing_changed);
    told.push_back(core::errc::reason_missing);
    told.push_back(core::errc::person_needed);
    told.push_back(core::errc::other_person);
    told.push_back(core::errc::person_stays);
    told.push_back(core::errc::after_recording);
    told.push_back(core::errc::claim_own);
    told.push_back(core::errc::claim_private);
    told.push_back(core::errc::claim_duplicate);
    told.push_back(core::errc::schedule_full);
    told.push_back(core::errc::day_forgotten);
    check_texts(told);
}

BOOST_AUTO_TEST_CASE(every_decision_has_its_own_in_both_languages) {
    using enum core::decision;
    check_texts<core::decision>({already_vaccinated, not_eligible_age, not_yet, closed_here,
                                 in_progress_elsewhere, eligible_exception, eligible});
}

BOOST_AUTO_TEST_CASE(what_never_leaves_the_machine_reads_as_something_all_the_same) {
    using enum core::errc;
    for (const core::errc e : {out_of_range, malformed, already_exists, limit_reached}) {
        BOOST_TEST(has_hangul(net::text_of(e, language::korean)));
        BOOST_TEST(!net::text_of(e, language::english).empty());
    }
}

BOOST_AUTO_TEST_CASE(the_language_is_the_first_of_the_two_that_is_named) {
    const std::vector<std::pair<std::string_view, language>> rows{
        {"", language::korean},
        {"*", language::korean},
        {"ko", language::korean},
        {"ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7", language::korean},
        {"fr", language::korean},
        {"en", language::english},
        {"EN", language::english},
        {"en-GB", language::english},
        {"en-US,en;q=0.9,ko;q=0.8", language::english},
        {"de-DE,de;q=0.9,en;q=0.5", language::english},
        {"de-DE,de;q=0.9,ko;q=0.5,en;q=0.4", language::korean},
    };
    for (const auto& [field, expected] : rows) {
        BOOST_TEST((net::language_of(field) == expected), field);
    }
}

BOOST_AUTO_TEST_SUITE_END()

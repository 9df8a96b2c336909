#include "tests/support/framing_forms.hpp"
#include "tests/support/served_demo.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(framing)

using namespace doseline;
using test::afterwards;
using test::framing_form;
using test::https_client;
using test::second_request;

namespace {

struct served {
    static test::served_demo& demo() {
        static test::served_demo one;
        return one;
    }
    https_client connect() const { return demo().clinic_client(); }
};

bool is_one_of(unsigned status, const std::vector<unsigned>& statuses) {
    return std::find(statuses.begin(), statuses.end(), status) != statuses.end();
}

// Whatever the form means to another program, exactly one answer may come to it.
void send_form(const served& server, const framing_form& form) {
    https_client client = server.connect();
    client.send(form.bytes + second_request);
    const test::response first = client.receive();
    BOOST_TEST(is_one_of(first.status, form.statuses), "answered " << first.status);
    if (form.connection == afterwards::closed) {
        BOOST_TEST(first.field("connection") == "close");
        BOOST_TEST(client.closed(), "the bytes behind it were answered");
        return;
    }
    BOOST_TEST(!first.has("connection"));
    BOOST_TEST(client.receive().status == 200u);
    client.send(second_request);
    BOOST_TEST(client.receive().status == 200u);
}

void send_forms(const served& server, const std::vector<framing_form>& forms) {
    for (const framing_form& form : forms) {
        BOOST_TEST_CONTEXT(form.name) { BOOST_CHECK_NO_THROW(send_form(server, form)); }
    }
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(every_transfer_coding_is_refused, served) {
    send_forms(*this, test::transfer_encoding_forms());
}

BOOST_FIXTURE_TEST_CASE(a_length_has_one_meaning, served) {
    send_forms(*this, test::content_length_forms());
}

BOOST_FIXTURE_TEST_CASE(host_and_target_name_this_server_and_a_path, served) {
    send_forms(*this, test::host_and_target_forms());
}

BOOST_FIXTURE_TEST_CASE(other_versions_expectations_and_upgrades_are_refused, served) {
    send_forms(*this, test::version_and_expectation_forms());
}

BOOST_FIXTURE_TEST_CASE(fields_are_written_as_the_standard_says, served) {
    send_forms(*this, test::field_syntax_forms());
}

BOOST_FIXTURE_TEST_CASE(what_leaves_no_doubt_is_served_and_kept, served) {
    send_forms(*this, test::accepted_forms());
}

BOOST_AUTO_TEST_SUITE_END()

#pragma once

#include "tests/system/consoles.hpp"
#include "tests/system/problems.hpp"
#include "tests/system/season.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace doseline::test {

inline constexpr const char* centre_code = "77000001";

struct account {
    std::int64_t on_hand = 0;
    std::int64_t in_transit = 0;
    std::int64_t suspense = 0;

    friend bool operator==(const account&, const account&) = default;
    friend std::ostream& operator<<(std::ostream& out, const account& a) {
        return out << a.on_hand << " on hand, " << a.in_transit << " in transit, " << a.suspense
                   << " in suspense";
    }
};

// A demo season with a health centre, and fifty doses of NEW-1 on their way to the first clinic.
struct stock_season {
    stock_season() {
        s.server().terminate();
        import("clinics", "code,name,region,kind\n" + std::string(centre_code) +
                              ",Centre,11010,health_centre\n");
        import("lots", "lot,product,programme,expires\nNEW-1,P1,demo,2999-12-31\n");
        import("shipments",
               "clinic,lot,quantity,funding\n" + s.clinics()[0].code + ",NEW-1,50,national\n");
        s.serve();
        first = std::make_unique<clinic_desk>(s.desk(0));
        second = std::make_unique<clinic_desk>(s.desk(1));
    }
    void import(const std::string& what, const std::string& text) {
        const auto file = s.dir().parent_path() / what;
        write_file(file, text);
        const run_result r = doseline({"import", s.dir().string(), what, file.string()});
        BOOST_REQUIRE_MESSAGE(r.exit_code == 0, r.err);
    }
    void serve_again() {
        s.server().terminate();
        s.serve();
        first = std::make_unique<clinic_desk>(s.desk(0));
        second = std::make_unique<clinic_desk>(s.desk(1));
    }
    clinic_desk centre() {
        const run_result r = doseline({"enroll", s.dir().string(), centre_code, "--token"});
        BOOST_REQUIRE_MESSAGE(r.exit_code == 0, r.err);
        demo_clinic c;
        c.code = centre_code;
        c.token = r.out.substr(0, r.out.find('\n'));
        return {s.dir(), s.server(), c};
    }

    static std::string body(std::string_view type, std::string_view lot, int quantity,
                            boost::json::object more = {}) {
        more["type"] = type;
        more["lot"] = lot;
        more["quantity"] = quantity;
        return boost::json::serialize(more);
    }
    static response send(clinic_desk& desk, const std::string& key, const std::string& body,
                         https_client::fields more = {}) {
        more.emplace_back("Idempotency-Key", key);
        return desk.post("/v1/stock/movements", body, std::move(more));
    }
    static boost::json::object move(clinic_desk& desk, const std::string& body) {
        const response r = send(desk, new_key(), body);
        BOOST_REQUIRE_MESSAGE(r.status == 201, r.head << r.body);
        BOOST_TEST(!r.has("replayed"));
        return parsed(r);
    }
    static account stock(clinic_desk& desk, const std::string& lot) {
        account sum;
        const auto answer = desk.get_json("/v1/stock");
        for (const auto& value : answer.at("accounts").as_array()) {
            const auto& a = value.as_object();
            if (text_of(a, "lot") == lot) {
                sum.on_hand += number_of(a, "on_hand");
                sum.in_transit += number_of(a, "in_transit");
                sum.suspense += number_of(a, "suspense");
            }
        }
        return sum;
    }
    // In both languages, and nothing has happened.
    void is_refused(clinic_desk& desk, const std::string& body, unsigned status,
                    const std::string& code, const std::string& field) {
        BOOST_TEST_CONTEXT(body) {
            check_problem(send(desk, new_key(), body), {status, code, field, std::nullopt}, false);
            check_problem(send(desk, new_key(), body, {{"Accept-Language", "en"}}),
                          {status, code, field, std::nullopt}, true);
        }
    }
    std::vector<std::string> shot(clinic_desk& desk, unsigned person, const std::string& lot) {
        const response r =
            desk.register_dose(new_key(), person_body(synthetic_person(person), {{"lot", lot}}));
        BOOST_REQUIRE_MESSAGE(r.status == 201, r.head << r.body);
        last_shot = "/v1/registrations/" + text_of(parsed(r), "id");
        return texts_of(parsed(r), "flags");
    }
    void no_drift() {
        const auto proof = s.operators().fresh_proof();
        BOOST_TEST(number_of(proof, "drift") == 0, proof);
    }

    season s{3, 100};
    std::unique_ptr<clinic_desk> first;
    std::unique_ptr<clinic_desk> second;
    std::string last_shot;
};

}  // namespace doseline::test

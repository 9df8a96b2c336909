#pragma once

#include "tests/system/consoles.hpp"
#include "tests/system/season.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <vector>

namespace doseline::test {

// Of one region a health centre and two clinics, of another a health centre; doses of DEMO-A and
// DEMO-B at the first clinic.
struct served_region {
    static constexpr std::string_view centre_code = "77000001";
    static constexpr std::string_view clinic_code = "77000002";
    static constexpr std::string_view other_clinic_code = "77000003";
    static constexpr std::string_view far_centre_code = "77000004";

    served_region() {
        s.server().terminate();
        import("clinics",
               "code,name,region,kind\n77000001,Centre,11010,health_centre\n"
               "77000002,Clinic,11010,clinic\n77000003,Other,11010,clinic\n"
               "77000004,Far,11020,health_centre\n");
        import("shipments",
               "clinic,lot,quantity,funding\n77000002,DEMO-A,50,national\n"
               "77000002,DEMO-B,50,national\n");
        serve();
        for (const char* lot : {"DEMO-A", "DEMO-B"}) {
            const response r =
                clinic->post("/v1/stock/movements",
                             boost::json::serialize(boost::json::object{
                                 {"type", "confirm"}, {"lot", lot}, {"quantity", 50}}),
                             {{"Idempotency-Key", new_key()}});
            BOOST_REQUIRE_MESSAGE(r.status == 201, r.head << r.body);
        }
    }
    // After it ended.
    void serve() {
        s.serve();
        centre = desk_of(centre_code);
        clinic = desk_of(clinic_code);
        other = desk_of(other_clinic_code);
        far_centre = desk_of(far_centre_code);
    }
    void import(const std::string& what, const std::string& text) {
        const auto file = s.dir().parent_path() / what;
        write_file(file, text);
        const run_result r = doseline({"import", s.dir().string(), what, file.string()});
        BOOST_REQUIRE_MESSAGE(r.exit_code == 0, r.err);
    }
    std::unique_ptr<clinic_desk> desk_of(std::string_view code) {
        const run_result r = doseline({"enroll", s.dir().string(), std::string(code), "--token"});
        BOOST_REQUIRE_MESSAGE(r.exit_code == 0, r.err);
        demo_clinic c;
        c.code = code;
        c.token = r.out.substr(0, r.out.find('\n'));
        return std::make_unique<clinic_desk>(s.dir(), s.server(), c);
    }
    std::string shot(unsigned person) {
        const response r = clinic->register_dose(
            new_key(), person_body(synthetic_person(person), {{"lot", "DEMO-A"}}));
        BOOST_REQUIRE_MESSAGE(r.status == 201, r.head << r.body);
        return r.field("location");
    }
    static response change(clinic_desk& desk, const std::string& where, std::string_view what,
                           std::string_view tag, const boost::json::object& body) {
        return desk.post(where + std::string(what), boost::json::serialize(body),
                         https_client::fields{{"If-Match", std::string(tag)}});
    }
    static std::int64_t on_hand(clinic_desk& desk, const std::string& query, std::string_view lot) {
        const auto stock = desk.get_json("/v1/stock" + query);
        for (const auto& account : stock.at("accounts").as_array()) {
            if (text_of(account.as_object(), "lot") == lot) {
                return number_of(account.as_object(), "on_hand");
            }
        }
        return -1;
    }

    season s{2, 100};
    std::unique_ptr<clinic_desk> centre;
    std::unique_ptr<clinic_desk> clinic;
    std::unique_ptr<clinic_desk> other;
    std::unique_ptr<clinic_desk> far_centre;
    const std::string query = "?clinic=" + std::string(clinic_code);
};

}  // namespace doseline::test

#include "net/demo_season.hpp"

#include <array>
#include <stdexcept>
#include <string>

namespace doseline::net {

namespace {

using std::chrono::days;

constexpr std::uint32_t health_centre_every = 20;

struct province {
    std::uint32_t code;  // the first two digits of its regions
    std::string_view name;
};

constexpr std::array<province, 17> provinces{{{11, "서울"},
                                              {26, "부산"},
                                              {27, "대구"},
                                              {28, "인천"},
                                              {29, "광주"},
                                              {30, "대전"},
                                              {31, "울산"},
                                              {36, "세종"},
                                              {41, "경기"},
                                              {42, "강원"},
                                              {43, "충북"},
                                              {44, "충남"},
                                              {45, "전북"},
                                              {46, "전남"},
                                              {47, "경북"},
                                              {48, "경남"},
                                              {50, "제주"}}};
constexpr std::uint32_t districts_per_province = 15;
static_assert(provinces.size() * districts_per_province <= core::limits::regions_max);

constexpr std::array<std::string_view, 16> given_names{
    "가온", "누리", "다솜", "라온", "마루", "바른", "새봄", "아람",
    "이음", "하늘", "한빛", "푸른", "늘봄", "예손", "참솔", "해든"};
constexpr std::array<std::string_view, 5> clinic_kinds{
    "내과의원", "이비인후과의원", "가정의학과의원", "소아청소년과의원", "의원"};

// splitmix64: the standard library's distributions differ from one library to the next.
class random_source {
public:
    explicit random_source(std::uint64_t seed) noexcept : state_(seed) {}

    // 0 to bound - 1. The bias is of no account for bounds as small as here.
    std::uint32_t below(std::size_t bound) noexcept {
        std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return static_cast<std::uint32_t>((z ^ (z >> 31)) % bound);
    }

private:
    std::uint64_t state_;
};

core::phase births(int from_year, int to_year, core::civil_day opens, core::civil_day closes) {
    core::phase p;
    p.birth_from = std::chrono::year(from_year) / 1 / 1;
    p.birth_to = std::chrono::year(to_year) / 12 / 31;
    p.opens = opens;
    p.closes = closes;
    return p;
}

core::programme programme_of(std::string_view code, std::string_view name, core::civil_day today) {
    core::programme p;
    p.code = code;
    p.name = name;
    p.starts = today - days{7};
    p.ends = today + days{180};
    return p;
}

core::programme main_programme(core::civil_day today) {
    core::programme p = programme_of(demo_programme, "시연용 인플루엔자 예방접종", today);
    p.priority = 10;
    p.phases = {births(1800, 1869, p.starts, p.ends), births(1870, 1879, today + days{7}, p.ends)};
    const core::phase excepted = births(1870, 1889, p.starts, p.ends);
    // What the doctor sees, or the address says, needs no paper; who lives in a home brings one.
    p.exceptions = {{"UNDERLYING_DISEASE", excepted, false},
                    {"MEDICALLY_UNDERSERVED_AREA", excepted, false},
                    {"WELFARE_FACILITY_RESIDENT", excepted, true}};
    return p;
}

core::programme local_programme(core::civil_day today) {
    core::programme p = programme_of(demo_local_programme, "시연용 보건소 예방접종", today);
    p.phases = {births(1800, 1889, p.starts, p.ends)};
    p.phases[0].funding = core::funding::local;
    p.phases[0].facilities = 1u << static_cast<unsigned>(core::facility_kind::health_centre);
    return p;
}

core::programme two_dose_programme(core::civil_day today) {
    core::programme p = programme_of(demo_two_dose_programme, "시연용 2회 예방접종", today);
    p.schedule = {2, 28};
    p.phases = {births(1800, 1889, p.starts, p.ends)};
    return p;
}

core::register_lot lot_of(std::string_view lot, core::civil_day expires) {
    return {std::string(demo_programme), core::lot_text(lot), core::product_text(demo_product),
            expires, false};
}

core::register_clinic clinic_of(std::uint32_t n, core::civil_day today, random_source& random) {
    const province& in = provinces[random.below(provinces.size())];
    const std::uint32_t district = 1 + random.below(districts_per_province);
    const std::string place = std::string(in.name) + std::to_string(district) + "구";
    const std::string_view given = given_names[random.below(given_names.size())];
    const std::string_view kind = clinic_kinds[random.below(clinic_kinds.size())];

    core::register_clinic c;
    c.code = demo_clinic_code_first + n;
    c.region = in.code * 1'000 + district * 10;
    const bool is_centre = (n + 1) % health_centre_every == 0;
    c.kind = is_centre ? core::facility_kind::health_centre : core::facility_kind::clinic;
    c.name = is_centre ? place + "보건소" : place + ' ' + std::string(given) + std::string(kind);
    c.contract_from = today - days{365};
    c.contract_to = today + days{730};
    return c;
}

// What the clinic has on hand, over its lots as evenly as whole doses go.
void ship(const core::register_clinic& clinic, std::int32_t doses,
          std::vector<core::command>& into) {
    const bool is_centre = clinic.kind == core::facility_kind::health_centre;
    const std::int32_t lots = is_centre ? 3 : 2;
    constexpr std::array<std::string_view, 3> names{demo_lot_first, demo_lot_second,
                                                    demo_lot_local};
    for (std::int32_t n = 0; n < lots; ++n) {
        core::ship_doses s;
        s.clinic_code = clinic.code;
        s.lot = core::lot_text(names[static_cast<std::size_t>(n)]);
        s.product = core::product_text(demo_product);
        s.funding = n == 2 ? core::funding::local : core::funding::national;
        s.quantity = doses / lots + (n < doses % lots ? 1 : 0);
        s.received = true;
        if (s.quantity > 0) {
            into.emplace_back(s);
        }
    }
}

void check(const demo_options& options) {
    using namespace core::limits;
    if (options.clinics < 1 || options.clinics > clinics_max) {
        throw std::invalid_argument("the number of clinics must be from 1 to " +
                                    std::to_string(clinics_max));
    }
    if (options.doses_per_clinic < 1 || options.doses_per_clinic > shipment_doses_max) {
        throw std::invalid_argument("the doses per clinic must be from 1 to " +
                                    std::to_string(shipment_doses_max));
    }
}

}  // namespace

std::vector<core::command> demo_season(const demo_options& options) {
    check(options);
    const core::civil_day today = options.today;
    std::vector<core::command> commands;
    commands.reserve(8 + options.clinics * std::size_t{3} + options.clinics / health_centre_every);
    for (const core::programme& p :
         std::array{main_programme(today), local_programme(today), two_dose_programme(today)}) {
        commands.emplace_back(core::define_programme{std::make_shared<const core::programme>(p)});
    }
    commands.emplace_back(lot_of(demo_lot_first, today + days{120}));
    commands.emplace_back(lot_of(demo_lot_second, today + days{240}));
    commands.emplace_back(lot_of(demo_lot_local, today + days{300}));
    commands.emplace_back(lot_of(demo_lot_expired, today - days{1}));
    core::register_lot recalled = lot_of(demo_lot_recalled, today + days{120});
    recalled.recalled = true;
    commands.emplace_back(std::move(recalled));

    random_source random(options.seed);
    for (std::uint32_t n = 0; n < options.clinics; ++n) {
        const core::register_clinic clinic = clinic_of(n, today, random);
        commands.emplace_back(clinic);
        ship(clinic, options.doses_per_clinic, commands);
    }
    return commands;
}

}  // namespace doseline::net

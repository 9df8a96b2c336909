#include "core/carry_forward.hpp"

#include <algorithm>
#include <utility>

namespace doseline::core {

static_assert(limits::programmes_max <= 16, "a bit each in book_opened::settled");

namespace {

constexpr bool is_in(std::uint16_t set, programme_number n) noexcept {
    return (set >> n & 1u) != 0;
}

// Goes through all that is carried, linking the events of each clinic to its last one so far.
class carrier {
public:
    carrier(const registry& from, const opening& o, const carried_along& along,
            std::uint16_t settled, const std::function<void(const event&)>& visit)
        : from_(from), opening_(o), along_(along), settled_(settled), visit_(visit),
          next_(o.next + 1) {
        last_of_clinic_.reserve(from.clinics().size());
        for (const clinic_state& c : from.clinics()) {
            last_of_clinic_.push_back(c.last_event);
        }
    }

    void run() {
        programmes();
        clinics();
        lots();
        accounts();
        codes();
        revoked();
        persons();
        keys();
    }

private:
    void give(const event& e) {
        visit_(e);
        ++next_;
    }
    event_header header() const noexcept { return {opening_.at, 0}; }
    event_header header(clinic_number clinic) noexcept {
        return {opening_.at, std::exchange(last_of_clinic_[clinic], next_)};
    }

    void programmes() {
        for (std::size_t n = 0; n < from_.programmes().size(); ++n) {
            give(programme_defined{header(), static_cast<programme_number>(n),
                                   from_.programmes()[n]});
        }
    }

    void clinics() {
        for (std::size_t i = 0; i < from_.clinics().size(); ++i) {
            const auto n = static_cast<clinic_number>(i);
            const clinic_state& c = from_.clinics()[n];
            give(clinic_registered{header(n), n, c.code, c.region, c.kind, c.contract_from,
                                   c.contract_to, std::string(along_.clinic_name(n))});
        }
    }

    void lots() {
        for (std::size_t n = 1; n < from_.lots().size(); ++n) {
            const lot_state& l = from_.lots()[n];
            give(lot_registered{header(), static_cast<lot_number>(n), l.programme, l.lot, l.product,
                                l.expires, l.recalled, l.verified});
        }
    }

    void accounts() {
        for (std::size_t i = 0; i < from_.clinics().size(); ++i) {
            const auto n = static_cast<clinic_number>(i);
            for (const account& a : from_.clinics()[n].accounts) {
                if (a.on_hand != 0 || a.in_transit != 0 || a.suspense != 0) {
                    give(stock_carried{header(n),
                                       {n, a.programme, a.lot, a.funding},
                                       a.on_hand,
                                       a.in_transit,
                                       a.suspense,
                                       a.last_entry_at});
                }
            }
        }
    }

    void codes() {
        std::vector<std::pair<std::uint64_t, used_code>> live;
        for (const auto& [id, code] : from_.codes_used()) {
            if (code.expires >= opening_.at) {
                live.emplace_back(id, code);
            }
        }
        std::ranges::sort(live, {}, [](const auto& code) { return code.first; });
        for (const auto& [id, code] : live) {
            give(device_enrolled{header(code.clinic), code.clinic, code.device, id, code.expires});
        }
    }

    void revoked() {
        from_.revoked().for_each([&](clinic_number n, std::uint32_t device, instant until) {
            give(access_revoked{header(n), n, device, until});
        });
    }

    void persons() {
        for (std::size_t i = 0; i < from_.persons().size(); ++i) {
            const person_record& p = from_.persons()[i];
            if (!is_in(settled_, p.programme)) {
                give(person_carried{header(), p.person, p.programme, p.last_event, p.last_clinic,
                                    civil_day{std::chrono::days{p.last_day}}, p.doses,
                                    along_.payable_doses(p)});
            }
        }
    }

    void keys() {
        from_.keys().for_each([&](const key_hash& key, sequence named) {
            if (named >= opening_.keys_from) {
                give(key_carried{header(), key, named});
            }
        });
    }

    const registry& from_;
    const opening& opening_;
    const carried_along& along_;
    const std::uint16_t settled_;
    const std::function<void(const event&)>& visit_;
    sequence next_;
    std::vector<sequence> last_of_clinic_;
};

}  // namespace

std::uint16_t settled_programmes(const programme_list& programmes, std::uint16_t already,
                                 instant at) noexcept {
    std::uint16_t settled = already;
    for (std::size_t n = 0; n < programmes.size(); ++n) {
        const programme& p = *programmes[n];
        if (p.ends + limits::settled_after < day_at(at, p.offset)) {
            settled = static_cast<std::uint16_t>(settled | 1u << n);
        }
    }
    return settled;
}

void carry_forward(const registry& from, const opening& o, const carried_along& along,
                   const std::function<void(const event&)>& visit) {
    const std::uint16_t settled = settled_programmes(from.programmes(), from.book().settled, o.at);
    std::uint64_t events = 0;
    carrier(from, o, along, settled, [&](const event&) { ++events; }).run();
    visit(book_opened{{o.at, 0}, o.book, o.year, settled, events});
    carrier(from, o, along, settled, visit).run();
}

}  // namespace doseline::core

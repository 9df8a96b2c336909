#include "loadtest/paper_forms.hpp"

#include "loadtest/synthetic_person.hpp"

#include <utility>

namespace doseline::loadtest {

paper_forms::paper_forms(const night_plan& plan, std::uint32_t thread,
                         const std::vector<clinic>& clinics, ack_writer& acks)
    : plan_(plan), thread_(thread), clinics_(clinics), acks_(acks) {
    for (std::uint32_t place = thread; place < plan.clinics; place += plan.threads) {
        forms_.resize(forms_.size() + plan.forms_each);
    }
}

// Of the form's clinic among the night's.
std::uint64_t paper_forms::place_of(std::uint32_t form) const noexcept {
    return thread_ + form / plan_.forms_each * std::uint64_t{plan_.threads};
}

std::uint32_t paper_forms::clinic_of(std::uint32_t form) const noexcept {
    return static_cast<std::uint32_t>(place_of(form) % clinics_.size());
}

shot paper_forms::read(std::uint32_t form) const {
    const std::uint64_t n = place_of(form) * plan_.forms_each + form % plan_.forms_each;
    return {synthetic_person_at(plan_.seed, n), idempotency_key(plan_.seed, n),
            time_on_paper(plan_.written_before, plan_.seed ^ n)};
}

bool paper_forms::answered(std::uint32_t form, bool created, acknowledgement given, bool on_file) {
    state& f = forms_[form];
    if (f.given.seq != 0) {
        const bool same = f.given == given && !(created && f.created);
        (same ? known : unlike).add();
        f.created = f.created || created;
        return true;
    }
    if (!on_file) {
        const std::uint32_t at = clinic_of(form);
        shot s = read(form);
        if (!acks_.append({at, clinics_[at].code, std::move(s.key), s.person, given,
                           std::move(s.occurred_at)})) {
            return false;
        }
    }
    f.given = std::move(given);
    f.created = created;
    acknowledged.add();
    return true;
}

std::vector<doubt> paper_forms::in_doubt() const {
    std::vector<doubt> all;
    for (std::uint32_t form = 0; form < forms_.size(); ++form) {
        if (forms_[form].sent && forms_[form].given.seq == 0) {
            shot s = read(form);
            all.push_back({clinic_of(form), s.person, std::move(s.key), std::move(s.occurred_at)});
        }
    }
    return all;
}

}  // namespace doseline::loadtest

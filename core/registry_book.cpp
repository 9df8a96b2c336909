#include "core/registry.hpp"

// How a book begins: carry_forward.hpp says with what. And what was before the first.
namespace doseline::core {

void registry::apply_to(const book_opened& e, sequence seq) {
    book_ = {e.book, e.year, e.settled, false, seq};
}

void registry::apply_to(const stock_carried& e, sequence seq) {
    for (const posting& p : postings_of(e)) {
        if (p.quantity != 0) {
            post(e.of, e.of, p, e.last_entry_at);
        }
    }
    touch(e.of.clinic, seq);
}

void registry::apply_to(const person_carried& e, sequence seq) {
    person_record& p = persons_.at(e.person, e.programme);
    p.last_event = e.last_event == 0 ? seq : e.last_event;
    p.last_clinic = e.last_clinic;
    p.last_day = static_cast<std::int32_t>(e.last_day.time_since_epoch().count());
    p.doses = e.doses;
}

}  // namespace doseline::core

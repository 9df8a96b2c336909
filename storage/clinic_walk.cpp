#include "storage/clinic_walk.hpp"

#include "storage/stored_event.hpp"

namespace doseline::storage {

bool walk_back(ledger_reader& from, const core::page_wanted& wanted,
               const std::function<bool(core::sequence, const core::event&)>& visit,
               const std::function<void()>& give_way) {
    std::vector<std::byte> record;
    std::size_t read = 0;
    for (core::sequence seq = wanted.head; seq != 0; ++read) {
        if (read == core::limits::clinic_events_max) {
            return false;
        }
        if (read != 0 && read % core::limits::list_step_records == 0) {
            give_way();
        }
        const core::event event = read_named_event(from, seq, record);
        const core::instant latest =
            core::header_of(event).recorded_at + core::limits::occurred_ahead_max;
        if (wanted.day && core::day_at(latest, wanted.zone) < *wanted.day) {
            break;  // what is older was recorded before that day had come
        }
        if (!visit(seq, event)) {
            break;
        }
        seq = core::previous_of_clinic(event, wanted.clinic);
    }
    return true;
}

}  // namespace doseline::storage

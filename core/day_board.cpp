#include "core/day_board.hpp"

#include <limits>

namespace doseline::core {

namespace {

constexpr std::size_t segment_words = 1'024;
constexpr std::size_t segments_max = (limits::clinics_max + segment_words - 1) / segment_words;
constexpr std::int64_t no_day = std::numeric_limits<std::int64_t>::min();

std::int64_t number_of(civil_day day) noexcept { return day.time_since_epoch().count(); }

// One of the sums: its part was so much, and is so much now. We alone write.
void change(std::atomic<std::uint64_t>& sum, std::uint64_t before, std::uint64_t after) noexcept {
    sum.store(sum.load(std::memory_order_relaxed) + after - before, std::memory_order_release);
}

}  // namespace

// Segments are made when the first of their clinics has something, and used again by later days.
//
// day is stored before any word or sum of another day and behind all of them, each with release. A
// reader that met what belongs to another day with acquire also sees that day is not what it was,
// and has read nothing.
struct day_board::slot {
    using words = std::array<std::atomic<std::uint64_t>, segment_words>;

    std::atomic<std::int64_t> day{no_day};
    std::array<std::atomic<words*>, segments_max> segments{};
    std::array<std::unique_ptr<words>, segments_max> owned;  // the writer's
    std::array<std::atomic<std::uint64_t>, limits::regions_max> unsent{};
    std::atomic<std::uint64_t> begun{0};
    std::atomic<std::uint64_t> closed{0};
};

day_board::day_board() : slots_(std::make_unique<slot[]>(limits::days_kept)) {}

day_board::~day_board() = default;

clinic_day day_board::read(clinic_number n, civil_day day) const noexcept {
    const slot& s = slots_[day_slot(day)];
    if (s.day.load(std::memory_order_acquire) != number_of(day)) {
        return {};
    }
    const slot::words* segment = s.segments[n / segment_words].load(std::memory_order_acquire);
    if (segment == nullptr) {
        return {};
    }
    const std::uint64_t word = (*segment)[n % segment_words].load(std::memory_order_acquire);
    // relaxed: the acquire load above orders it behind itself.
    return s.day.load(std::memory_order_relaxed) == number_of(day) ? unpacked(word) : clinic_day{};
}

std::uint64_t day_board::unsent_of_region(std::uint32_t region_index,
                                          civil_day day) const noexcept {
    const slot& s = slots_[day_slot(day)];
    if (s.day.load(std::memory_order_acquire) != number_of(day)) {
        return 0;
    }
    const std::uint64_t rows = s.unsent[region_index].load(std::memory_order_acquire);
    return s.day.load(std::memory_order_relaxed) == number_of(day) ? rows : 0;  // as above
}

day_ends day_board::ends(civil_day day) const noexcept {
    const slot& s = slots_[day_slot(day)];
    if (s.day.load(std::memory_order_acquire) != number_of(day)) {
        return {};
    }
    const std::uint64_t closed = s.closed.load(std::memory_order_acquire);
    const std::uint64_t begun = s.begun.load(std::memory_order_acquire);
    return s.day.load(std::memory_order_relaxed) == number_of(day) ? day_ends{begun, closed}
                                                                   : day_ends{};  // as above
}

void day_board::turn(slot& s, civil_day day) noexcept {
    s.day.store(no_day, std::memory_order_relaxed);  // the release stores below come behind it
    for (const auto& segment : s.owned) {
        if (segment != nullptr) {
            for (auto& word : *segment) {
                word.store(0, std::memory_order_release);
            }
        }
    }
    for (auto& rows : s.unsent) {
        rows.store(0, std::memory_order_release);
    }
    s.begun.store(0, std::memory_order_release);
    s.closed.store(0, std::memory_order_release);
    s.day.store(number_of(day), std::memory_order_release);
}

void day_board::put(clinic_number n, std::uint32_t region_index, civil_day day,
                    const clinic_day& what) {
    slot& s = slots_[day_slot(day)];
    if (s.day.load(std::memory_order_relaxed) != number_of(day)) {  // we alone write
        turn(s, day);
    }
    auto& segment = s.owned[n / segment_words];
    if (segment == nullptr) {
        segment = std::make_unique<slot::words>();
        s.segments[n / segment_words].store(segment.get(), std::memory_order_release);
    }
    auto& word = (*segment)[n % segment_words];
    const clinic_day before = unpacked(word.load(std::memory_order_relaxed));
    word.store(packed(what), std::memory_order_release);
    change(s.unsent[region_index], before.left(), what.left());
    change(s.begun, state_of(before) != day_state::none, state_of(what) != day_state::none);
    change(s.closed, state_of(before) == day_state::closed, state_of(what) == day_state::closed);
}

}  // namespace doseline::core

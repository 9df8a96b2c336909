#include "core/published.hpp"

#include <bit>

namespace doseline::core {

namespace {

// A row as words, so that every byte that two threads meet on is an atomic.
constexpr std::size_t row_words = 4;

std::uint64_t pair(std::uint32_t high, std::int32_t low) noexcept {
    return std::uint64_t{high} << 32 | std::bit_cast<std::uint32_t>(low);
}

std::array<std::uint64_t, row_words> to_words(const stock_row& r) noexcept {
    return {pair(r.lot, static_cast<std::int32_t>(r.funding)),
            pair(std::bit_cast<std::uint32_t>(r.on_hand), r.in_transit), pair(0, r.suspense),
            std::bit_cast<std::uint64_t>(std::int64_t{r.last_entry_at.time_since_epoch().count()})};
}

std::int32_t high_of(std::uint64_t word) noexcept {
    return std::bit_cast<std::int32_t>(static_cast<std::uint32_t>(word >> 32));
}
std::int32_t low_of(std::uint64_t word) noexcept {
    return std::bit_cast<std::int32_t>(static_cast<std::uint32_t>(word));
}

stock_row from_words(const std::array<std::uint64_t, row_words>& w) noexcept {
    stock_row r;
    r.lot = std::bit_cast<std::uint32_t>(high_of(w[0]));
    r.funding = static_cast<funding>(low_of(w[0]));
    r.on_hand = high_of(w[1]);
    r.in_transit = low_of(w[1]);
    r.suspense = low_of(w[2]);
    r.last_entry_at = instant{std::chrono::milliseconds{std::bit_cast<std::int64_t>(w[3])}};
    return r;
}

std::int64_t nanoseconds_of(std::chrono::steady_clock::time_point t) noexcept {
    return std::chrono::nanoseconds{t.time_since_epoch()}.count();
}

constexpr std::uint64_t spread(std::uint32_t code) noexcept {
    return (std::uint64_t{code} * 0x9e3779b97f4a7c15ull) >> 43;  // 21 bits: the directory's slots
}

}  // namespace

std::string_view name_of(mode m) noexcept {
    switch (m) {
        case mode::normal: return "normal";
        case mode::register_only: return "register-only";
        case mode::read_only: return "read-only";
    }
    return "";
}

// A seqlock without fences. The writer makes version odd, stores the words with release, makes
// version even with release. A reader that met a new word with acquire also sees the odd version
// that was stored before it, so its second look at version tells it to try again.
struct published::stock_slot {
    std::atomic<std::uint32_t> version{0};
    std::atomic<std::uint32_t> rows{0};
    std::atomic<sequence> seq{0};
    std::atomic<std::atomic<std::uint64_t>*> words{nullptr};
    std::uint32_t capacity = 0;  // rows; the writer's
    std::unique_ptr<std::atomic<std::uint64_t>[]> owned;
};

// A seqlock as above, of a fixed number of words.
struct published::tally_slot {
    static constexpr std::size_t words_used = 3 + 12;

    std::atomic<std::uint32_t> version{0};
    std::atomic<sequence> seq{0};
    std::array<std::atomic<std::uint64_t>, words_used> words{};
};

published::published()
    : directory_(std::make_unique<std::atomic<std::uint64_t>[]>(directory_slots)),
      recalled_(std::make_unique<std::atomic<bool>[]>(limits::lots_max)) {
    programme_lists_.push_back(std::make_unique<const programme_list>());
    programmes_.store(programme_lists_.back().get(), std::memory_order_release);
    lots_.push_back();  // lot 0: no lot
    for (auto& newest : newest_in_region_) {
        newest.store(no_clinic, std::memory_order_relaxed);  // nobody reads yet
    }
}

published::~published() = default;

std::optional<clinic_number> published::find_clinic(std::uint32_t code) const noexcept {
    for (std::size_t i = spread(code);; i = (i + 1) % directory_slots) {
        // acquire: pairs with publish_clinic, so that the card is seen whole.
        const std::uint64_t slot = directory_[i].load(std::memory_order_acquire);
        if (slot == 0) {
            return std::nullopt;
        }
        if (slot >> 32 == code) {
            return static_cast<clinic_number>(slot & 0xffffffff) - 1;
        }
    }
}

sequence published::read_stock(clinic_number n, std::vector<stock_row>& into) const {
    const stock_slot& slot = stock_[n];
    for (;;) {
        const std::uint32_t before = slot.version.load(std::memory_order_acquire);
        if (before % 2 != 0) {
            continue;  // the committer is writing a few words: it will not be long
        }
        const sequence seq = slot.seq.load(std::memory_order_acquire);
        const std::uint32_t rows = slot.rows.load(std::memory_order_acquire);
        const std::atomic<std::uint64_t>* words = slot.words.load(std::memory_order_acquire);
        into.clear();
        if (slot.version.load(std::memory_order_relaxed) != before) {
            continue;  // rows and words might not belong together
        }
        for (std::uint32_t r = 0; r < rows; ++r) {
            std::array<std::uint64_t, row_words> w;
            for (std::size_t i = 0; i < row_words; ++i) {
                w[i] = words[r * row_words + i].load(std::memory_order_acquire);
            }
            into.push_back(from_words(w));
        }
        // relaxed: the acquire loads above order it behind themselves.
        if (slot.version.load(std::memory_order_relaxed) == before) {
            return seq;
        }
    }
}

sequence published::read_tally(clinic_number n, clinic_tally& into) const {
    const tally_slot& slot = tallies_[n];
    for (;;) {
        const std::uint32_t before = slot.version.load(std::memory_order_acquire);
        const sequence seq = slot.seq.load(std::memory_order_acquire);
        std::array<std::uint64_t, tally_slot::words_used> w;
        for (std::size_t i = 0; i < w.size(); ++i) {
            w[i] = slot.words[i].load(std::memory_order_acquire);
        }
        // relaxed: the acquire loads above order it behind themselves.
        if (before % 2 != 0 || slot.version.load(std::memory_order_relaxed) != before) {
            continue;
        }
        into.doses = w[0];
        into.remaining = std::bit_cast<std::int64_t>(w[1]);
        into.day = civil_day{std::chrono::days{std::bit_cast<std::int64_t>(w[2])}};
        for (std::size_t hour = 0; hour < into.by_hour.size(); ++hour) {
            into.by_hour[hour] = static_cast<std::uint32_t>(w[3 + hour / 2] >> 32 * (hour % 2));
        }
        return seq;
    }
}

instant published::as_of() const noexcept {
    return instant{std::chrono::milliseconds{as_of_ms_.load(std::memory_order_acquire)}};
}

bool published::commit_stalled(std::chrono::steady_clock::time_point now) const noexcept {
    // relaxed: a figure that is compared with a clock, orders nothing.
    const std::int64_t began = commit_began_ns_.load(std::memory_order_relaxed);
    return began != 0 && nanoseconds_of(now) - began >
                             std::chrono::nanoseconds{limits::commit_stalled_after}.count();
}

mode published::mode_at(std::chrono::steady_clock::time_point now) const noexcept {
    return short_of() != shortage::none || commit_stalled(now) ? mode::read_only : operator_mode();
}

void published::publish_clinic(clinic_card card) {
    const std::uint32_t code = card.code;
    std::atomic<clinic_number>& newest = newest_in_region_[card.region_index];
    const clinic_number number = card.number;
    card.older_in_region = newest.load(std::memory_order_relaxed);  // we alone write
    stock_.push_back();
    tallies_.push_back();
    cards_.push_back([&](clinic_card& c) { c = std::move(card); });
    std::size_t i = spread(code);
    while (directory_[i].load(std::memory_order_relaxed) != 0) {  // we alone write
        i = (i + 1) % directory_slots;
    }
    // release: who finds the code sees the card and the stock slot.
    directory_[i].store(std::uint64_t{code} << 32 | cards_.size(), std::memory_order_release);
    newest.store(number, std::memory_order_release);
}

void published::publish_lot(lot_card card) {
    lots_.push_back([&](lot_card& c) { c = card; });
}

void published::publish_programme(programme_number n, std::shared_ptr<const programme> p) {
    auto list = std::make_unique<programme_list>(*programme_lists_.back());
    if (n >= list->size()) {
        list->resize(n + std::size_t{1});
    }
    (*list)[n] = std::move(p);
    programme_lists_.push_back(std::move(list));
    // release: pairs with programmes(); the old list stays, somebody may be reading it.
    programmes_.store(programme_lists_.back().get(), std::memory_order_release);
}

void published::publish_stock(clinic_number n, std::span<const stock_row> rows, sequence seq) {
    stock_slot& slot = stock_[n];
    const std::uint32_t version = slot.version.load(std::memory_order_relaxed);  // we alone write
    slot.version.store(version + 1, std::memory_order_relaxed);
    if (rows.size() > slot.capacity) {
        slot.capacity = std::bit_ceil(static_cast<std::uint32_t>(rows.size()));
        if (slot.owned) {
            outgrown_.push_back(std::move(slot.owned));
        }
        slot.owned = std::make_unique<std::atomic<std::uint64_t>[]>(slot.capacity * row_words);
        slot.words.store(slot.owned.get(), std::memory_order_release);
    }
    for (std::size_t r = 0; r < rows.size(); ++r) {
        const auto w = to_words(rows[r]);
        for (std::size_t i = 0; i < row_words; ++i) {
            slot.owned[r * row_words + i].store(w[i], std::memory_order_release);
        }
    }
    slot.rows.store(static_cast<std::uint32_t>(rows.size()), std::memory_order_release);
    slot.seq.store(seq, std::memory_order_release);
    slot.version.store(version + 2, std::memory_order_release);
}

void published::publish_tally(clinic_number n, const clinic_tally& tally, sequence seq) {
    tally_slot& slot = tallies_[n];
    const std::uint32_t version = slot.version.load(std::memory_order_relaxed);  // we alone write
    slot.version.store(version + 1, std::memory_order_relaxed);
    const auto put = [&](std::size_t i, std::uint64_t word) {
        slot.words[i].store(word, std::memory_order_release);
    };
    put(0, tally.doses);
    put(1, std::bit_cast<std::uint64_t>(tally.remaining));
    put(2, std::bit_cast<std::uint64_t>(std::int64_t{tally.day.time_since_epoch().count()}));
    for (std::size_t hour = 0; hour < tally.by_hour.size(); hour += 2) {
        put(3 + hour / 2, std::uint64_t{tally.by_hour[hour + 1]} << 32 | tally.by_hour[hour]);
    }
    slot.seq.store(seq, std::memory_order_release);
    slot.version.store(version + 2, std::memory_order_release);
}

void published::publish_seq(sequence seq, instant as_of) noexcept {
    as_of_ms_.store(as_of.time_since_epoch().count(), std::memory_order_release);
    seq_.store(seq, std::memory_order_release);
}

void published::commit_begins(std::chrono::steady_clock::time_point now) noexcept {
    commit_began_ns_.store(nanoseconds_of(now), std::memory_order_relaxed);
}

void published::commit_ends() noexcept { commit_began_ns_.store(0, std::memory_order_relaxed); }

}  // namespace doseline::core

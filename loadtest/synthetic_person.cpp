#include "loadtest/synthetic_person.hpp"

#include "loadtest/random.hpp"

#include <chrono>

namespace doseline::loadtest {

namespace {

constexpr std::uint64_t days = 25'567;
constexpr std::uint64_t exceptional_days = 3'653;
constexpr std::uint64_t serials = 100'000;

// Prime to the number of people of either kind, so n steps never meet before all have been met.
constexpr std::uint64_t step = 1'000'003;
static_assert(step % 2 != 0 && step % 5 != 0 && step % 37 != 0 && step % 691 != 0);
static_assert(synthetic_people == 2ull * 2 * 2 * 2 * 2 * 2 * 5 * 5 * 5 * 5 * 5 * 37 * 691);
static_assert(step % 13 != 0 && step % 281 != 0);
static_assert(exceptional_people == 2ull * 2 * 2 * 2 * 2 * 2 * 5 * 5 * 5 * 5 * 5 * 13 * 281);

static_assert(std::chrono::sys_days{std::chrono::year{1870} / 1 / 1} -
                  std::chrono::sys_days{std::chrono::year{1800} / 1 / 1} ==
              std::chrono::days{days});

void put_digits(char* to, std::size_t width, std::uint64_t value) noexcept {
    for (std::size_t i = width; i > 0; --i) {
        to[i - 1] = static_cast<char>('0' + value % 10);
        value /= 10;
    }
}

char check_digit(const std::array<char, 13>& digits) noexcept {
    constexpr std::array weights{2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5};
    int sum = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        sum += weights[i] * (digits[i] - '0');
    }
    return static_cast<char>('0' + (11 - sum % 11) % 10);
}

}  // namespace

std::array<char, 13> synthetic_national_id(std::uint64_t person) noexcept {
    const bool exceptional = needs_exception(person);
    person -= exceptional ? synthetic_people : 0;
    const std::uint64_t span = exceptional ? exceptional_days : days;
    const std::chrono::year first{exceptional ? 1880 : 1800};
    const std::chrono::sys_days birth =
        std::chrono::sys_days{first / 1 / 1} + std::chrono::days{static_cast<int>(person % span)};
    const std::chrono::year_month_day date{birth};
    const std::uint64_t rest = person / span;
    std::array<char, 13> digits{};
    put_digits(&digits[0], 2, static_cast<std::uint64_t>(static_cast<int>(date.year())) % 100);
    put_digits(&digits[2], 2, static_cast<unsigned>(date.month()));
    put_digits(&digits[4], 2, static_cast<unsigned>(date.day()));
    digits[6] = rest / serials == 0 ? '9' : '0';
    put_digits(&digits[7], 5, rest % serials);
    digits[12] = check_digit(digits);
    return digits;
}

std::uint64_t synthetic_person_at(std::uint64_t seed, std::uint64_t n) noexcept {
    return (scatter(seed) % synthetic_people + n % synthetic_people * step) % synthetic_people;
}

std::uint64_t exceptional_person_at(std::uint64_t seed, std::uint64_t n) noexcept {
    return synthetic_people + (scatter(seed) % exceptional_people + n % exceptional_people * step) %
                                  exceptional_people;
}

std::string idempotency_key(std::uint64_t seed, std::uint64_t n) {
    const std::uint64_t base = scatter(seed);
    std::array<std::uint64_t, 2> halves{scatter(base ^ n), scatter(~base ^ scatter(n))};
    halves[0] = (halves[0] & ~0xF000ull) | 0x4000ull;
    halves[1] = (halves[1] & ~(0xC0ull << 56)) | 0x80ull << 56;
    constexpr std::string_view hex = "0123456789abcdef";
    std::string text;
    text.reserve(36);
    for (unsigned i = 0; i < 32; ++i) {
        if (i == 8 || i == 12 || i == 16 || i == 20) {
            text += '-';
        }
        text += hex[(halves[i / 16] >> (60 - i % 16 * 4)) & 15];
    }
    return text;
}

}  // namespace doseline::loadtest

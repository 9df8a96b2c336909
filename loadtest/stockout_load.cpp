#include "loadtest/stockout_load.hpp"

#include "loadtest/json_view.hpp"
#include "loadtest/synthetic_person.hpp"
#include "loadtest/usage.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

namespace doseline::loadtest {

namespace {

namespace json = boost::json;

constexpr std::uint32_t setting_up_max = 32;

// Between two looks at the sockets: answers must be read in time, too.
constexpr int plans_a_turn = 64;

// A clinic that is told to wait waits this long in all, from when the request was due.
constexpr std::chrono::seconds stockout_patience{30};

// Of so many requests one is of each other kind.
constexpr std::uint64_t mix = 16;

std::uint64_t arrivals_of(const stockout_plan& plan, std::uint32_t thread) noexcept {
    const auto all = static_cast<std::uint64_t>(
        std::llround(plan.rate * std::chrono::duration<double>(plan.length).count()));
    return all / plan.threads + (thread < all % plan.threads ? 1 : 0);
}

json::value parse(std::string_view body) {
    boost::system::error_code ec;
    json::value parsed = json::parse(body, ec);
    return ec ? json::value{} : std::move(parsed);
}

// The contract's figures are whole numbers; anything else is none that could be told.
std::int64_t number_in(const json::value& told, std::string_view place) {
    const json::value* v = value_at(told, place);
    return v != nullptr && v->is_int64() ? v->get_int64()
                                         : std::numeric_limits<std::int32_t>::min();
}

bool has_flags(const json::value& told, std::string_view only) {
    const json::value* v = value_at(told, "/flags");
    if (v == nullptr || !v->is_array()) {
        return false;
    }
    const json::array& flags = v->get_array();
    return only.empty() ? flags.empty() : flags.size() == 1 && flags[0] == json::value(only);
}

}  // namespace

stockout_load::stockout_load(client_loop& loop, const request_writer& writer,
                             const std::vector<clinic>& clinics, const stockout_plan& plan,
                             std::uint32_t thread, starting_line& line, ack_writer& acks)
    : loop_(loop), writer_(writer), clinics_(clinics), plan_(plan), thread_(thread), line_(line),
      book_(*this, clinics, &acks), random_(scatter(plan.seed) + thread),
      arrivals_(arrivals_of(plan, thread), plan.length, scatter(plan.seed) ^ thread) {
    for (std::uint32_t n = thread; n < plan.clinics; n += plan.threads) {
        desks_.emplace_back().clinic = n;
    }
    planned[static_cast<std::size_t>(lap::measured)] = arrivals_.remaining();
}

// And not asked before the load or after it.
bool stockout_load::is_of_the_plan(task what) noexcept {
    return task::registration <= what && what <= task::movement;
}

std::optional<time_point> stockout_load::act(time_point now) {
    if (!begin_) {
        if (!connect_more()) {
            ask_again_due(now);
            return again_.empty() ? now + answer_timeout : again_.begin()->first;
        }
        begin();
    }
    now = steady_clock::now();
    ask_again_due(now);
    plan_due(now);
    if (!arrivals_.next() && waiting_ == 0 && all_have_ended()) {
        busy_window = measured_time = now - *begin_;
        measured_cpu = thread_cpu_time() - cpu_begin_;
        return std::nullopt;
    }
    const time_point wake = arrivals_.next() ? *begin_ + *arrivals_.next() : now + answer_timeout;
    return again_.empty() ? wake : std::min(wake, again_.begin()->first);
}

// A bounded number at a time. True: each has been tried.
bool stockout_load::connect_more() {
    for (; next_desk_ < desks_.size() && setting_up_ < setting_up_max; ++next_desk_) {
        const connection_id id = loop_.open();
        if (desk_of_.size() <= id) {
            desk_of_.resize(id + 1);
        }
        desk_of_[id] = next_desk_;
        desks_[next_desk_].connection = id;
        ++setting_up_;
    }
    return next_desk_ == desks_.size() && setting_up_ == 0;
}

void stockout_load::begin() {
    begin_ = line_.wait();
    series.begin(*begin_);
    cpu_begin_ = thread_cpu_time();
}

void stockout_load::plan_due(time_point now) {
    for (int n = 0; n < plans_a_turn && arrivals_.next() && *begin_ + *arrivals_.next() <= now;
         ++n, arrivals_.advance()) {
        constexpr std::array others{task::stock, task::totals, task::movement};
        const std::uint64_t place = planned_++ % mix;
        const errand next{place < others.size() ? others[place] : task::registration,
                          *begin_ + *arrivals_.next()};
        const std::size_t index = random_.below(static_cast<std::uint32_t>(desks_.size()));
        if (desks_[index].in == state::gone) {
            book_.unsent(lap::measured, next.due, now);
            continue;
        }
        ++waiting_;
        desks_[index].queue.push_back(next);
        serve(index);
    }
}

void stockout_load::ask_again_due(time_point now) {
    while (!again_.empty() && again_.begin()->first <= now) {
        desk& d = desks_[again_.begin()->second];
        again_.erase(again_.begin());
        book_.sent_again(now);
        loop_.send(d.connection, std::move(*std::exchange(d.refused, std::nullopt)));
    }
}

// Sends what is next in the queue if the desk can.
void stockout_load::serve(std::size_t index) {
    desk& d = desks_[index];
    if (d.in == state::idle && !d.queue.empty()) {
        const errand next = d.queue.front();
        d.queue.pop_front();
        start(index, next);
    }
}

void stockout_load::start(std::size_t index, errand what) {
    desk& d = desks_[index];
    d.in = state::busy;
    d.now = what;
    const bool is_planned = is_of_the_plan(what.what);
    request r = write(index, numbers_++ * plan_.threads + thread_);
    r.clinic = d.clinic;
    r.planned = what.due;
    r.of = is_planned ? lap::measured : lap::setup;
    const time_point now = steady_clock::now();
    if (is_planned) {
        tallies[static_cast<std::size_t>(lap::measured)].lateness.record(
            static_cast<std::uint64_t>((now - what.due).count()));
    } else {
        ++planned[static_cast<std::size_t>(lap::setup)];
    }
    book_.sent(r, now);
    loop_.send(d.connection, std::move(r));
}

request stockout_load::write(std::size_t index, std::uint64_t number) {
    const desk& d = desks_[index];
    const std::string_view token = clinics_[d.clinic].token;
    switch (d.now.what) {
        case task::first_totals:
        case task::totals: return writer_.get("/v1/totals?scope=clinic", token);
        case task::registration:
            return writer_.registration(d.clinic, synthetic_person_at(plan_.seed, number),
                                        idempotency_key(plan_.seed, number));
        case task::movement:
            if (d.book.first_lot() != nullptr) {
                return write_movement(index, number);
            }
            break;  // a clinic that never had any asks for its stock instead
        default: break;
    }
    return writer_.get("/v1/stock", token);
}

request stockout_load::write_movement(std::size_t index, std::uint64_t number) {
    desk& d = desks_[index];
    d.to = random_.below(static_cast<std::uint32_t>(desks_.size()));
    const desk& other = desks_[d.to];
    const bool has_less =
        d.to != index && other.in != state::gone && other.book.remaining() < d.book.remaining();
    d.move = choose_movement(d.book, d.coming, has_less, random_);
    return writer_.movement(d.clinic, idempotency_key(plan_.seed, number),
                            body_of(d.move, clinics_[other.clinic].code));
}

void stockout_load::opened(connection_id id) {
    start(desk_of_[id], {task::first_stock, steady_clock::now()});
}

void stockout_load::answered(connection_id id, const request& asked, const response& answer) {
    const std::size_t index = desk_of_[id];
    desk& d = desks_[index];
    const time_point now = steady_clock::now();
    const outcome how = judge_answer(asked.kind, answer);
    if (is_refusal(how) && !answer.close && now < asked.planned + stockout_patience) {
        book_.suspended(now, true);
        d.refused = asked;
        const std::chrono::duration<double> apart{random_.unit()};
        again_.emplace(
            now + answer.retry_after + std::chrono::duration_cast<std::chrono::nanoseconds>(apart),
            index);
        return;
    }
    if (is_success(conclude(d, asked, answer, now))) {
        take(index, answer);
    }
    finish(d);
    if (answer.close) {
        return;  // lost() follows
    }
    if (!d.ready) {
        return start(index, {task::first_totals, now});
    }
    serve(index);
}

outcome stockout_load::conclude(desk& d, const request& asked, const response& answer,
                                time_point now) {
    if (asked.kind == request_kind::registration) {
        const outcome how = book_.answered(asked, answer, now);
        stock_refusals.add(how == outcome::other_status ? 1 : 0);
        return how;
    }
    const bool is_moved = d.now.what == task::movement && answer.status == 201;
    const outcome how = is_moved ? outcome::created : judge_answer(asked.kind, answer);
    book_.concluded(asked, how, answer.status, now);
    return how;
}

// What the answer says is held against the book, which follows.
void stockout_load::take(std::size_t index, const response& answer) {
    desk& d = desks_[index];
    switch (d.now.what) {
        case task::first_stock: wrong_polls.add(d.book.begin(answer.body) ? 0 : 1); return;
        case task::first_totals: d.doses = number_in(parse(answer.body), "/doses"); return;
        case task::registration: return take_registration(d, answer);
        case task::movement:
            return answer.status == 201 ? take_movement(index, answer) : take_poll(d, answer);
        case task::stock:
        case task::totals: return take_poll(d, answer);
        case task::last_stock: agreeing_clinics.add(d.book.agrees(answer.body, true) ? 1 : 0);
    }
}

void stockout_load::take_registration(desk& d, const response& answer) {
    const json::value told = parse(answer.body);
    const bool on_hand = d.book.take();
    ++d.doses;
    below_zero.add(on_hand ? 0 : 1);
    wrong_remaining.add(number_in(told, "/remaining") == d.book.remaining() ? 0 : 1);
    wrong_flags.add(has_flags(told, on_hand ? "" : "STOCK_NEGATIVE") ? 0 : 1);
}

void stockout_load::take_movement(std::size_t index, const response& answer) {
    using kind = stock_movement::kind;
    desk& d = desks_[index];
    const json::value told = parse(answer.body);
    const std::int64_t before = d.book.remaining();
    apply(d.move, number_in(told, "/difference"), d.book);
    brought += d.book.remaining() - before;
    moved.add();
    if (d.move.what == kind::confirm) {
        d.coming -= std::min(d.coming, d.move.quantity);
    } else if (d.move.what == kind::transfer) {
        desk& other = desks_[d.to];
        other.book.arrive(*d.book.find(d.move.lot), d.move.quantity);
        const book_account* first = other.book.first_lot();
        other.coming += first->lot == d.move.lot ? d.move.quantity : 0;
    }
    const bool good = number_in(told, "/remaining") == d.book.remaining() &&
                      number_in(told, "/on_hand") == d.book.find(d.move.lot)->on_hand;
    wrong_movements.add(good ? 0 : 1);
}

void stockout_load::take_poll(desk& d, const response& answer) {
    bool good = false;
    if (d.now.what == task::totals) {
        const json::value told = parse(answer.body);
        good = number_in(told, "/remaining") == d.book.remaining() &&
               number_in(told, "/doses") == d.doses;
    } else {
        good = d.book.agrees(answer.body, false);
    }
    wrong_polls.add(good ? 0 : 1);
}

void stockout_load::finish(desk& d) {
    d.in = state::idle;
    switch (d.now.what) {
        case task::first_stock: break;
        case task::first_totals:
            d.ready = true;
            --setting_up_;
            connected.add();
            break;
        case task::last_stock:
            d.in = state::ended;
            ++ended_;
            break;
        default: --waiting_;
    }
}

// Asks each desk for its stock, once, when the plan has ended. True: all have been answered.
bool stockout_load::all_have_ended() {
    for (; next_end_ < desks_.size(); ++next_end_) {
        if (desks_[next_end_].in == state::idle) {
            start(next_end_, {task::last_stock, steady_clock::now()});
        }
    }
    return ended_ == desks_.size();
}

void stockout_load::lost(connection_id id, failure why, const request* unanswered) {
    const std::size_t index = desk_of_[id];
    desk& d = desks_[index];
    const time_point now = steady_clock::now();
    (d.in == state::opening ? not_opened : lost_open)[static_cast<std::size_t>(why)].add();
    if (d.refused) {
        book_.sent_again(now);
        book_.lost(*std::exchange(d.refused, std::nullopt), why, now);
        std::erase_if(again_, [index](const auto& entry) { return entry.second == index; });
    } else if (unanswered != nullptr) {
        book_.lost(*unanswered, why, now);
    }
    waiting_ -= d.queue.size() + (d.in == state::busy && is_of_the_plan(d.now.what) ? 1 : 0);
    for (const errand& e : std::exchange(d.queue, {})) {
        book_.unsent(lap::measured, e.due, now);
    }
    setting_up_ -= d.ready ? 0 : 1;
    ended_ += d.in == state::ended ? 0 : 1;
    d.in = state::gone;
}

}  // namespace doseline::loadtest

#include "loadtest/clinic_load.hpp"

#include "loadtest/synthetic_person.hpp"
#include "loadtest/usage.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace doseline::loadtest {

namespace {

// A storm of handshakes is another scenario's business.
constexpr std::uint32_t setting_up_max = 32;

// Without a single connection in this time, the rest is not tried: a dead server must not cost
// its time-out for every clinic in turn.
constexpr std::chrono::seconds connecting_patience{15};

// Requests that were planned last may still be sent this long after the plan.
constexpr std::chrono::seconds sending_grace{1};

// Between two looks at the sockets: answers must be read in time, too.
constexpr int sends_a_turn = 64;
constexpr int resets_a_turn = 64;

std::uint64_t share_of(std::uint64_t total, std::uint32_t threads, std::uint32_t thread) noexcept {
    return total / threads + (thread < total % threads ? 1 : 0);
}

std::uint64_t arrivals_in(double rate, std::chrono::nanoseconds length) noexcept {
    return static_cast<std::uint64_t>(
        std::llround(rate * std::chrono::duration<double>(length).count()));
}

}  // namespace

clinic_load::clinic_load(client_loop& loop, const request_writer& writer,
                         const std::vector<clinic>& clinics, const load_plan& plan,
                         std::uint32_t thread, starting_line& line, ack_writer* acks)
    : loop_(loop), writer_(writer), clinics_(clinics), plan_(plan), thread_(thread),
      is_cut_(thread < plan.cut_threads),
      peers_(is_cut_ ? plan.cut_threads : plan.threads - plan.cut_threads),
      number_(is_cut_ ? thread : thread - plan.cut_threads),
      connections_end_(is_cut_ ? plan.cut : plan.connections), line_(line),
      book_(*this, clinics, acks), random_(scatter(plan.seed) + thread),
      next_connection_((is_cut_ ? 0 : plan.cut) + number_) {
    const std::uint64_t warmup = arrivals_in(plan.rate, plan.warmup);
    const std::uint64_t of_the_cut = warmup * plan.cut / plan.connections;
    planned[static_cast<std::size_t>(lap::warmup)] =
        share_of(is_cut_ ? of_the_cut : warmup - of_the_cut, peers_, number_);
    planned[static_cast<std::size_t>(lap::measured)] =
        is_cut_ ? 0 : share_of(arrivals_in(plan.rate, plan.length), peers_, number_);
}

std::optional<time_point> clinic_load::act(time_point now) {
    if (phase_ == phase::connecting) {
        connect_more(now);
        if (!connecting_is_over()) {
            return now + connecting_patience;
        }
        connecting_time = now - *connecting_since_;
        begin_load();
    }
    if (phase_ == phase::loading) {
        const time_point wake = std::min(reset_due(now), send_due());
        if (phase_ == phase::loading) {
            return wake;
        }
    }
    if (is_cut_ && (now < begin_ || !idle_.empty())) {
        return cut_due(now);
    }
    if (book_.in_flight() > 0 || returning_ > 0) {
        return now + answer_timeout;
    }
    return std::nullopt;
}

void clinic_load::connect_more(time_point now) {
    if (!connecting_since_) {
        connecting_since_ = last_progress_ = now;
    }
    if (now - last_progress_ > connecting_patience) {
        for (; next_connection_ < connections_end_; next_connection_ += peers_) {
            abandoned.add();
        }
    }
    for (; next_connection_ < connections_end_ && setting_up_ < setting_up_max;
         next_connection_ += peers_) {
        const connection_id id =
            open(static_cast<std::uint32_t>(next_connection_ % clinics_.size()));
        places_[id].setting_up = true;
        ++setting_up_;
    }
}

connection_id clinic_load::open(std::uint32_t clinic, const tls_session& resumed) {
    const connection_id id = loop_.open(resumed);
    if (places_.size() <= id) {
        places_.resize(id + 1);
    }
    places_[id] = place{};
    places_[id].clinic = clinic;
    return id;
}

bool clinic_load::connecting_is_over() const noexcept {
    return next_connection_ >= connections_end_ && setting_up_ == 0;
}

void clinic_load::begin_load() {
    take_short_turns();
    load_begin_ = begin_ = line_.wait();
    const std::chrono::nanoseconds whole = plan_.warmup + plan_.length;
    end_ = begin_ + whole;
    reconnects_ =
        arrival_plan(is_cut_ ? 0 : share_of(arrivals_in(plan_.reconnects, whole), peers_, number_),
                     whole, random_.next());
    arrivals_ =
        arrival_plan(planned[static_cast<std::size_t>(lap::warmup)], plan_.warmup, random_.next());
    phase_ = phase::loading;
}

// Resets connections that wait for nothing, a few at a time, so that the others' answers are read
// meanwhile. The time of the next one.
time_point clinic_load::reset_due(time_point now) {
    for (int n = 0; n < resets_a_turn && reconnects_.next() && !idle_.empty() &&
                    load_begin_ + *reconnects_.next() <= now;
         ++n, reconnects_.advance()) {
        const connection_id id = take_idle();
        const std::uint32_t clinic = places_[id].clinic;
        const tls_session session = loop_.session_of(id);
        loop_.cut(id);
        places_[open(clinic, session)].returning = true;
        ++returning_;
    }
    return reconnects_.next() ? load_begin_ + *reconnects_.next() : now + answer_timeout;
}

// When the measured lap begins, which this thread has no part in; but who has asked is answered.
time_point clinic_load::cut_due(time_point now) {
    if (now < begin_) {
        return begin_;
    }
    stand_back();
    for (int n = 0; n < resets_a_turn && !idle_.empty(); ++n) {
        loop_.cut_for_good(take_idle());
        cut.add();
    }
    return now;
}

// Sends what is due. The time of what comes next; phase_ tells when nothing does.
time_point clinic_load::send_due() {
    for (int sent = 0; sent < sends_a_turn; ++sent) {
        const time_point now = steady_clock::now();
        if (!arrivals_.next() && !next_lap(now)) {
            finish();
            return now;
        }
        const time_point due = begin_ + *arrivals_.next();
        if (due > now) {
            return due;
        }
        const bool hopeless = now > end_ + sending_grace ||
                              (idle_.empty() && book_.in_flight() == 0 && returning_ == 0);
        if (hopeless) {
            give_up_unsent();
            return now;
        }
        if (idle_.empty()) {
            return end_ + sending_grace;
        }
        send_planned(due, now);
        arrivals_.advance();
    }
    return steady_clock::now();
}

// False: the plan has been sent. The measured lap's end is also seen here.
bool clinic_load::next_lap(time_point now) {
    if (lap_ == lap::measured) {
        busy_window = now - begin_;
        measured_cpu = thread_cpu_time() - cpu_begin_;
        measured_time = std::max(measured_time, plan_.length);
        return false;
    }
    lap_ = lap::measured;
    begin_ += plan_.warmup;
    series.begin(begin_);
    cpu_begin_ = thread_cpu_time();
    arrivals_ = arrival_plan(planned[static_cast<std::size_t>(lap::measured)], plan_.length,
                             random_.next());
    return arrivals_.next().has_value();
}

// Counts what was planned and could not be sent, of this lap and the next.
void clinic_load::give_up_unsent() {
    do {
        for (; arrivals_.next(); arrivals_.advance()) {
            book_.unsent(lap_, begin_ + *arrivals_.next(), steady_clock::now());
        }
    } while (next_lap(steady_clock::now()));
    finish();
}

void clinic_load::finish() {
    phase_ = phase::finishing;
    finished.add(is_cut_ ? 0 : 1);
}

void clinic_load::send_planned(time_point planned_at, time_point now) {
    const connection_id id = take_idle();
    const std::uint64_t n = next_number();
    const std::uint64_t person = synthetic_person_at(plan_.seed, n);
    const std::uint32_t clinic = places_[id].clinic;
    tally_of(lap_).lateness.record(static_cast<std::uint64_t>((now - planned_at).count()));
    // Every second one, so that both kinds have their half at any rate.
    if (numbers_ % 2 == 0) {
        send(id, writer_.check(clinic, person), lap_, planned_at);
    } else {
        send(id, writer_.registration(clinic, person, idempotency_key(plan_.seed, n)), lap_,
             planned_at);
    }
}

void clinic_load::send(connection_id id, request what, lap of, time_point planned_at) {
    what.of = of;
    what.planned = planned_at;
    book_.sent(what, steady_clock::now());
    loop_.send(id, std::move(what));
}

// Never the same in two threads.
std::uint64_t clinic_load::next_number() noexcept { return numbers_++ * plan_.threads + thread_; }

void clinic_load::opened(connection_id id) {
    places_[id].opened = true;
    if (places_[id].returning) {
        places_[id].returning = false;
        --returning_;
        returned.add();
        return rest(id);
    }
    const std::uint64_t person = synthetic_person_at(plan_.seed, next_number());
    planned[static_cast<std::size_t>(lap::setup)] += 1;
    send(id, writer_.check(places_[id].clinic, person), lap::setup, steady_clock::now());
}

void clinic_load::answered(connection_id id, const request& asked, const response& answer) {
    const time_point now = steady_clock::now();
    book_.answered(asked, answer, now);
    if (asked.of == lap::measured) {
        measured_time = std::max(measured_time, std::chrono::nanoseconds{now - begin_});
    }
    if (answer.close) {
        return;  // lost() follows
    }
    if (asked.of == lap::setup && asked.kind == request_kind::check) {
        planned[static_cast<std::size_t>(lap::setup)] += 1;
        std::string key = idempotency_key(plan_.seed, next_number());
        send(id, writer_.registration(asked.clinic, asked.person, std::move(key)), lap::setup, now);
        return;
    }
    rest(id);
}

// The connection waits for its next request.
void clinic_load::rest(connection_id id) {
    place& at = places_[id];
    if (at.setting_up) {
        at.setting_up = false;
        --setting_up_;
        connected.add();
        last_progress_ = steady_clock::now();
    }
    at.in_idle = static_cast<std::uint32_t>(idle_.size());
    idle_.push_back(id);
}

// One of them at random. REQUIRES: there is one.
connection_id clinic_load::take_idle() {
    const connection_id id = idle_[random_.below(static_cast<std::uint32_t>(idle_.size()))];
    leave_idle(id);
    return id;
}

void clinic_load::leave_idle(connection_id id) {
    const std::uint32_t hole = std::exchange(places_[id].in_idle, nowhere);
    const connection_id moved = idle_.back();
    idle_.pop_back();
    if (moved != id) {
        idle_[hole] = moved;
        places_[moved].in_idle = hole;
    }
}

void clinic_load::lost(connection_id id, failure why, const request* unanswered) {
    if (why == failure::dropped) {
        return;  // by the plan
    }
    place& at = places_[id];
    returning_ -= at.returning ? 1 : 0;
    (at.opened ? lost_open : not_opened)[static_cast<std::size_t>(why)].add();
    if (at.setting_up) {
        --setting_up_;
    }
    if (at.in_idle != nowhere) {
        leave_idle(id);
    }
    if (unanswered != nullptr) {
        book_.lost(*unanswered, why, steady_clock::now());
    }
}

}  // namespace doseline::loadtest

#include "net/server.hpp"

#include "net/accept_report.hpp"
#include "net/clinic_service.hpp"
#include "net/console_acts.hpp"
#include "net/core_share.hpp"
#include "net/descriptor_plan.hpp"
#include "net/descriptor_table.hpp"
#include "net/handshake_share.hpp"
#include "net/log.hpp"
#include "net/reload.hpp"
#include "net/serving_report.hpp"
#include "net/stop_signals.hpp"
#include "net/store.hpp"
#include "storage/anchor.hpp"
#include "storage/cut.hpp"

#include <sys/prctl.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <ostream>
#include <thread>

namespace doseline::net {

namespace {

constexpr std::chrono::seconds answer_operators_within{1};

// The outcome of a write is unknown, or a file is not what was written: nothing more is answered,
// and nothing is tidied up that could hide it. The next start recovers from the file.
[[noreturn]] void die(std::string_view why) {
    log_event("fatal", why);
    std::_Exit(1);
}

// Personal data must not reach a core image; and neither a peer that goes away nor a limit on the
// size of files may end the process: the call that met it fails, and is dealt with there.
void harden_process() {
    ::prctl(PR_SET_DUMPABLE, 0);
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
}

std::size_t cores() { return std::max<std::size_t>(1, std::thread::hardware_concurrency()); }

// Raises the limit as far as it goes, and says so when what was asked for takes more than that.
// Tables of their own are for who asks for so many connections.
descriptor_plan plan_reactors(const server_options& o) {
    const bool asked = o.connections_max != 0;
    const descriptor_wish wish{o.reactors != 0 ? o.reactors : cores(),
                               asked ? o.connections_max : core::limits::connections_default_max};
    const std::size_t limit = descriptor_table::raise_limit();
    descriptor_plan plan = plan_descriptors(limit, asked, wish);
    boost::system::error_code refused;
    if (plan.private_tables && (refused = descriptor_table::can_be_left())) {
        plan = plan_descriptors(limit, false, wish);
    }
    const std::string said = explain(plan, wish, limit, refused ? refused.message() : "");
    if (asked && !said.empty()) {
        log_event("descriptors", said);
    }
    return plan;
}

// The parts that serve, in the order in which they are made; they end in the opposite one.
class server {
public:
    server(const server_options& o, const descriptor_plan& plan, const more_admin_routes& more);
    ~server() { end(); }

    void announce(std::ostream& out) const;
    void run_until_asked();

private:
    std::unique_ptr<reactor> make_reactor(const reactor_options& r, connection_budget& budget,
                                          end_pace& pace, std::size_t shard);
    std::vector<std::unique_ptr<reactor>> make_reactors(const server_options& o,
                                                        const descriptor_plan& plan);
    std::vector<storage::port*> ports();
    void end();
    void reload() { reload_files(dir_, tls_, store_.keys); }
    void drain_clinics();

    const std::filesystem::path dir_;
    const std::size_t clinic_reactors_;
    stop_signals stop_;
    store store_;
    tls_context tls_;
    storage::doorbell bell_;
    connection_budget clinic_places_;
    connection_budget operator_places_{core::limits::operator_connections_max};
    end_pace clinic_ends_;
    end_pace operator_ends_;
    clinic_caps caps_{std::chrono::steady_clock::now()};
    shed_classes shed_;
    std::vector<std::unique_ptr<reactor>> reactors_;  // the clinics', then the operator's
    std::vector<std::unique_ptr<api_context>> contexts_;
    std::vector<std::unique_ptr<clinic_service>> services_;
    storage::anchor_keeper anchors_;
    storage::reader reader_;
    storage::committer committer_;
    console_watch console_;
    std::unique_ptr<storage::prover> prover_;
    backup_job backups_;
    std::unique_ptr<storage::preallocator> preallocator_;  // nothing: not wanted
    std::unique_ptr<admin_context> admin_;
    std::unique_ptr<admin_service> admin_service_;
    std::thread committing_;
};

server::server(const server_options& o, const descriptor_plan& plan, const more_admin_routes& more)
    : dir_(o.dir), clinic_reactors_(plan.reactors),
      store_(o.dir, o.disk_reserve_bytes, clinic_reactors_ + 1),
      tls_(o.certificate.empty() ? o.dir / "server.pem" : o.certificate,
           o.key.empty() ? o.dir / "keys" / "server.key" : o.key, o.dir),
      clinic_places_(plan.connections_max), reactors_(make_reactors(o, plan)),
      anchors_(o.dir, store_.keys.now(), die), reader_(store_.ledger.reader(), die),
      committer_({store_.ledger, store_.registry, store_.published, store_.totals, reader_, bell_},
                 ports(), storage::system_clocks(), store_.recovered.last,
                 [this](const storage::stream_head& events, const storage::stream_head& audit) {
                     anchors_.passed(events, audit);
                 }),
      console_(o.dir, committer_, store_.published),
      backups_({o.dir, o.backups.empty() ? o.dir / "backups" : o.backups, o.disk_reserve_bytes,
                store_.keys.now(), [this] { return store_.ledger.reader(); },
                [this] { return store_.ledger.used_bytes(); }}) {
    if (o.preallocate_bytes != 0) {
        preallocator_ = std::make_unique<storage::preallocator>(storage::preallocator::parts{
            store_.ledger.file(),
            [this] { return store_.ledger.used_bytes(); },
            {o.preallocate_bytes, o.disk_reserve_bytes},
            [](std::string_view why) { log_event("preallocation", why); }});
    }
    prover_ = std::make_unique<storage::prover>(
        storage::prover::parts{store_.ledger.reader(), committer_, store_.published, die,
                               [](std::string_view what) { log_event("drift", what); }});
    committer_.prove_with(
        [this](storage::prover::answered then) { prover_->ask(std::move(then)); });
    committing_ = std::thread([this] {
        try {
            take_short_turns();
            committer_.run();
        } catch (const std::exception& e) {
            die(e.what());
        }
    });

    admin_.reset(new admin_context{
        store_.published,
        store_.operators,
        store_.auditors,
        store_.keys,
        {store_.keys.now(), store_.boot_epoch, static_cast<std::uint16_t>(clinic_reactors_)},
        committer_.figures(),
        reader_.figures(),
        *prover_,
        tls_,
        shed_,
        backups_,
        {},
        {},
        [this] { stop_.request(); },
        [this] { return stop_.requested(); },
        [this] { reload(); },
        std::chrono::steady_clock::now(),
        {}});
    for (std::size_t n = 0; n < clinic_reactors_; ++n) {
        contexts_.push_back(std::make_unique<api_context>(store_.keys, store_.published,
                                                          store_.totals, shed_, store_.boot_epoch,
                                                          static_cast<std::uint16_t>(n)));
        services_.push_back(std::make_unique<clinic_service>(*contexts_.back(), caps_));
        admin_->reactors.push_back(reactors_[n].get());
        admin_->requests.push_back(&contexts_.back()->figures);
    }
    admin_service_ = std::make_unique<admin_service>(
        *admin_,
        more ? more({committer_, store_.totals, store_.published}) : std::vector<admin_route>{});
    try {
        for (std::size_t n = 0; n < clinic_reactors_; ++n) {
            reactors_[n]->start(*services_[n]);
        }
        reactors_.back()->start(*admin_service_);
    } catch (...) {
        end();  // no thread was left, most likely: those that have begun are ended
        throw;
    }
}

std::unique_ptr<reactor> server::make_reactor(const reactor_options& r, connection_budget& budget,
                                              end_pace& pace, std::size_t shard) {
    return std::make_unique<reactor>(
        r, reactor::parts{tls_, bell_, budget, pace, shed_, static_cast<std::uint32_t>(shard),
                          [this, shard](const core::outcome& told) { store_.count(shard, told); },
                          [this, shard](storage::cut& c) {
                              if (c.reached(shard)) {
                                  committer_.give_back(c);
                              }
                          }});
}

// The operators' reactor stays in the shared table: it is never many connections, and reads files.
std::vector<std::unique_ptr<reactor>> server::make_reactors(const server_options& o,
                                                            const descriptor_plan& plan) {
    std::vector<std::unique_ptr<reactor>> made;
    reactor_options r;
    r.inbox_commands = o.inbox_commands;
    r.listen = parse_endpoint(o.listen);
    r.private_descriptors = plan.private_tables;
    r.proxy_protocol_from = o.proxy_protocol_from;
    r.connections_max = plan.reactor_connections_max;
    r.handshakes_waiting =
        handshake_share(core::limits::handshakes_waiting_max, plan.reactors, cores());
    r.handshakes_answered =
        handshake_share(core::limits::handshakes_answered_max, plan.reactors, cores());
    for (std::size_t n = 0; n < plan.reactors; ++n) {
        r.shared_port = n != 0;
        made.push_back(make_reactor(r, clinic_places_, clinic_ends_, n));
        r.listen.port(made.front()->local_endpoint().port());
    }
    reactor_options operators;
    operators.inbox_commands = o.inbox_commands;
    operators.listen = parse_endpoint(o.admin);
    operators.sheds = false;
    made.push_back(make_reactor(operators, operator_places_, operator_ends_, plan.reactors));
    return made;
}

std::vector<storage::port*> server::ports() {
    std::vector<storage::port*> all;
    for (const auto& r : reactors_) {
        all.push_back(&r->port());
    }
    return all;
}

void server::announce(std::ostream& out) const {
    out << "clinic " << reactors_.front()->local_endpoint() << "\nadmin "
        << reactors_.back()->local_endpoint() << "\nready" << std::endl;
    log_event("ready", "records " + std::to_string(store_.recovered.events.seq) + ", clinics " +
                           std::to_string(store_.published.clinics()));
}

void server::run_until_asked() {
    accept_report accepting(admin_->reactors, clinic_places_);
    serving_report serving(store_.published, shed_);
    for (;;) {
        console_.look();
        const stop_signals::asked asked = stop_.wait_for(accept_report::interval);
        if (asked == stop_signals::asked::end) {
            break;
        }
        if (asked == stop_signals::asked::reload) {
            try {
                reload();
            } catch (const std::exception&) {
                // Nobody to tell: the log has it.
            }
        }
        if (const std::string said = accepting.since_last(); !said.empty()) {
            log_event("turned away", said);
        }
        const auto now = std::chrono::steady_clock::now();
        if (const std::string said = serving.since_last(now); !said.empty()) {
            log_event("serving", said);
        }
    }
    console_.look();
    log_event("draining");
    drain_clinics();
    // The operator who asked is answered, too.
    reactors_.back()->drain();
    reactors_.back()->drained_within(answer_operators_within);
}

// Requests under way are answered while the committer still runs; operators can look on.
void server::drain_clinics() {
    const auto deadline = std::chrono::steady_clock::now() + core::limits::drain_timeout;
    for (std::size_t n = 0; n < clinic_reactors_; ++n) {
        reactors_[n]->drain();
    }
    for (std::size_t n = 0; n < clinic_reactors_; ++n) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        if (!reactors_[n]->drained_within(std::max(left, std::chrono::milliseconds{0}))) {
            log_event("drain", "connections were still busy at the end of the time allowed");
        }
    }
}

void server::end() {
    for (const auto& r : reactors_) {
        r->stop();
    }
    for (const auto& r : reactors_) {
        r->join();
    }
    prover_->end();
    committer_.stop();
    committing_.join();
    prover_.reset();
}

}  // namespace

void serve(const server_options& options, std::ostream& out, const more_admin_routes& more) {
    harden_process();
    const descriptor_plan plan = plan_reactors(options);
    {
        server s(options, plan, more);
        s.announce(out);
        s.run_until_asked();
    }
    log_event("ended");
}

}  // namespace doseline::net

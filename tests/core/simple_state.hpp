#pragma once

#include "core/registry.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace doseline::test {

// What simple_registry knows, and plain searches in it.
struct simple_state {
    using person_in_programme = std::pair<core::person_key, core::programme_number>;
    struct given {
        core::sequence seq = 0;
        bool elsewhere = false;  // imported: it counts, and is no registration
        core::civil_day day;
        core::clinic_number clinic = 0;
        core::lot_number lot = 0;
        core::funding funding = core::funding::national;
        core::dose_source source = core::dose_source::on_hand;
        core::flag_set flags = 0;
        core::claim_state claim = core::claim_state::auto_ok;
        core::claim_state claim_alone = core::claim_state::auto_ok;
        core::claim_state claim_by_rules = core::claim_state::auto_ok;
        core::instant at;        // recorded
        core::instant occurred;  // on that day
        std::string exception;
        bool evidence = false;
        std::uint8_t ml = 0;  // hundredths
        core::body_site site = core::body_site::none;
        core::route route = core::route::none;
        core::version_number version = 1;
        std::optional<core::void_receipt> voided;
        std::vector<std::pair<core::fingerprint, core::correction_receipt>> corrections;
        std::vector<core::claim_receipt> decisions;
    };
    struct held {
        core::clinic_number clinic = 0;
        core::steady_ms until = 0;
    };
    struct account_key {
        core::clinic_number clinic = 0;
        core::programme_number programme = 0;
        core::lot_number lot = 0;
        core::funding funding = core::funding::national;
        auto operator<=>(const account_key&) const = default;
    };
    struct stock {
        std::int32_t on_hand = 0;
        std::int32_t in_transit = 0;
        std::int32_t suspense = 0;
        core::instant last_entry_at;
        std::size_t made = 0;  // the how manieth account of all
    };
    // Where the doses of a lot are that are in no account, over all clinics.
    struct lot_book {
        std::int64_t shipped = 0;
        std::int64_t given = 0;  // not from private stock
        std::int64_t wasted = 0;
        std::int64_t discrepancy = 0;
        std::int64_t adjusted = 0;
        std::int64_t replaced = 0;
    };

    std::vector<core::programme> programmes;
    std::vector<core::register_clinic> clinics;
    struct lot {
        core::programme_number programme = 0;
        std::string text;
        std::string product;
        core::civil_day expires;
        bool recalled = false;
        bool verified = false;
    };
    std::vector<lot> lots{1};
    std::map<person_in_programme, std::vector<given>> doses;
    std::map<person_in_programme, held> holds;
    std::map<core::key_hash, core::sequence> keys;
    std::map<account_key, stock> accounts;
    std::size_t accounts_made = 0;
    struct reported_day {
        std::vector<core::sequence> shots;
        bool begun = false;
        std::optional<core::instant> reported;
        std::uint16_t unsent = 0;
        std::size_t shots_before = 0;  // the report
    };
    std::map<std::pair<core::clinic_number, core::civil_day>, reported_day> days;
    std::map<core::lot_number, lot_book> books;
    std::map<std::uint64_t, core::instant> codes_used;  // and when they end
    struct revocation {
        core::clinic_number clinic = 0;
        std::uint32_t device = 0;  // 0: what was issued up to that time
        core::instant at;
    };
    std::vector<revocation> revoked;
    std::map<person_in_programme, core::sequence> last_events;
    std::set<core::programme_number> settled;
    core::sequence book_start = 0;
    core::sequence seq = 0;

    // The book is closed and the next one begins with these numbers.
    void turn(core::instant at, core::sequence opened, core::sequence last,
              core::sequence keys_from) {
        for (core::programme_number n = 0; n < programmes.size(); ++n) {
            if (day_of(at, n) - programmes[n].ends > std::chrono::days{365}) {
                settled.insert(n);
            }
        }
        const auto is_settled = [&](const auto& of_person) {
            return settled.contains(of_person.first.second);
        };
        std::erase_if(doses, is_settled);
        std::erase_if(last_events, is_settled);
        std::erase_if(keys, [&](const auto& k) { return k.second < keys_from; });
        std::erase_if(accounts, [](const auto& a) {
            return a.second.on_hand == 0 && a.second.in_transit == 0 && a.second.suspense == 0;
        });
        books.clear();
        for (const auto& [key, s] : accounts) {
            books[key.lot].shipped += s.on_hand + s.in_transit + s.suspense;
        }
        std::erase_if(codes_used, [&](const auto& code) { return code.second < at; });
        holds.clear();
        days.clear();
        book_start = opened;
        seq = last;
    }

    // Something that was done at that time is entered.
    reported_day& enter(core::clinic_number clinic, core::instant occurred,
                        core::instant recorded) {
        reported_day& d = days[{clinic, day_of(std::min(occurred, recorded), 0)}];
        d.begun = true;
        return d;
    }
    core::clinic_day day_shown(core::clinic_number clinic, core::civil_day day) const {
        core::clinic_day shown;
        const auto it = days.find({clinic, day});
        if (it == days.end()) {
            return shown;
        }
        const reported_day& d = it->second;
        shown.begun = d.begun;
        shown.registered = static_cast<std::uint32_t>(d.shots.size());
        if (d.reported) {
            const auto midnight = core::instant{day} - programmes[0].offset;
            shown.minute =
                static_cast<std::uint16_t>(1 + (*d.reported - midnight) / std::chrono::minutes{1});
            shown.unsent = d.unsent;
            shown.registered_since = static_cast<std::uint32_t>(d.shots.size() - d.shots_before);
        }
        return shown;
    }

    std::int32_t remaining(core::clinic_number clinic, core::programme_number programme) const {
        std::int32_t total = 0;
        for (const auto& [key, s] : accounts) {
            if (key.clinic == clinic && key.programme == programme) {
                total += s.on_hand + s.suspense;
            }
        }
        return total;
    }

    stock& open(const account_key& key) {
        const auto [it, made] = accounts.try_emplace(key);
        if (made) {
            it->second.made = ++accounts_made;
        }
        return it->second;
    }
    stock balance(const account_key& key) const {
        const auto it = accounts.find(key);
        return it == accounts.end() ? stock{} : it->second;
    }
    // The oldest first.
    std::vector<account_key> accounts_of(core::clinic_number clinic) const {
        std::map<std::size_t, account_key> all;
        for (const auto& [key, s] : accounts) {
            if (key.clinic == clinic) {
                all[s.made] = key;
            }
        }
        std::vector<account_key> in_order;
        for (const auto& [made, key] : all) {
            in_order.push_back(key);
        }
        return in_order;
    }

    static core::refusal no(core::errc code, std::string_view field, std::uint8_t confirm = 0) {
        return {code, field, confirm, std::nullopt};
    }

    static std::string upper(std::string_view text) {
        std::string all(text);
        std::transform(all.begin(), all.end(), all.begin(),
                       [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
        return all;
    }

    core::civil_day day_of(core::instant at, core::programme_number n) const {
        return core::day_at(at, programmes[n].offset);
    }

    // The priorities of tests differ, so there is one best.
    core::programme_number meant(core::programme_number asked, core::instant at) const {
        if (asked != core::no_programme) {
            return asked < programmes.size() && !settled.contains(asked) ? asked
                                                                         : core::no_programme;
        }
        core::programme_number best = core::no_programme;
        for (const bool open : {true, false}) {
            for (core::programme_number n = 0; n < programmes.size(); ++n) {
                const core::programme& p = programmes[n];
                const bool is_open = p.starts <= day_of(at, n) && day_of(at, n) <= p.ends;
                if (is_open == open && !settled.contains(n) &&
                    (best == core::no_programme || p.priority > programmes[best].priority)) {
                    best = n;
                }
            }
            if (best != core::no_programme) {
                break;
            }
        }
        return best;
    }

    core::dose_history history_of(const person_in_programme& who) const {
        const auto all = standing(who);
        if (all.empty()) {
            return {};
        }
        return {static_cast<std::uint8_t>(all.size()), last_of(all).day};
    }
    std::vector<given> standing(const person_in_programme& who) const {
        const auto it = doses.find(who);
        auto all = it == doses.end() ? std::vector<given>{} : it->second;
        std::erase_if(all, [](const given& g) { return g.voided.has_value(); });
        return all;
    }
    static given last_of(const std::vector<given>& all) {
        given last = all.front();
        for (const given& g : all) {
            last = g.day >= last.day ? g : last;
        }
        return last;
    }

    std::uint16_t payable(const person_in_programme& who) const {
        const auto all = standing(who);
        return static_cast<std::uint16_t>(std::ranges::count_if(
            all, [](const given& g) { return g.claim != core::claim_state::not_payable; }));
    }

    // Of the lots of that text: imported before written, of this programme before others, oldest.
    core::lot_number find(std::string_view text, std::string_view product,
                          core::programme_number programme) const {
        constexpr std::array<std::pair<bool, bool>, 4> order{
            {{true, true}, {true, false}, {false, true}, {false, false}}};
        for (const auto& [verified, own] : order) {
            for (core::lot_number n = 1; n < lots.size(); ++n) {
                const lot& l = lots[n];
                if (upper(l.text) == upper(text) && (product.empty() || product == l.product) &&
                    l.verified == verified && (l.programme == programme) == own) {
                    return n;
                }
            }
        }
        return 0;
    }
};

}  // namespace doseline::test

#include "storage/book_fold.hpp"

#include "storage/ledger.hpp"

#include <string>
#include <utility>

namespace doseline::storage {

namespace {

[[noreturn]] void differs(const std::string& what) {
    throw fatal_error("the books do not fit together: " + what +
                      "; keep this directory and report it: it was recorded so");
}

void require(bool same, const std::string& what) {
    if (!same) {
        differs(what + " has not been carried forward as it was");
    }
}

bool is_empty(const fold::balance& b) noexcept { return b == fold::balance{}; }

}  // namespace

void book_fold::take(core::sequence seq, const core::event& e) {
    if (const auto* opened = std::get_if<core::book_opened>(&e)) {
        turn(seq, *opened);
    }
    now_.take(seq, e);
    if (before_ && seq == carried_until_) {
        compare();
        before_.reset();
    }
}

void book_fold::turn(core::sequence seq, const core::book_opened& e) {
    if (e.book == 1) {
        return;
    }
    if (!now_.closed()) {
        differs("book " + std::to_string(e.book - 1) + " was not closed");
    }
    before_.emplace(std::exchange(now_, fold(seq - 1)));
    settled_ = e.settled;
    carried_until_ = seq + e.carried;
}

void book_fold::compare() const {
    require(now_.clinics().size() == before_->clinics().size(), "the number of clinics");
    require(now_.lots().size() == before_->lots().size(), "the number of lots");
    require(now_.programmes() == before_->programmes(), "the number of programmes");
    std::size_t accounts = 0;
    for (std::size_t i = 0; i < before_->clinics().size(); ++i) {
        const auto n = static_cast<core::clinic_number>(i);
        const std::string name = "clinic " + std::to_string(before_->clinics()[n].code);
        require(now_.clinics()[n].code == before_->clinics()[n].code &&
                    now_.clinics()[n].region_index == before_->clinics()[n].region_index,
                name);
        for (const fold::account_key& key : before_->accounts_of(n)) {
            const fold::balance b = before_->balance_of(key);
            require(now_.balance_of(key) == b, "an account of " + name);
            accounts += is_empty(b) ? 0 : 1;
        }
    }
    require(now_.accounts() == accounts, "the number of accounts");
    std::size_t persons = 0;
    for (const fold::person& p : before_->person_slots()) {
        if (p.hash == 0 || (settled_ >> p.programme & 1u) != 0) {
            continue;
        }
        const fold::person carried = now_.person_of_hash(p.hash);
        require(carried.doses == p.doses && carried.payable == p.payable, "a person's doses");
        ++persons;
    }
    require(now_.persons() == persons, "the number of persons");
}

}  // namespace doseline::storage

#pragma once

#include "storage/fold.hpp"

#include <optional>

namespace doseline::storage {

// The proof's fold over all books: each is folded for itself, and where what it carries forward is
// complete, that is held against what the book before it left: every account that holds anything,
// every person of a programme that is not settled. Nothing is lost between two books, and nothing
// comes from nowhere.
//
// Thread safety: none; one owner.
class book_fold {
public:
    // Throws fatal_error that names the first difference. REQUIRES: all events, from the first.
    void take(core::sequence seq, const core::event& e);

    const fold& open() const noexcept { return now_; }  // of the newest book
    // What that carries forward is not complete yet.
    bool carrying() const noexcept { return before_.has_value(); }

private:
    void turn(core::sequence seq, const core::book_opened& e);
    void compare() const;

    fold now_;
    std::optional<fold> before_;  // while the book still carries forward
    std::uint16_t settled_ = 0;
    core::sequence carried_until_ = 0;
};

}  // namespace doseline::storage

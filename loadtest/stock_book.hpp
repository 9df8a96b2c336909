#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace doseline::loadtest {

// One lot at a clinic.
struct book_account {
    std::string lot;      // empty: of doses that were given with nothing on hand
    std::string expires;  // as the server writes it; empty: not known
    std::int64_t on_hand = 0;
    std::int64_t in_transit = 0;
    std::int64_t suspense = 0;
};

// What a clinic's stock must be after its requests, kept by the client alone: the server's figures
// are held against it. What others send to the clinic is entered when they have been answered, so
// in_transit is right only while nobody sends.
//
// Thread safety: none.
class stock_book {
public:
    // What GET /v1/stock says before the first request. False: not in the contract's form.
    bool begin(std::string_view body);

    // A shot of which no lot is named: from the lot that expires first, or below zero. False: that.
    bool take();

    // So many came, difference more than were on their way. REQUIRES: the lot has an account, also
    // of the following.
    void confirm(std::string_view lot, std::int64_t quantity, std::int64_t difference);
    void send(std::string_view lot, std::int64_t quantity);
    void count(std::string_view lot, std::int64_t quantity);
    // Shots that were given with nothing on hand were of this lot.
    void assign(std::int64_t quantity, std::string_view lot);

    // Another clinic has sent it; the lot may be new here.
    void arrive(const book_account& lot, std::int64_t quantity);

    const book_account* find(std::string_view lot) const noexcept;  // null: none
    const book_account* first_lot() const noexcept;  // the first with a name; null: none
    std::int64_t remaining() const noexcept;         // on hand and in suspense

    // Whether GET /v1/stock tells the same. In quiet also of what is in transit.
    bool agrees(std::string_view body, bool in_quiet) const;

private:
    book_account& at(const book_account& lot);  // made if there is none
    book_account& at(std::string_view lot);

    std::vector<book_account> accounts_;  // those that expire first come first, one a lot
};

}  // namespace doseline::loadtest

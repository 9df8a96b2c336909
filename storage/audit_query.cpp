#include "storage/audit_query.hpp"

#include "storage/event_codec.hpp"
#include "storage/record_search.hpp"

#include <algorithm>
#include <string>

namespace doseline::storage {

namespace {

core::audit_record decoded(std::uint64_t number, std::span<const std::byte> record) {
    auto audit = decode_audit(record);
    if (!audit) {
        throw fatal_error("record " + std::to_string(number) +
                          " of the audit does not decode: run doseline verify");
    }
    return *audit;
}

// The number of the first record that is not older; one past the last where all are.
std::uint64_t first_not_before(ledger_reader& from, core::instant time) {
    std::vector<std::byte> record;
    // Whether there is such a record and it is older.
    const auto is_older = [&](std::uint64_t number) {
        return from.get(stream::audit, number, record) && decoded(number, record).at < time;
    };
    return first_not_older(is_older);
}

bool fits(const core::audit_record& a, const core::audit_filter& filter) {
    return (!filter.clinic || a.by.clinic == *filter.clinic) &&
           (!filter.whose || (a.person != core::person_key{} && filter.whose(a.person)));
}

}  // namespace

core::audit_page read_audit(ledger_reader& from, const core::audit_filter& filter,
                            const std::function<void()>& give_way) {
    core::audit_page page;
    std::uint64_t first = filter.after + 1;
    if (filter.from) {
        first = std::max(first, first_not_before(from, *filter.from));
    }
    const std::uint64_t end = first + core::limits::audit_scan_max;
    for (bool more = true; more;) {
        const std::uint64_t step_end = first + core::limits::list_step_records;
        more = false;
        first = from.scan(
            stream::audit, first, [&](std::uint64_t number, std::span<const std::byte> record) {
                if (number == end || page.rows.size() == core::limits::audit_rows_max) {
                    page.next = number - 1;
                    return false;
                }
                if (number == step_end) {
                    more = true;
                    return false;
                }
                const core::audit_record a = decoded(number, record);
                if (filter.to && a.at >= *filter.to) {
                    return false;
                }
                if (fits(a, filter)) {
                    page.rows.push_back({number, a, std::string(reason_in(record))});
                }
                return true;
            });
        if (more) {
            give_way();
        }
    }
    return page;
}

}  // namespace doseline::storage

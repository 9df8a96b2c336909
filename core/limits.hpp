#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

// Every limit of the program, in one place, with its unit in its name. Each has a test at it and
// one past it. Nothing in the program grows with a stranger's input beyond a number on this page.
namespace doseline::core::limits {

using std::size_t;
using namespace std::chrono_literals;

// The domain.
inline constexpr std::uint32_t clinics_max = 1'000'000;
inline constexpr std::uint32_t regions_max = 1'024;
inline constexpr std::uint16_t programmes_max = 16;
inline constexpr std::uint32_t lots_max = 65'536;
inline constexpr size_t accounts_per_clinic_max = 64;  // lot 0's may come on top
inline constexpr std::int32_t shipment_doses_max = 1'000'000;
inline constexpr std::int32_t account_doses_max = 10'000'000;  // on hand, and as many in transit
inline constexpr size_t phases_per_programme_max = 32;
inline constexpr size_t exceptions_per_programme_max = 16;
inline constexpr std::int32_t schedule_doses_max = 20;  // of one person in a programme
inline constexpr size_t person_events_max = 1'000;      // that a change or a look reads back

// Days of clinics.
inline constexpr size_t days_kept = 8;                   // today, and the seven before it
inline constexpr std::uint16_t day_unsent_max = 10'000;  // rows that a clinic may have yet to send
inline constexpr std::uint32_t day_shots_counted_max = 131'071;  // of a clinic; beyond: this many
inline constexpr size_t day_clinics_max = 1'000;    // of a region, looked at for one page
inline constexpr std::int64_t cover_days_max = 60;  // that a stock is held against
inline constexpr size_t cover_clinics_max = 1'000;  // of a region, looked at for one answer

// Days that anything may name: a birth, a shot, the end of a lot. The first one is the earliest
// birth that a national id can tell, the last one the last of four digits.
inline constexpr std::chrono::sys_days day_min = std::chrono::year{1800} / 1 / 1;
inline constexpr std::chrono::sys_days day_max = std::chrono::year{9999} / 12 / 31;

// Text fields, in bytes of UTF-8 unless the name says characters.
inline constexpr size_t lot_bytes_max = 20;
inline constexpr size_t product_bytes_max = 20;
inline constexpr size_t programme_code_bytes_max = 20;
inline constexpr size_t exception_code_bytes_max = 32;
inline constexpr size_t user_code_bytes_max = 16;
inline constexpr size_t name_characters_max = 40;
inline constexpr size_t evidence_characters_max = 200;
inline constexpr size_t clinic_name_characters_max = 100;
inline constexpr size_t export_reason_characters_max = 200;
inline constexpr size_t sealed_name_bytes_max = 27;  // what fits into a registration's own record
inline constexpr size_t extension_bytes_max = 2'048;

// Books.
inline constexpr std::uint16_t books_max = 64;
inline constexpr std::chrono::days settled_after{365};  // a programme's end: its persons stay back
inline constexpr std::chrono::days keys_carried{90};    // clinics replay rows weeks later
inline constexpr int retention_years = 5;               // a younger book is not destroyed

// Lists.
inline constexpr size_t list_rows_max = 50;           // of a page
inline constexpr size_t audit_rows_max = 200;         // of a page
inline constexpr size_t audit_scan_max = 200'000;     // records looked at for one page
inline constexpr size_t clinic_events_max = 200'000;  // read for one page, about 0.3 s
inline constexpr size_t list_step_records = 256;      // of these, before others are served

// Time.
inline constexpr std::chrono::minutes hold_time = 30min;
inline constexpr std::chrono::minutes occurred_ahead_max = 5min;
inline constexpr std::uint32_t holds_per_clinic_max = 64;
inline constexpr size_t holds_max = 4'000'000;
inline constexpr std::chrono::hours enrolment_code_lifetime = 24h * 14;
inline constexpr std::chrono::hours device_token_lifetime = 24h * 400;
inline constexpr size_t revocations_max = 16'384;  // of devices, and of clinics as a whole

// The committer.
inline constexpr size_t batch_commands_max = 1'024;
inline constexpr std::chrono::microseconds linger_max = 3'000us;
inline constexpr size_t inbox_commands_max = 4'096;  // per reactor; a power of two
inline constexpr std::chrono::milliseconds commit_stalled_after = 1'000ms;
inline constexpr std::chrono::milliseconds anchor_interval = 1'000ms;
inline constexpr std::uint64_t disk_reserve_bytes = 256ull << 20;
inline constexpr std::uint64_t map_bytes = 1ull << 38;  // address space, not memory; 256 GiB
inline constexpr std::uint64_t map_reserve_bytes = 1ull << 30;

// Backups.
inline constexpr size_t backup_file_bytes_max = 64 * 1024;  // of a certificate or an anchor in one
inline constexpr size_t restore_commit_records = 50'000;    // also of an import; or a batch of more

// The edge.
inline constexpr size_t header_bytes_max = 8 * 1024;
inline constexpr size_t header_fields_max = 64;
inline constexpr size_t body_bytes_max = 64 * 1024;
inline constexpr size_t batch_body_bytes_max = 1024 * 1024;
inline constexpr size_t batch_rows_max = 200;
inline constexpr size_t target_bytes_max = 1'024;
inline constexpr std::chrono::seconds retry_after_max = 20s;  // of who is refused for load
inline constexpr size_t connections_default_max = 35'000;     // the floor, and a sixth
inline constexpr size_t connections_max = 1'000'000;
inline constexpr size_t reactors_max = 64;
inline constexpr size_t operator_connections_max = 64;
inline constexpr size_t descriptors_reserved = 128;  // for files, which must open at any time
inline constexpr std::chrono::seconds handshake_timeout = 10s;
inline constexpr std::chrono::seconds header_timeout = 10s;
inline constexpr std::chrono::seconds body_timeout = 20s;
inline constexpr std::chrono::seconds write_timeout = 20s;
// Asked of the kernel for answers that a peer does not read; it doubles it for its own use. Left
// alone, it grows to some megabytes a connection.
inline constexpr int send_buffer_bytes = 128 * 1024;
inline constexpr std::chrono::seconds request_timeout = 30s;
inline constexpr std::chrono::minutes idle_timeout = 30min;
inline constexpr std::chrono::seconds drain_timeout = 20s;
inline constexpr std::uint32_t enrolment_tries_per_minute_max = 10;  // per address and reactor

// Admission. A clinic types one patient in 8 s at each desk, some three calls: the largest
// hospital's forty desks make 15 a second; the rows of a hospital's day are within the burst.
inline constexpr std::uint32_t clinic_requests_per_second_max = 500;  // over all reactors
inline constexpr std::uint32_t clinic_burst_requests_max = 5'000;
inline constexpr std::uint32_t clinic_in_flight_max = 512;  // commands under way: two full batches
inline constexpr std::chrono::milliseconds queue_wait_target = 15ms;
inline constexpr std::chrono::milliseconds queue_window = 100ms;  // the least wait in it counts
// How long a request may have to wait for its turn on a reactor: registrations, checks, all others;
// in a line that has just begun, and in one that stands for longer than line_burst_max. A doctor
// does not mind a fifth of a second, and to be told to come again costs him seconds.
inline constexpr std::array<std::chrono::milliseconds, 3> line_wait_in_burst_max{250ms, 200ms,
                                                                                 100ms};
inline constexpr std::array<std::chrono::milliseconds, 3> line_wait_in_load_max{100ms, 50ms, 25ms};
inline constexpr std::chrono::milliseconds line_burst_max = 200ms;
inline constexpr std::chrono::milliseconds inbox_wait_max = 1'000ms;  // submitted, not yet taken
inline constexpr std::chrono::milliseconds list_wait_max = 5'000ms;   // for its turn to be read
inline constexpr size_t handshakes_waiting_max = 512;                 // for their turn, per core
// Per core, answered and waiting for the client's end: each needs four times an idle connection's
// memory. About as many as a core's time is enough for in a second, at 449 us each (README).
inline constexpr size_t handshakes_answered_max = 2'048;

// A clinic's doses of a programme are counted in 32 bits; lot 0 has an account a funding.
static_assert((accounts_per_clinic_max + 3) * account_doses_max < (1ull << 31));
static_assert((inbox_commands_max & (inbox_commands_max - 1)) == 0);
static_assert(batch_commands_max <= inbox_commands_max);
static_assert(batch_rows_max <= inbox_commands_max);
static_assert(linger_max < commit_stalled_after);
static_assert(body_bytes_max <= batch_body_bytes_max);
static_assert(header_timeout <= request_timeout && body_timeout <= request_timeout);
static_assert(sealed_name_bytes_max < name_characters_max * 4);
static_assert((name_characters_max + evidence_characters_max) * 4 + 64 <= extension_bytes_max);
static_assert(clinic_in_flight_max <= clinic_burst_requests_max);
static_assert(clinic_requests_per_second_max <= 1'000'000);  // a token a microsecond at most
static_assert(queue_wait_target < queue_window);
static_assert(list_wait_max < request_timeout);
static_assert(inbox_wait_max < request_timeout && inbox_wait_max <= commit_stalled_after);
static_assert(map_reserve_bytes < map_bytes && disk_reserve_bytes <= map_reserve_bytes);

}  // namespace doseline::core::limits

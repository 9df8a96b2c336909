// doseline-bench-fill DIR REGISTRATIONS: makes of a registry that doseline init has just made one
// with so many registrations, each with its audit record, all of the last minutes: what a start
// has most to do with. Prints how many events the ledger has then.
#include "bench/written_season.hpp"
#include "storage/anchor.hpp"
#include "storage/committer.hpp"
#include "storage/directory_lock.hpp"
#include "storage/key_ring.hpp"
#include "storage/lmdb_ledger.hpp"

#include <charconv>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <iostream>
#include <string_view>

namespace {

using namespace doseline;

constexpr std::chrono::minutes spread{2};  // of ten million, by the season's clock

void fill(const std::filesystem::path& dir, core::sequence registrations) {
    const storage::directory_lock lock(storage::require_registry(dir));
    storage::signer signer(storage::key_ring::open(dir));
    storage::lmdb_ledger ledger(dir, storage::lmdb::access::write);
    if (ledger.head(storage::stream::events).seq != 1) {
        throw std::runtime_error(dir.string() + " is not as doseline init makes it");
    }
    bench::season season(storage::system_clocks().wall() - spread);
    bench::write_season(season, ledger, registrations);
    storage::write_anchor(
        dir,
        {{ledger.head(storage::stream::events), ledger.head(storage::stream::audit)}, season.now()},
        signer);
    std::cout << season.seq() << std::endl;
}

}  // namespace

int main(int argc, char** argv) try {
    const std::string_view number = argc == 3 ? argv[2] : "";
    core::sequence registrations = 0;
    const auto [end, error] =
        std::from_chars(number.data(), number.data() + number.size(), registrations);
    if (error != std::errc{} || end != number.data() + number.size() || number.empty()) {
        std::cerr << "usage: doseline-bench-fill DIR REGISTRATIONS\n";
        return 2;
    }
    fill(argv[1], registrations);
    return EXIT_SUCCESS;
} catch (const std::exception& e) {
    std::cerr << "doseline-bench-fill: " << e.what() << "\n";
    return EXIT_FAILURE;
}

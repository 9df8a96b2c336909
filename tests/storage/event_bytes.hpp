#pragma once

#include "storage/event_codec.hpp"

#include <cstddef>
#include <vector>

namespace doseline::test {

// An event as its record.
inline std::vector<std::byte> bytes_of(const core::event& e) {
    storage::record_batch batch;
    storage::encode(e, batch);
    return {batch[0].begin(), batch[0].end()};
}

}  // namespace doseline::test

#pragma once

#include "storage/page_walk.hpp"

#include <string>
#include <vector>

namespace doseline::storage {

struct named_tree {
    std::string name;
    lmdb::tree_record record;
};

// As page_walk::tree() of each, nobody visiting, on as many threads as there are processors: a
// start waits for it. Of several failures one of those is thrown that were met first. All threads
// have ended by then.
void walk_together(walked_file& in, const std::vector<named_tree>& trees,
                   std::uint16_t entry_flags);

}  // namespace doseline::storage

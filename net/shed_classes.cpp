#include "net/shed_classes.hpp"

namespace doseline::net {

class_set refused_classes(core::mode mode, const shed_classes& shed) noexcept {
    class_set refused{};
    for (std::size_t c = 0; c < work_classes; ++c) {
        switch (static_cast<work_class>(c)) {
            case work_class::registration: refused[c] = mode == core::mode::read_only; break;
            case work_class::check: refused[c] = mode != core::mode::normal; break;
            case work_class::stock:
            case work_class::report: break;
            case work_class::page: continue;  // always served
        }
        refused[c] = refused[c] || shed.contains(static_cast<work_class>(c));
    }
    return refused;
}

std::vector<std::string_view> names_of(const class_set& classes) {
    std::vector<std::string_view> names;
    for (std::size_t c = 0; c < work_classes; ++c) {
        if (classes[c]) {
            names.push_back(name_of(static_cast<work_class>(c)));
        }
    }
    return names;
}

}  // namespace doseline::net

#include "storage/ledger.hpp"

namespace doseline::storage {

void record_batch::clear() noexcept {
    buffer_.clear();
    ends_.clear();
}

std::span<std::byte> record_batch::add(std::size_t bytes) {
    const std::size_t begin = buffer_.size();
    buffer_.resize(begin + bytes);
    ends_.push_back(buffer_.size());
    return std::span(buffer_).subspan(begin);
}

std::span<const std::byte> record_batch::operator[](std::size_t i) const noexcept {
    const std::size_t begin = i == 0 ? 0 : ends_[i - 1];
    return std::span(buffer_).subspan(begin, ends_[i] - begin);
}

}  // namespace doseline::storage

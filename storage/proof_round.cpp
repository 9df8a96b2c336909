#include "storage/proof_round.hpp"

#include <utility>

namespace doseline::storage {

namespace {

constexpr std::size_t findings_max = 20;

}  // namespace

void proof_round::differs(std::uint64_t by, std::string place, std::string_view figures) {
    answer.drift += by;
    if (places.size() < findings_max) {
        answer.findings.push_back(place + ": " + std::string(figures));
        places.push_back(std::move(place));
    }
}

std::string drift_alarm::since_last(const proof_round& finished) {
    const core::proof_answer& now = finished.answer;
    if (now.drift == drift_ && finished.places == places_) {
        return {};
    }
    drift_ = now.drift;
    places_ = finished.places;
    std::string text = (drift_ == 0 ? "none any more" : std::to_string(drift_)) + " at record " +
                       std::to_string(now.seq);
    for (const std::string& finding : now.findings) {
        text += "; " + finding;
    }
    return text;
}

}  // namespace doseline::storage

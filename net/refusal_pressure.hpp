#pragma once

namespace doseline::net {

// How long those are held off who are refused: as few seconds as a doctor's patience while refusals
// are few, and more the more of its time a reactor spends on them. To read a request and refuse it
// costs more than half of what serving it would (net/README.md): at many times the capacity, a
// server that refuses everybody who asks does little else.
//
// Thread safety: none; its reactor's. Reads no clock.
class refusal_pressure {
public:
    static constexpr double least = 1;
    static constexpr double most = 4;

    // Of so many windows (1 and more): what passed and what was refused in each.
    void note(double passed, double refused, double windows) noexcept;

    double value() const noexcept { return value_; }  // least to most

private:
    double value_ = least;
};

}  // namespace doseline::net

#include <benchmark/benchmark.h>

namespace {

// A benchmark that finds its own work wrong must fail the run.
class failing_reporter : public benchmark::ConsoleReporter {
public:
    void ReportRuns(const std::vector<Run>& reports) override {
        for (const Run& r : reports) {
            failed_ = failed_ || r.error_occurred;
        }
        ConsoleReporter::ReportRuns(reports);
    }
    bool failed() const noexcept { return failed_; }

private:
    bool failed_ = false;
};

}  // namespace

int main(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
        return 2;
    }
    failing_reporter reporter;
    benchmark::RunSpecifiedBenchmarks(&reporter);
    benchmark::Shutdown();
    return reporter.failed() ? 1 : 0;
}

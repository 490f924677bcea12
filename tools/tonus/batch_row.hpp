#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/sinks/sink.hpp"

namespace tonus::cli {

/// The numbers in a row of the batch table, in order; each is NaN, an empty cell, where it is undefined.
inline constexpr std::array<std::string_view, 23> kBatchColumns{
    "duration_s", "frames_lost", "gaps", "mean_uv", "peak_uv", "mdf_hz",
    "mean_mvc", "peak_mvc", "over_s",
    "hold_s", "hold_mdf_begin_hz", "hold_mdf_per_s", "hold_mdf_se_per_s", "hold_rms_per_s", "hold_rms_se_per_s",
    "local_mean_mvc", "global_mean_mvc", "load_known_s", "load_over_limit_s", "load_p10_mvc", "load_p50_mvc", "load_p90_mvc", "flag_over_s"};

/// One muscle of one recording.
struct BatchRow {
    std::string muscle;
    std::string_view muscle_class;
    std::array<double, kBatchColumns.size()> values{};
};

/// Follows the envelopes of a run, which a summary does not hold: a recording without references has no
/// fractions of a maximum, but microvolts it has.
class LevelSink final : public Sink {
public:
    std::string_view name() const noexcept override { return "levels"; }
    void begin(const SessionInfo& session) override;
    void row(const ResultRow& row) noexcept override;
    void event(const Event&) noexcept override {}
    void end(const RunSummary& summary) override { summary_ = summary; }

    /// One row for each muscle, once the run is over.
    std::vector<BatchRow> rows() const;

private:
    struct Level {
        double sum_uv = 0.0, peak_uv = 0.0;
        std::uint64_t n = 0;
        double sum_hz = 0.0;
        std::uint64_t n_hz = 0;
        std::uint32_t n_windows = 0;
    };
    SessionInfo session_;
    RunSummary summary_;
    std::vector<Level> levels_;
};

/// A row as a line of the table, without the recording's name and the line end.
std::string csv_cells(const BatchRow& row);

}  // namespace tonus::cli

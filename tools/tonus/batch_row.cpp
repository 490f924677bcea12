#include "tools/tonus/batch_row.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "engine/core/tick.hpp"
#include "tools/tonus/csv_text.hpp"

namespace tonus::cli {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

double mean(double sum, std::uint64_t n) { return n > 0 ? sum / static_cast<double>(n) : kNone; }
double ticks_s(std::uint64_t n) { return static_cast<double>(n) * kTickS; }

/// A muscle belongs to no stream that a summary names, so losses are those of all EMG.
LossLedger emg_losses(const SessionInfo& session, const RunSummary& summary) {
    LossLedger all;
    for (std::size_t s = 0; s < session.streams.size(); ++s) {
        if (session.streams[s].kind != StreamKind::emg) continue;
        all.n_gaps += summary.streams[s].ledger.n_gaps;
        all.lost[0] += summary.streams[s].ledger.lost_total();
    }
    return all;
}

}  // namespace

void LevelSink::begin(const SessionInfo& session) {
    session_ = session;
    levels_.assign(session.channels.size(), {});
}

void LevelSink::row(const ResultRow& row) noexcept {
    for (std::size_t ch = 0; ch < levels_.size(); ++ch) {
        const ChannelResult& channel = row.channels[ch];
        Level& level = levels_[ch];
        if (channel.rms_status.state == ValueState::valid) {
            level.sum_uv += static_cast<double>(channel.rms_uv);
            level.peak_uv = std::max(level.peak_uv, static_cast<double>(channel.rms_uv));
            ++level.n;
        }
        if (channel.n_windows != level.n_windows && channel.mdf_hz > 0.0f) {
            level.sum_hz += static_cast<double>(channel.mdf_hz);
            ++level.n_hz;
        }
        level.n_windows = channel.n_windows;
    }
}

std::vector<BatchRow> LevelSink::rows() const {
    std::vector<BatchRow> rows;
    const LossLedger losses = emg_losses(session_, summary_);
    for (std::size_t ch = 0; ch < levels_.size(); ++ch) {
        const Level& level = levels_[ch];
        const bool has_fatigue = ch < summary_.channel_fatigue.size() && summary_.channel_fatigue[ch];
        const FatigueTrend hold = has_fatigue ? *summary_.channel_fatigue[ch] : FatigueTrend{};
        const auto of_hold = [&](double value) { return has_fatigue ? value : kNone; };
        rows.push_back({session_.channels[ch].name, muscle_class_letter(session_.channels[ch].muscle),
                        {summary_.duration_s, static_cast<double>(losses.lost_total()), static_cast<double>(losses.n_gaps),
                         mean(level.sum_uv, level.n), level.n > 0 ? level.peak_uv : kNone, mean(level.sum_hz, level.n_hz),
                         summary_.channel_mean_mvc[ch], summary_.channel_peak_mvc[ch], ch < summary_.channel_over_s.size() ? summary_.channel_over_s[ch] : kNone,
                         of_hold(hold.duration_s), of_hold(hold.mdf_begin_hz), of_hold(hold.mdf_per_s), of_hold(hold.mdf_se_per_s),
                         of_hold(hold.rms_per_s), of_hold(hold.rms_se_per_s),
                         summary_.local_mean_mvc, summary_.global_mean_mvc, ticks_s(summary_.n_ticks_known), ticks_s(summary_.n_ticks_over_limit),
                         summary_.load_p10_mvc, summary_.load_p50_mvc, summary_.load_p90_mvc, ticks_s(summary_.n_ticks_over)}});
    }
    return rows;
}

std::string csv_cells(const BatchRow& row) {
    std::string text = csv_text(row.muscle) + "," + std::string{row.muscle_class};
    for (const double value : row.values) text += std::isfinite(value) ? fmt::format(",{:.9g}", value) : ",";
    return text;
}

}  // namespace tonus::cli

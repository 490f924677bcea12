#include "engine/sinks/summary.hpp"

#include <cmath>

#include <fmt/format.h>

#include "engine/sinks/events_file.hpp"

namespace tonus {
namespace {

double share(std::uint64_t part, std::uint64_t whole) {
    return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : std::nan("");
}

std::string percent(double fraction) {
    return std::isnan(fraction) ? "-" : fmt::format("{:.1f} %", 100.0 * fraction);
}

std::string number(double value) { return std::isnan(value) ? "null" : fmt::format("{:.6g}", value); }

std::string lost_by_cause(const LossLedger& ledger) {
    std::string text;
    for (std::size_t cause = 0; cause < kGapCauses; ++cause) {
        if (ledger.lost[cause] == 0) continue;
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", ledger.lost[cause],
                            gap_cause_name(static_cast<GapCause>(cause)));
    }
    return text;
}

std::string stream_text(const StreamInfo& info, const RunSummary::Stream& stream) {
    const LossLedger& ledger = stream.ledger;
    std::string text = fmt::format("  {:<14} {} sent, {} received, ", info.name, ledger.emitted(),
                                   ledger.received);
    text += ledger.lost_total() == 0
                ? "none lost"
                : fmt::format("{} lost in {} gaps ({})", ledger.lost_total(), ledger.n_gaps,
                              lost_by_cause(ledger));
    if (ledger.ignored > 0) text += fmt::format(", {} repeated or misplaced and ignored", ledger.ignored);
    if (stream.clock.valid) {
        text += fmt::format("\n{:17}clock {:+.1f} ppm against ours, residual {:.1f} ms", "", stream.clock.drift_ppm,
                            stream.clock.residual_ms);
    }
    if (!stream.trouble.empty()) text += "\n    " + stream.trouble;
    return text + "\n";
}

std::string fatigue_text(const SessionInfo& session, const RunSummary& summary) {
    std::string text;
    for (std::size_t ch = 0; ch < summary.channel_fatigue.size(); ++ch) {
        const std::optional<FatigueTrend>& trend = summary.channel_fatigue[ch];
        if (!trend) continue;
        text += fmt::format("  {:<14} {:4.0f} s  {:3.0f} Hz {:+.2f} ±{:.2f}  {:+.2f} ±{:.2f}  {}\n", session.channels[ch].name, trend->duration_s,
                            trend->mdf_begin_hz, 100.0 * trend->mdf_per_s, 100.0 * trend->mdf_se_per_s, 100.0 * trend->rms_per_s,
                            100.0 * trend->rms_se_per_s, jasa_name(trend->jasa));
    }
    return text.empty() ? text : "longest holds: median frequency, its slope and that of the RMS in %/s\n" + text;
}

std::string fatigue_json(const RunSummary& summary, std::size_t ch) {
    if (ch >= summary.channel_fatigue.size() || !summary.channel_fatigue[ch]) return "null";
    const FatigueTrend& trend = *summary.channel_fatigue[ch];
    return fmt::format("{{\"begin_s\":{:.2f},\"duration_s\":{:.2f},\"windows\":{},\"mdf_begin_hz\":{},\"mdf_per_s\":{},\"mdf_se_per_s\":{},"
                       "\"rms_per_s\":{},\"rms_se_per_s\":{},\"jasa\":\"{}\"}}",
                       trend.begin_s, trend.duration_s, trend.n_windows, number(trend.mdf_begin_hz), number(trend.mdf_per_s), number(trend.mdf_se_per_s),
                       number(trend.rms_per_s), number(trend.rms_se_per_s), jasa_name(trend.jasa));
}

std::string_view memory_word(MemoryHold memory) {
    switch (memory) {
        case MemoryHold::locked: return "locked";
        case MemoryHold::touched: return "touched";
        case MemoryHold::none: return "neither locked nor touched";
    }
    return "";
}

std::string engine_text(const RunSummary::EngineThread& engine) {
    return fmt::format("engine thread: memory {}{}, {} page faults after its start, {:.2f} s of processor\n", memory_word(engine.memory),
                       engine.memory == MemoryHold::locked ? "" : " (raise the limit, ulimit -l, to lock it)",
                       engine.usage.n_page_faults, engine.usage.cpu_s);
}

std::string engine_json(const RunSummary& summary) {
    if (!summary.engine) return "null";
    return fmt::format("{{\"memory\":{},\"page_faults\":{},\"cpu_s\":{:.4f}}}", json_string(memory_word(summary.engine->memory)),
                       summary.engine->usage.n_page_faults, summary.engine->usage.cpu_s);
}

}  // namespace

std::string summary_text(const SessionInfo& session, const RunSummary& summary) {
    const double unknown_s = static_cast<double>(summary.n_ticks - summary.n_ticks_known) * kTickS;
    std::string text = fmt::format("{:.1f} s of data ({})", summary.duration_s, session.form);
    text += unknown_s > 0.0 ? fmt::format(", the load unknown for {:.1f} s\n", unknown_s) : "\n";
    if (summary.n_ticks_known > 0) {
        text += fmt::format("  load at or over {:.0f} % of maximum for {} of the known time\n",
                            100.0 * static_cast<double>(session.limit_mvc),
                            percent(share(summary.n_ticks_over_limit, summary.n_ticks_known)));
        text += fmt::format("  flag raised {} {}, up for {:.1f} s in all\n", summary.n_raised, summary.n_raised == 1 ? "time" : "times",
                            static_cast<double>(summary.n_ticks_over) * kTickS);
        text += fmt::format("  in the band of 15-33 % for {:.1f} s, below it {:.1f} s, above it {:.1f} s\n", summary.in_band_s,
                            summary.below_band_s, summary.above_band_s);
        if (!std::isnan(summary.load_p50_mvc)) {
            text += fmt::format("  a tenth of the time under {:.0f} %, half under {:.0f} %, nine tenths under {:.0f} %\n",
                                100.0 * summary.load_p10_mvc, 100.0 * summary.load_p50_mvc, 100.0 * summary.load_p90_mvc);
        }
    }
    if (summary.n_ticks_estimate > 0) {
        text += fmt::format("  vibrated for {:.1f} s: levels are estimates then\n", static_cast<double>(summary.n_ticks_estimate) * kTickS);
    }
    text += fmt::format("mean activation: local (proxy) {}, global {}\n", percent(summary.local_mean_mvc),
                        percent(summary.global_mean_mvc));
    for (std::size_t ch = 0; ch < session.channels.size(); ++ch) {
        const SessionInfo::Channel& channel = session.channels[ch];
        text += fmt::format("  {:<14} {}  mean {:>7}  peak {:>7}", channel.name,
                            muscle_class_letter(channel.muscle), percent(summary.channel_mean_mvc[ch]),
                            percent(summary.channel_peak_mvc[ch]));
        if (ch < summary.channel_over_s.size() && summary.channel_over_s[ch] > 0.0) text += fmt::format("  over {:.1f} s", summary.channel_over_s[ch]);
        if (channel.reference != Reason::none) text += fmt::format("  {}", reason_advice(channel.reference));
        text += "\n";
    }
    text += fatigue_text(session, summary);
    text += "frames:\n";
    for (std::size_t s = 0; s < session.streams.size(); ++s) {
        text += stream_text(session.streams[s], summary.streams[s]);
    }
    if (summary.engine) text += engine_text(*summary.engine);
    return text;
}

std::string summary_json(const SessionInfo& session, const RunSummary& summary) {
    std::string json = fmt::format(
        "{{\"form\":{},\"duration_s\":{:.2f},\"ticks\":{},\"ticks_known\":{},\"time_above\":{},\"raised\":{},"
        "\"over_s\":{:.2f},\"local_mean_mvc\":{},\"global_mean_mvc\":{},\"limit_mvc\":{:.6g},"
        "\"load_p10_mvc\":{},\"load_p50_mvc\":{},\"load_p90_mvc\":{},\"below_band_s\":{:.2f},\"in_band_s\":{:.2f},"
        "\"above_band_s\":{:.2f},\"vibrated_s\":{:.2f},\"envelope_delay_s\":{:.4f},\"flag_delay_s\":{:.2f},\"channels\":[",
        json_string(session.form), summary.duration_s, summary.n_ticks, summary.n_ticks_known,
        number(share(summary.n_ticks_over_limit, summary.n_ticks_known)), summary.n_raised,
        static_cast<double>(summary.n_ticks_over) * kTickS, number(summary.local_mean_mvc),
        number(summary.global_mean_mvc), session.limit_mvc, number(summary.load_p10_mvc), number(summary.load_p50_mvc),
        number(summary.load_p90_mvc), summary.below_band_s, summary.in_band_s, summary.above_band_s, static_cast<double>(summary.n_ticks_estimate) * kTickS, session.envelope_delay_s,
        session.flag_delay_s);
    for (std::size_t ch = 0; ch < session.channels.size(); ++ch) {
        json += fmt::format("{}{{\"name\":{},\"class\":\"{}\",\"mean_mvc\":{},\"peak_mvc\":{},\"over_s\":{:.2f},\"reference\":\"{}\",\"fatigue\":{}}}",
                            ch == 0 ? "" : ",", json_string(session.channels[ch].name),
                            muscle_class_letter(session.channels[ch].muscle),
                            number(summary.channel_mean_mvc[ch]), number(summary.channel_peak_mvc[ch]),
                            ch < summary.channel_over_s.size() ? summary.channel_over_s[ch] : 0.0,
                            reason_name(session.channels[ch].reference), fatigue_json(summary, ch));
    }
    json += "],\"streams\":[";
    for (std::size_t s = 0; s < session.streams.size(); ++s) {
        const RunSummary::Stream& stream = summary.streams[s];
        json += fmt::format("{}{{\"name\":{},\"emitted\":{},\"received\":{},\"ignored\":{},\"lost\":{{",
                            s == 0 ? "" : ",", json_string(session.streams[s].name), stream.ledger.emitted(),
                            stream.ledger.received, stream.ledger.ignored);
        for (std::size_t cause = 0; cause < kGapCauses; ++cause) {
            json += fmt::format("{}\"{}\":{}", cause == 0 ? "" : ",",
                                gap_cause_name(static_cast<GapCause>(cause)), stream.ledger.lost[cause]);
        }
        json += fmt::format("}},\"drift_ppm\":{},\"trouble\":{}}}",
                            stream.clock.valid ? number(stream.clock.drift_ppm) : "null",
                            json_string(stream.trouble));
    }
    json += "],\"notes\":[";
    for (std::size_t i = 0; i < session.notes.size(); ++i) {
        json += (i == 0 ? "" : ",") + json_string(session.notes[i]);
    }
    return json + "],\"engine\":" + engine_json(summary) + "}";
}

}  // namespace tonus

#include <algorithm>

#include <fmt/format.h>

#include "engine/formats/verify.hpp"
#include "engine/sinks/events_file.hpp"
#include "tools/tonus/commands.hpp"

namespace tonus::cli {
namespace {

using Stream = Verification::Stream;

std::string lost_text(const Stream& stream) {
    std::string text;
    for (std::size_t c = 0; c < kGapCauses; ++c) {
        if (stream.lost[c] > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", gap_cause_name(static_cast<GapCause>(c)), stream.lost[c]);
    }
    return text.empty() ? "" : " (" + text + ")";
}

void print_stream(const Stream& stream) {
    fmt::print("  {:<20} {:>10} recorded + {} lost{}{} = {} sampled{}\n", stream.name, stream.n_found, stream.n_lost(), lost_text(stream),
               stream.n_unproved > 0 ? fmt::format(" + {} without proof", stream.n_unproved) : "", stream.n_emitted,
               stream.adds_up() ? "" : "  DOES NOT ADD UP");
}

void print_damage(const Verification& report, const Verification::Damage& damage) {
    fmt::print("  bytes {} to {} have no good checksum; ", damage.bytes.begin, damage.bytes.end);
    if (damage.at_end) {
        fmt::print("they are behind the last proof, and nobody can say what they held\n");
        return;
    }
    std::string cost;
    for (std::size_t s = 0; s < damage.n_frames.size(); ++s) {
        if (damage.n_frames[s] > 0) cost += fmt::format("{}{} of {}", cost.empty() ? "" : ", ", damage.n_frames[s], report.streams[s].name);
    }
    fmt::print("they cost {}\n", cost.empty() ? "nothing: no sample was in them, or they stand twice" : cost);
}

void print_text(const std::string& path, const Verification& report) {
    fmt::print("{}: {}; {} of {} bytes proved in {} blocks, up to {:.3f} s of the session\n", path,
               report.whole() ? "whole" : !report.damages.empty() && !report.damages.back().at_end ? "damaged" : "was not closed", report.n_bytes_proved,
               report.n_bytes, report.n_blocks, report.until_s);
    for (const Stream& stream : report.streams) print_stream(stream);
    for (const Verification::Damage& damage : report.damages) print_damage(report, damage);
    if (report.closed) return;
    const bool was_full = std::any_of(report.streams.begin(), report.streams.end(), [](const Stream& stream) { return stream.lost[static_cast<std::size_t>(GapCause::recording)] > 0; });
    fmt::print("  {}\n", was_full ? "the disk was full: what is proved is good, and what came after it is counted as lost by the recording"
                                 : "the recording was ended by force: what is proved is good, and at most 100 ms behind it are missing");
}

std::string lost_json(const Stream& stream) {
    std::string json;
    for (std::size_t c = 0; c < kGapCauses; ++c) json += fmt::format("{}\"{}\":{}", c == 0 ? "" : ",", gap_cause_name(static_cast<GapCause>(c)), stream.lost[c]);
    return "{" + json + "}";
}

void print_json(const std::string& path, const Verification& report) {
    std::string streams, damages;
    for (const Stream& stream : report.streams) {
        streams += fmt::format("{}{{\"name\":{},\"recorded\":{},\"unproved\":{},\"lost\":{},\"ignored\":{},\"emitted\":{},\"adds_up\":{}}}", streams.empty() ? "" : ",",
                               json_string(stream.name), stream.n_found, stream.n_unproved, lost_json(stream), stream.n_ignored, stream.n_emitted, stream.adds_up());
    }
    for (const Verification::Damage& damage : report.damages) {
        damages += fmt::format("{}{{\"from\":{},\"to\":{},\"at_end\":{},\"frames\":[{}]}}", damages.empty() ? "" : ",", damage.bytes.begin, damage.bytes.end, damage.at_end,
                               fmt::join(damage.n_frames, ","));
    }
    fmt::print("{{\"file\":{},\"whole\":{},\"closed\":{},\"bytes\":{},\"bytes_proved\":{},\"blocks\":{},\"until_s\":{:.9f},\"streams\":[{}],\"damages\":[{}]}}\n",
               json_string(path), report.whole(), report.closed, report.n_bytes, report.n_bytes_proved, report.n_blocks, report.until_s, streams, damages);
}

}  // namespace

int verify(const VerifyOptions& options) {
    const Verification report = verify_recording(system_files(), options.file);
    if (options.voice.json) print_json(options.file, report);
    else if (!options.voice.quiet) print_text(options.file, report);
    return report.whole() ? 0 : 1;
}

}  // namespace tonus::cli

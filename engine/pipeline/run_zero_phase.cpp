#include "engine/pipeline/run_zero_phase.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "engine/core/denormals.hpp"
#include "engine/core/error.hpp"
#include "engine/pipeline/direct_port.hpp"
#include "engine/pipeline/estimate_bounds.hpp"
#include "engine/pipeline/montage.hpp"
#include "engine/pipeline/ring_sink.hpp"
#include "engine/pipeline/row_maker.hpp"
#include "engine/pipeline/stage_configs.hpp"
#include "engine/pipeline/stream_account.hpp"
#include "engine/pipeline/vibration_watch.hpp"
#include "engine/pipeline/zero_phase_stream.hpp"

namespace tonus {
namespace {

constexpr double kRingS = 2.0;
constexpr double kHourS = 3600.0;
constexpr int kReadsPerProgress = 256;
constexpr std::uint64_t kTicksPerProgress = 1000;

void refuse_what_is_not_supported(std::span<Device* const> devices, const Session& session) {
    if (devices.size() != 1) {
        throw usage_error(fmt::format("the zero-phase form takes one recording, and {} were given: replay them one by one, "
                                      "or without it",
                                      devices.size()));
    }
    if (devices[0]->pacing() != Pacing::stamped) {
        throw usage_error("a device that sends live has no future to look into: the zero-phase form needs a recording");
    }
    if (session.estimator != "rms" || session.whitening) {
        throw usage_error(fmt::format("{}: the zero-phase form reads the RMS of a centred window: take estimator and whitening out", session.path));
    }
}

/// A stream of the device: its account, and its samples when it carries EMG that is used.
struct Stream {
    StreamAccount account;
    std::unique_ptr<ZeroPhaseStream> emg = {};
};

/// Keeps what happened until the rows of its time are written.
class EventList final : public ResultPort {
public:
    void row(const ResultRow&) noexcept override {}
    void event(const Event& event) noexcept override { events.push_back(event); }

    std::vector<Event> events;
};

/// Reads a recording to its end, and keeps it.
class Recording {
public:
    Recording(Device& device, const Session& session, std::span<const ChannelPlace> places)
        : device_(device), ring_(device.streams(), kRingS), sink_(ring_), reader_(ring_), vibration_(device.streams(), session) {
        for (const StreamInfo& info : device.streams()) {
            const std::size_t s = streams.size();
            streams.push_back({.account = {info, s}});
            const bool used = std::any_of(places.begin(), places.end(), [&](const ChannelPlace& p) { return p.stream == s; });
            if (used) streams.back().emg = std::make_unique<ZeroPhaseStream>(info, chain_config(info, s, places, session));
        }
    }

    void read(const ZeroPhaseOptions& options) {
        device_.start();
        try {
            read_all(options);
        } catch (...) {
            device_.stop();
            throw;
        }
        device_.stop();
        for (std::size_t s = 0; s < streams.size(); ++s) streams[s].account.end(ring_.overrun_frames(s), happened);
    }

    std::vector<Stream> streams;
    EventList happened;

private:
    void read_all(const ZeroPhaseOptions& options) {
        int n_reads = 0;
        for (bool ended = false; !ended;) {
            const ReadStatus status = device_.read(sink_, std::chrono::milliseconds{0});
            ended = status == ReadStatus::ended || status == ReadStatus::lost;
            while (const std::optional<FrameRecord> record = reader_.front()) {
                take(*record);
                reader_.pop();
            }
            check_size(options.n_samples_max);
            if (++n_reads % kReadsPerProgress != 0) continue;
            if (options.progress) options.progress(0.5 * device_.progress());
            ended = ended || (options.stop != nullptr && options.stop->load(std::memory_order_relaxed));
        }
    }

    void take(const FrameRecord& record) {
        Stream& stream = streams[record.stream];
        const Placement placement = stream.account.place(record, happened);
        if (vibration_.listens_to(record.stream)) {
            vibration_.process(record, placement, happened);
            refuse_a_vibration();
        }
        if (!stream.emg) return;
        if (placement.n_gap() > 0) stream.emg->gap(placement.n_gap());
        const std::size_t n_skip = placement.n_skip;
        if (n_skip < record.frames.n_frames) stream.emg->append(record.frames.slice(n_skip, record.frames.n_frames - n_skip));
    }

    /// Of which the session says nothing: without the comb it would be taken for muscle.
    void refuse_a_vibration() const {
        if (vibration_.frequency_hz() <= 0.0) return;
        throw usage_error(fmt::format("the body is vibrated with {0:.3g} Hz from {1:.0f} s on, and the zero-phase form combs only what the "
                                      "session names: set vibration = {0:.3g}, or \"off\", or replay it without",
                                      vibration_.frequency_hz(), happened.events.back().time_s));
    }

    void check_size(std::uint64_t n_samples_max) const {
        std::uint64_t n = 0;
        double per_hour = 0.0;
        for (const Stream& stream : streams) {
            if (!stream.emg) continue;
            n += stream.emg->n_samples();
            per_hour += kHourS * stream.account.rate().hz() * static_cast<double>(stream.emg->n_channels());
        }
        if (n <= n_samples_max) return;
        throw usage_error(fmt::format("the recording has more than {} EMG samples, {:.3g} h of its channels, and the zero-phase form holds "
                                      "it whole in memory: cut it, or replay it without (the causal form has no limit)",
                                      n_samples_max, static_cast<double>(n_samples_max) / per_hour));
    }

    Device& device_;
    FrameRing ring_;
    RingSink sink_;
    FrameRing::Reader reader_;
    VibrationWatch vibration_;
};

/// Hands the ticks of all streams to the rows, and what happened in between.
void write_rows(Recording& recording, std::span<const ChannelPlace> places, EstimateBounds& bounds, RowMaker& rows, ResultPort& out,
                const ProgressCallback& progress) {
    std::size_t reference = recording.streams.size();
    for (const ChannelPlace& place : places) reference = std::min(reference, place.stream);
    const double n_ticks = static_cast<double>(kTicksPerSecond) *
                           recording.streams[reference].account.time_s(recording.streams[reference].account.timeline().next_frame());

    std::vector<ZeroPhaseTick> of_streams(recording.streams.size());
    std::vector<ChannelResult> channels(places.size());
    MontageTick montage{places.size(), true};
    const std::vector<Event>& events = recording.happened.events;
    auto event = events.cbegin();
    for (std::uint64_t tick = 0;; ++tick) {
        for (std::size_t s = 0; s < of_streams.size(); ++s) {
            if (recording.streams[s].emg) of_streams[s] = recording.streams[s].emg->next();
        }
        if (of_streams[reference].channels.empty()) break;
        montage.index = tick;
        montage.is_estimate = false;
        montage.new_windows.clear();
        for (std::size_t m = 0; m < places.size(); ++m) {
            const std::size_t lane = places[m].lane;
            const ZeroPhaseTick& from = of_streams[places[m].stream];
            if (!from.channels.empty()) {
                if (from.channels[lane].n_windows != channels[m].n_windows) montage.new_windows.push_back(m);
                channels[m] = from.channels[lane];
                montage.envelope_uv[m] = channels[m].rms_uv;
                montage.envelope_status[m] = channels[m].rms_status;
                montage.template_uv[m] = channels[m].template_uv;
                montage.template_status[m] = channels[m].template_status;
                montage.energies[m] = from.energies[lane];
                if (from.uncombed) {
                    bounds.set(m, channels[m].rms_uv, recording.streams[places[m].stream].emg->comb_kept(), from.uncombed->value[lane]);
                }
            } else {  // a stream that has ended before the first one has nothing more to say
                montage.envelope_status[m] = montage.template_status[m] = {.state = ValueState::invalid, .reason = Reason::stale};
                montage.energies[m] = {.status = montage.envelope_status[m]};
            }
            montage.is_estimate |= channels[m].estimate;
        }
        for (; event != events.cend() && event->time_s < static_cast<double>(tick + 1) * kTickS; ++event) out.event(*event);
        const double time_s = static_cast<double>(tick + 1) * kTickS;
        if (of_streams[reference].uncombed) bounds.process(channels);
        montage.arrival_ns = std::llround(time_s * 1e9);
        rows.process(montage, channels, out);
        if (progress && tick % kTicksPerProgress == 0) progress(0.5 + 0.5 * static_cast<double>(tick) / n_ticks);
    }
    for (; event != events.cend(); ++event) out.event(*event);
}

}  // namespace

SessionInfo zero_phase_info(std::span<Device* const> devices, const Session& session) {
    refuse_what_is_not_supported(devices, session);
    // The pipeline knows what fits together and what a person should be told.
    SessionInfo info = Pipeline{devices[0]->streams(), session}.info();
    info.form = kZeroPhaseForm;
    info.vibration = session.vibration_hz > 0.0;
    info.envelope_delay_s = CentredRms{{.n_channels = 1, .window_s = session.window_s}}.delay_s();
    return info;
}

RunSummary run_zero_phase(std::span<Device* const> devices, const Session& session, std::span<Sink* const> sinks,
                          const ZeroPhaseOptions& options) {
    const SessionInfo info = zero_phase_info(devices, session);
    Device& device = *devices[0];
    const std::span<const StreamInfo> streams = device.streams();
    const std::vector<ChannelPlace> places = find_channels({&streams, 1}, session);
    const FlushDenormals flush;

    Recording recording{device, session, places};
    recording.read(options);
    for (std::size_t s = 0; s < recording.streams.size(); ++s) {
        Stream& stream = recording.streams[s];
        if (!stream.emg) continue;
        stream.emg->condition();
        for (const MainsState& mains : stream.emg->mains_changes()) {
            recording.happened.event({.kind = EventKind::mains,
                                      .time_s = stream.account.time_s(mains.from_frame),
                                      .stream = s,
                                      .value = mains.frequency_hz});
        }
    }
    std::vector<Event>& events = recording.happened.events;
    std::stable_sort(events.begin(), events.end(), [](const Event& a, const Event& b) { return a.time_s < b.time_s; });

    for (Sink* sink : sinks) sink->begin(info);
    std::size_t reference = recording.streams.size();
    for (const ChannelPlace& place : places) reference = std::min(reference, place.stream);
    RowMaker rows{session, recording.streams[reference].account.rate()};
    EstimateBounds bounds{references_of(session, false)};
    DirectPort port{sinks};
    write_rows(recording, places, bounds, rows, port, options.progress);
    if (options.progress) options.progress(1.0);

    RunSummary summary;
    for (const Stream& stream : recording.streams) {
        const StreamTimeline& timeline = stream.account.timeline();
        summary.streams.push_back({timeline.ledger(), timeline.clock(), std::string{device.trouble()}});
    }
    rows.tally().write_to(summary);
    end_sinks(sinks, summary);
    return summary;
}

}  // namespace tonus

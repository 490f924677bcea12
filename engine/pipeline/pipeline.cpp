#include "engine/pipeline/pipeline.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/pipeline/stage_configs.hpp"
#include "engine/pipeline/stream_account.hpp"
#include "engine/pipeline/stream_levels.hpp"

namespace tonus {
namespace {

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
}

}  // namespace

/// One stream of one device: its account, and its chain when it carries EMG that is used.
struct Pipeline::Stream {
    StreamAccount account;
    std::unique_ptr<EmgChain> chain = {};
    std::optional<StreamLevels> levels = {};
    double mains_hz = 0.0;               // nominal, as last reported
    std::uint64_t gap_left = 0;          // of the record being taken
    Placement placement{};
    bool in_record = false;
};

/// Takes the ticks of one chain: those of the reference stream go on to the groups.
class Pipeline::Collector final : public EmgTickSink {
public:
    Collector(Pipeline& pipeline, std::size_t stream, std::int64_t arrival_ns, ResultPort& out) noexcept
        : pipeline_(pipeline), stream_(stream), arrival_ns_(arrival_ns), out_(out) {}

    /// The ticks to come are of a gap that ends at this frame: they would have arrived earlier, and
    /// what other devices send now is not of their time.
    void set_gap_end(std::uint64_t frame) noexcept { gap_end_ = frame; }

    void on_tick(const EnergyTick& energy, const Tick<unit::Microvolt>& envelope) noexcept override {
        const StreamAccount& account = stream().account;
        const std::uint64_t tick_end = account.rate().first_frame_of(envelope.index + 1);
        const double early_s = gap_end_ > tick_end ? account.time_s(gap_end_ - tick_end) : 0.0;
        const std::int64_t arrival_ns = arrival_ns_ - static_cast<std::int64_t>(early_s * 1e9);
        stream().levels->take(energy, envelope, arrival_ns, pipeline_.montage_);
        if (stream_ == pipeline_.reference_) pipeline_.on_reference_tick(envelope.index, arrival_ns, out_);
    }

    void on_template_tick(const Tick<unit::Microvolt>& envelope) noexcept override {
        stream().levels->take_template(envelope, pipeline_.montage_);
    }

    void on_uncombed_tick(const Tick<unit::Microvolt>& envelope) noexcept override { stream().levels->take_uncombed(envelope); }

private:
    Stream& stream() const noexcept { return pipeline_.streams_[stream_]; }

    Pipeline& pipeline_;
    std::size_t stream_;
    std::int64_t arrival_ns_;
    std::uint64_t gap_end_ = 0;
    ResultPort& out_;
};

Pipeline::Pipeline(Pipeline&&) noexcept = default;
Pipeline::~Pipeline() = default;

Pipeline::Pipeline(std::span<const StreamInfo> streams, const Session& session)
    : Pipeline(std::span<const std::span<const StreamInfo>>{&streams, 1}, session) {}

Pipeline::Pipeline(std::span<const std::span<const StreamInfo>> devices, const Session& session)
    : results_(session.channels.size()),
      montage_(session.channels.size(), session.engine == "B"),
      bounds_(references_of(session, false)) {
    if (session.channels.empty()) {
        throw usage_error(fmt::format(
            "{}no channel to work on: the session names none, or the source has no EMG",
            session.path.empty() ? "" : session.path + ": "));
    }
    places_ = find_channels(devices, session);

    std::size_t first = 0;
    for (const std::span<const StreamInfo> streams : devices) {
        first_stream_.push_back(first);
        const std::size_t device = link_delays_ns_.size();
        link_delays_ns_.push_back(device < session.sources.size() ? std::llround(1e9 * session.sources[device].delay_s) : 0);
        first += streams.size();
        info_.streams.insert(info_.streams.end(), streams.begin(), streams.end());
    }

    vibration_.emplace(info_.streams, session);
    if (!vibration_->note().empty()) info_.notes.push_back(vibration_->note());
    reference_ = info_.streams.size();
    double delay_s = 0.0;
    for (std::size_t s = 0; s < info_.streams.size(); ++s) {
        const StreamInfo& stream = info_.streams[s];
        streams_.push_back({.account = {stream, s}});
        const bool used = std::any_of(places_.begin(), places_.end(),
                                      [&](const ChannelPlace& place) { return place.stream == s; });
        if (!used) continue;
        reference_ = std::min(reference_, s);

        Stream& added = streams_.back();
        EmgChainConfig config = chain_config(stream, s, places_, session);
        config.find_vibration = vibration_->listens();
        added.chain = std::make_unique<EmgChain>(stream, config);
        added.levels.emplace(s, stream.channels.size(), places_);
        delay_s = std::max(delay_s, added.chain->delay_s());
        if (added.chain->band_limited()) {
            info_.notes.push_back(fmt::format(
                "{}: {:.6g} Hz is low for EMG: the band ends at {:.4g} Hz instead of 450 Hz, and %MVC "
                "holds only against a reference taken at the same rate",
                stream.name, stream.rate.hz(), added.chain->low_pass_hz()));
        }
    }

    for (std::size_t m = 0; m < session.channels.size(); ++m) {
        const SessionChannel& channel = session.channels[m];
        info_.channels.push_back({channel.name, channel.muscle, reference_problem(channel.reference), channel.part_of});
        const std::string doubt = reference_doubt(channel, info_.streams[places_[m].stream], session);
        if (!doubt.empty()) info_.notes.push_back(doubt);
        if (const std::string no_good = whitening_doubt(channel, info_.streams[places_[m].stream], session); !no_good.empty()) info_.notes.push_back(no_good);
    }
    rows_.emplace(session, info_.streams[reference_].rate);
    info_.ecg_template = session.ecg_template;
    info_.vibration = vibration_->listens() || session.vibration_hz > 0.0;
    info_.unmixed = !session.cross_talk.empty();
    if (session.vibration_hz > 0.0) {
        info_.notes.push_back(fmt::format("vibration of {:.4g} Hz and its multiples are combed out; reflexes locked to it go with them, "
                                          "so levels are estimates", session.vibration_hz));
    }
    info_.limit_mvc = session.load.limit_mvc;
    info_.release_mvc = session.load.release_mvc;
    info_.envelope_delay_s = delay_s;
    info_.flag_delay_s = rows_->flag_delay_s();
    if (const std::vector<std::string> unused = unused_inputs(devices, places_); !unused.empty()) {
        info_.notes.push_back(fmt::format("not in the montage, and not used: {}", joined(unused)));
    }
}

std::size_t Pipeline::tick_device() const noexcept {
    const auto after = std::upper_bound(first_stream_.begin(), first_stream_.end(), reference_);
    return static_cast<std::size_t>(after - first_stream_.begin()) - 1;
}

void Pipeline::set_taps(Taps* taps) noexcept {
    taps_ = taps;
    for (std::size_t s = 0; s < streams_.size(); ++s) {
        if (streams_[s].chain) streams_[s].chain->set_taps(taps, s);
    }
}

bool Pipeline::process(const MergedRecord& merged, ResultPort& out) noexcept {
    const FrameRecord& record = merged.record;
    const std::size_t index = first_stream_[merged.device] + record.stream;
    Stream& stream = streams_[index];
    if (!stream.in_record) {
        stream.placement = stream.account.place(record, out);
        stream.gap_left = stream.placement.n_gap();
    }
    stream.in_record = false;
    if (vibration_->listens_to(index)) follow_vibration(stream.placement, record, out);
    if (!stream.chain) return true;

    Collector collector{*this, index, record.frames.arrival_ns, out};
    if (stream.gap_left > 0) {
        collector.set_gap_end(stream.placement.frame);
        stream.gap_left = stream.chain->gap(stream.gap_left, collector);
        collector.set_gap_end(0);
        if (stream.gap_left > 0) {
            stream.in_record = true;
            return false;
        }
    }
    const std::size_t n_skip = stream.placement.n_skip;
    if (n_skip < record.frames.n_frames) {
        stream.chain->process(record.frames.slice(n_skip, record.frames.n_frames - n_skip), collector);
        watch_mains(index, out);
    }
    return true;
}

void Pipeline::end_stream(std::size_t device, std::size_t index, std::uint64_t n_overrun,
                          ResultPort& out) noexcept {
    streams_[first_stream_[device] + index].account.end(n_overrun, out);
}

void Pipeline::gather() noexcept {
    montage_.status_changed = montage_.is_estimate = false;
    montage_.new_windows.clear();
    for (Stream& stream : streams_) {
        if (stream.chain) stream.levels->finish(*stream.chain, montage_, results_);
    }
    if (!info_.vibration) return;
    for (std::size_t m = 0; m < places_.size(); ++m) {
        const Stream& stream = streams_[places_[m].stream];
        bounds_.set(m, montage_.envelope_uv[m], stream.chain->comb_kept(), stream.levels->uncombed_uv(places_[m].lane));
    }
    bounds_.process(results_);
}

void Pipeline::on_reference_tick(std::uint64_t tick, std::int64_t arrival_ns, ResultPort& out) noexcept {
    montage_.index = tick;
    montage_.arrival_ns = arrival_ns;
    gather();
    rows_->process(montage_, results_, out, taps_);
}

void Pipeline::watch_mains(std::size_t index, ResultPort& out) noexcept {
    Stream& stream = streams_[index];
    const MainsState& mains = stream.chain->mains();
    if (mains.nominal_hz == stream.mains_hz) return;
    stream.mains_hz = mains.nominal_hz;
    out.event({.kind = EventKind::mains, .time_s = stream.account.time_s(mains.from_frame), .stream = index, .value = mains.frequency_hz});
}

void Pipeline::follow_vibration(const Placement& placement, const FrameRecord& record, ResultPort& out) noexcept {
    vibration_->process(record, placement, out);
    for (Stream& stream : streams_) {
        if (stream.chain) stream.chain->set_vibration(vibration_->frequency_hz());
    }
}

RunSummary Pipeline::summary() const {
    RunSummary summary;
    for (const Stream& stream : streams_) {
        summary.streams.push_back({stream.account.timeline().ledger(), stream.account.timeline().clock(), {}});
    }
    rows_->tally().write_to(summary);
    return summary;
}

}  // namespace tonus

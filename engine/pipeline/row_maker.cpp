#include "engine/pipeline/row_maker.hpp"

#include "engine/core/rate.hpp"
#include "engine/load/load_input.hpp"
#include "engine/pipeline/stage_configs.hpp"

namespace tonus {

RowMaker::RowMaker(const Session& session, const Rate& rate)
    : normalise_(references_of(session, false)),
      muscles_(session),
      activation_(activation_of(session)),
      load_(session.load),
      limit_mvc_(session.load.limit_mvc),
      tally_(session.channels.size(), session.load),
      references_(rest_levels_of(session)),
      envelope_uv_(session.channels.size(), 0.0f),
      envelope_status_(session.channels.size()) {
    if (!session.cross_talk.empty()) unmixing_.emplace(session);
    if (session.ecg_template) normalise_template_.emplace(references_of(session, true));
    if (session.engine == "B") cusum_.emplace(cusum_channels(session), cusum_config(session, rate));
}

void RowMaker::process(std::uint64_t tick, std::int64_t arrival_ns, std::span<ChannelResult> channels,
                       std::span<const ChannelEnergy> energies, ResultPort& out, Taps* taps) noexcept {
    for (std::size_t m = 0; m < channels.size(); ++m) {
        envelope_uv_[m] = channels[m].rms_uv;
        envelope_status_[m] = channels[m].rms_status;
    }
    const Tick<unit::Microvolt> envelope{tick, envelope_uv_, envelope_status_};
    const Tick<unit::Mvc> activation = normalise_.process(envelope);
    if (taps != nullptr) taps->activation(activation);
    const GroupTick groups = activation_.process(muscles_.process(activation, channels));
    if (unmixing_) unmixing_->process(channels);
    const LoadTick load = load_input(groups, limit_mvc_);
    const LoadResult flag = cusum_ ? cusum_->process(tick, energies) : load_.process(load);

    for (std::size_t m = 0; m < channels.size(); ++m) {
        channels[m].mvc = activation.value[m];
        channels[m].mvc_status = activation.status[m];
    }
    const double time_s = static_cast<double>(tick + 1) / static_cast<double>(kTicksPerSecond);
    const ResultRow row{.tick = tick,
                        .time_s = time_s,
                        .arrival_ns = arrival_ns,
                        .groups = groups,
                        .load = flag.state,
                        .load_reason = flag.reason,
                        .channels = channels};
    tally_.add(row, load, flag);
    references_.process(envelope, activation, time_s, out);
    report_flag(load, flag, time_s, out);
    if (normalise_template_) normalise_template(tick, channels);
    out.row(row);
}

/// Last, because it takes the same buffers.
void RowMaker::normalise_template(std::uint64_t tick, std::span<ChannelResult> channels) noexcept {
    for (std::size_t m = 0; m < channels.size(); ++m) {
        envelope_uv_[m] = channels[m].template_uv;
        envelope_status_[m] = channels[m].template_status;
    }
    const Tick<unit::Mvc> activation = normalise_template_->process({tick, envelope_uv_, envelope_status_});
    for (std::size_t m = 0; m < channels.size(); ++m) {
        channels[m].template_mvc = activation.value[m];
        channels[m].template_status = activation.status[m];
    }
}

void RowMaker::report_flag(const LoadTick& load, const LoadResult& flag, double time_s, ResultPort& out) noexcept {
    Event event{.time_s = time_s};
    event.value = static_cast<double>(load.value_mvc);
    if (flag.raised || flag.cleared) {
        event.kind = flag.raised ? EventKind::load_raised : EventKind::load_cleared;
        event.onset_s = static_cast<double>(flag.since) * kTickS;
        out.event(event);
    }
    const bool is_unknown = flag.state == LoadState::unknown;
    const bool was_unknown = last_.state == LoadState::unknown;
    if (is_unknown && (!reported_ || !was_unknown || flag.reason != last_.reason)) {
        event.kind = EventKind::load_unknown;
        event.reason = flag.reason;
        out.event(event);
    } else if (!is_unknown && was_unknown && reported_) {
        event.kind = EventKind::load_known;
        out.event(event);
    }
    reported_ = true;
    last_ = flag;
}

}  // namespace tonus

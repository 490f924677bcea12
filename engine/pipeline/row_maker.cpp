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
      references_(rest_levels_of(session)) {
    if (!session.cross_talk.empty()) unmixing_.emplace(session);
    if (session.ecg_template) normalise_template_.emplace(references_of(session, true));
    if (session.engine == "B") cusum_.emplace(cusum_channels(session), cusum_config(session, rate));
}

void RowMaker::process(const MontageTick& montage, std::span<ChannelResult> channels, ResultPort& out, Taps* taps) noexcept {
    const Tick<unit::Mvc> activation = fill_levels(montage, channels);
    if (taps != nullptr) taps->activation(activation);
    const GroupTick groups = activation_.process(muscles_.process(activation, channels), montage.status_changed);
    if (unmixing_) unmixing_->process(channels);
    const LoadTick load = load_input(groups, limit_mvc_);
    const LoadResult flag = cusum_ ? cusum_->process(montage.index, montage.energies) : load_.process(load);

    const double time_s = static_cast<double>(montage.index + 1) / static_cast<double>(kTicksPerSecond);
    const ResultRow row{.tick = montage.index,
                        .time_s = time_s,
                        .arrival_ns = montage.arrival_ns,
                        .groups = groups,
                        .load = flag.state,
                        .load_reason = flag.reason,
                        .channels = channels};
    tally_.add(row, montage, activation, load, flag);
    references_.process(montage.envelope(), activation, montage.status_changed, time_s, out);
    report_flag(load, flag, time_s, out);
    out.row(row);
}

/// Returns what path A gives as fractions of MVC. Path B is shown beside it and goes no further.
Tick<unit::Mvc> RowMaker::fill_levels(const MontageTick& montage, std::span<ChannelResult> channels) noexcept {
    const bool changed = montage.status_changed;
    const Tick<unit::Mvc> activation = normalise_.process(montage.envelope(), changed);
    for (std::size_t m = 0; m < channels.size(); ++m) {
        channels[m].rms_uv = montage.envelope_uv[m];
        channels[m].mvc = activation.value[m];
    }
    Tick<unit::Mvc> by_template{montage.index, {}, montage.template_status};
    if (normalise_template_) {
        by_template = normalise_template_->process(montage.by_template(), changed);
        for (std::size_t m = 0; m < channels.size(); ++m) {
            channels[m].template_uv = montage.template_uv[m];
            channels[m].template_mvc = by_template.value[m];
        }
    }
    for (std::size_t m = 0; changed && m < channels.size(); ++m) {
        channels[m].rms_status = montage.envelope_status[m];
        channels[m].mvc_status = activation.status[m];
        channels[m].template_status = by_template.status[m];
    }
    return activation;
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

#include "engine/pipeline/stage_configs.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/activation/site.hpp"
#include "engine/envelope/model_autocorrelation.hpp"
#include "engine/pipeline/muscles.hpp"

namespace tonus {
namespace {

double fixed_mains_hz(const Session& session) {
    if (session.mains == "50") return 50.0;
    if (session.mains == "60") return 60.0;
    return 0.0;
}

Estimator estimator_of(const Session& session) {
    if (session.estimator == "exponential") return Estimator::exponential;
    if (session.estimator == "bayes") return Estimator::bayes;
    return Estimator::rms;
}

/// The model muscle's filter behind a channel's own band: known before the maximum is measured, which
/// has to be whitened by it too. A filter averaged over people does as well as each one's own
/// (domain 3.5).
WhiteningFit model_whitening(Profile profile, const ConditionConfig& condition) {
    const WhiteningConfig config;
    return fit_whitening(model_autocorrelation(condition.rate.hz(), channel_sections(profile, condition), config.order), config);
}

}  // namespace

std::vector<std::optional<MvcReference>> references_of(const Session& session, bool of_template) {
    std::vector<std::optional<MvcReference>> references;
    for (const SessionChannel& channel : session.channels) {
        references.push_back(of_template ? channel.reference_template : channel.reference);
    }
    return references;
}

std::vector<double> rest_levels_of(const Session& session) {
    std::vector<double> levels;
    for (const SessionChannel& channel : session.channels) {
        const bool usable = reference_problem(channel.reference) == Reason::none;
        levels.push_back(usable ? channel.reference->rest_uv : 0.0);
    }
    return levels;
}

ActivationConfig activation_of(const Session& session) {
    ActivationConfig config{.roles = {}, .window_s = session.window_s};
    for (const std::vector<std::size_t>& muscle : channels_by_muscle(session)) {
        // The channels of a muscle are of one site and class; the error of its first is that of each.
        const SessionChannel& channel = session.channels[muscle.front()];
        const std::optional<Site> site = find_site(channel.site);
        ChannelRole role{.muscle = channel.muscle,
                         .weight = channel.weight,
                         .fidelity = site ? site->fidelity : 0.25};
        if (channel.reference) {
            role.bandwidth_hz = channel.reference->bandwidth_hz;
            role.mvc_window_s = channel.reference->window_s;
            // The reference is the mean of the two best trials, so it spreads by half of their difference.
            role.mvc_spread = 0.5 * channel.reference->repeatability;
        }
        config.roles.push_back(role);
    }
    return config;
}

CusumFlagConfig cusum_config(const Session& session, const Rate& rate) {
    const double limit = static_cast<double>(session.load.limit_mvc);
    const CusumFlagConfig third{};
    CusumFlagConfig config{.acceptable_mvc = 3.0 * limit * third.acceptable_mvc, .overload_mvc = 3.0 * limit * third.overload_mvc, .rate = rate};
    double sum = 0.0, n = 0.0;
    for (const SessionChannel& channel : session.channels) {
        if (!channel.reference) continue;
        sum += channel.reference->bandwidth_hz;
        n += 1.0;
    }
    if (n > 0.0) config.bandwidth_hz = sum / n;
    config.bandwidth_hz = std::min(config.bandwidth_hz, 0.5 * rate.hz());
    return config;
}

std::string reference_doubt(const SessionChannel& channel, const StreamInfo& stream, const Session& session) {
    if (!channel.reference || channel.reference->settings.empty()) return {};
    const std::string now = reference_settings(stream, session);
    if (channel.reference->settings != now) {
        return fmt::format("{}: its reference was taken with {}, now it is {}: calibrate again, or %MVC is wrong",
                           channel.name, channel.reference->settings, now);
    }
    if (!channel.reference->device.empty() && channel.reference->device != stream.device_id) {
        return fmt::format("{}: its reference is of {}, this is {}: right only for the same electrodes in place", channel.name,
                           channel.reference->device, stream.device_id);
    }
    return {};
}

std::string whitening_doubt(const SessionChannel& channel, const StreamInfo& stream, const Session& session) {
    if (!session.whitening || reference_problem(channel.reference) != Reason::none || channel.reference->rest_uv <= 0.0) return {};
    // The rule is for the signal as it was before: the reference has the rise of the noise in it.
    const WhiteningFit fit = model_whitening(profile_of(channel, session.profile), {.rate = stream.rate});
    const double snr_db = 20.0 * std::log10(channel.reference->unbiased_mvc_uv() / channel.reference->rest_uv) + noise_rise_db(fit);
    if (whitening_serves(snr_db, 1.0)) return {};
    return fmt::format("{}: before whitening its maximum is some {:.0f} dB above its rest; under 30 dB whitening raises noise more than it helps: leave it off",
                       channel.name, snr_db);
}

std::vector<CusumChannel> cusum_channels(const Session& session) {
    std::vector<CusumChannel> channels;
    for (const SessionChannel& channel : session.channels) {
        const auto n_alike = std::count_if(session.channels.begin(), session.channels.end(), [&](const SessionChannel& other) {
            return &other == &channel || (!channel.part_of.empty() && other.part_of == channel.part_of);
        });
        CusumChannel of{.muscle = channel.muscle, .weight = channel.weight / static_cast<double>(n_alike), .problem = reference_problem(channel.reference)};
        if (of.problem == Reason::none) {
            of.rest_uv = channel.reference->rest_uv;
            of.mvc_uv = channel.reference->unbiased_mvc_uv();
        }
        channels.push_back(of);
    }
    return channels;
}

EmgChainConfig chain_config(const StreamInfo& stream, std::size_t stream_index, std::span<const ChannelPlace> places,
                            const Session& session) {
    EmgChainConfig config{.gate = {stream},
                          .condition = {.rate = stream.rate, .mains_hz = fixed_mains_hz(session)},
                          .window_s = session.window_s,
                          .estimator = estimator_of(session),
                          .ecg_template = session.ecg_template,
                          .find_mains = session.mains == "auto",
                          .find_vibration = session.find_vibration,
                          .vibration_hz = session.vibration_hz};
    const std::size_t n_channels = stream.channels.size();
    config.rest_uv.assign(n_channels, 0.0);
    config.mvc_uv.assign(n_channels, 0.0);
    config.condition.profiles.assign(n_channels, Profile::general);
    for (std::size_t m = 0; m < places.size(); ++m) {
        if (places[m].stream != stream_index) continue;
        config.condition.profiles[places[m].lane] = profile_of(session.channels[m], session.profile);
        const std::optional<MvcReference>& reference = session.channels[m].reference;
        if (reference_problem(reference) == Reason::none) {
            config.rest_uv[places[m].lane] = reference->rest_uv;
            config.mvc_uv[places[m].lane] = reference->unbiased_mvc_uv();
        }
    }
    if (session.whitening) {
        for (const Profile profile : config.condition.profiles) config.whitening.emplace_back(model_whitening(profile, config.condition));
    }
    return config;
}

}  // namespace tonus

#include "drivers/sim/options.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

namespace tonus {
namespace {

constexpr std::array kOptions{
    DriverOption{"subject", "number, 1", "whose body: the maxima of the muscles"},
    DriverOption{"seed", "number, 0", "which day: noise, losses, delays and offsets"},
    DriverOption{"rate", "Hz, 1000", "frames per second, also as 58/0.027"},
    DriverOption{"channels", "4 8 16, 4", "MF LT; and IOT EO; and ICT LD GMX BF; each left and right"},
    DriverOption{"task", "demo calibration sides rest hold step trapezoid staircase reps bridge mobility mvc, demo", "what the subject does; sides is for tonus check"},
    DriverOption{"level", "fraction of MVC, 0.25", "of task=hold and of task=trapezoid, which is 1 s up, 4 s, 1 s down"},
    DriverOption{"from", "fraction of MVC, 0.20", "first half of task=step"},
    DriverOption{"to", "fraction of MVC, 0.40", "second half of task=step"},
    DriverOption{"period", "s, 8", "of task=step"},
    DriverOption{"ramp", "100 300 1000 ms, 100", "raised cosine from one half of task=step to the other"},
    DriverOption{"pause", "s, 2", "between contractions: task=calibration, sides, mvc, trapezoid"},
    DriverOption{"side", "both left right, both", "which side works; the other goes along at a fifth"},
    DriverOption{"tremor", "on off, off", "activation trembles by 3 % of itself at 8-12 Hz"},
    DriverOption{"drift", "per min, 0", "slow change of the activation, 0.1 is 10 % of it a minute"},
    DriverOption{"duration", "s, endless", "the recording ends after it"},
    DriverOption{"source", "noise units, noise", "muscle signal: filtered noise, or 120 motor units"},
    DriverOption{"laplace", "on off, off", "muscle signal with the tails of a third of Laplace (kurtosis 4)"},
    DriverOption{"noise", "uV RMS, 2.5", "white noise of the amplifier"},
    DriverOption{"ecg", "on off, off", "heart beats in every channel"},
    DriverOption{"hr", "per minute, 70", "heart rate"},
    DriverOption{"mains", "off 50 60, off", "mains hum with harmonics"},
    DriverOption{"mains_uv", "uV, 10", "amplitude of the mains fundamental"},
    DriverOption{"offset", "mV, 30", "electrode offset, drawn for each channel up to this"},
    DriverOption{"wander", "uV, 50", "amplitude of the baseline's wandering at 0.3 Hz"},
    DriverOption{"drift_mv_s", "mV/s, 0", "drift of the electrode offset"},
    DriverOption{"clip", "uV, off", "full scale of an AC-coupled amplifier, below the converter's"},
    DriverOption{"spikes", "per s, 0", "movement artefacts that decay"},
    DriverOption{"crosstalk", "0 to 0.3, 0", "amplitude that reaches the neighbouring sites"},
    DriverOption{"fatigue", "per s, 0", "fall of the spectrum, 0.004 is 0.4 % a second"},
    DriverOption{"vibration", "off or Hz, off", "training plate: 30 uV at its frequency and two harmonics"},
    DriverOption{"vibration_at", "10-20,... (s)", "when the plate runs; always unless said"},
    DriverOption{"vibration_locked", "0 to 1, 0", "reflex at the plate's frequency, of the muscle's own RMS"},
    DriverOption{"motion", "on off, off", "baseline moves 20 uV per m/s^2 of the pelvis; needs imu=on"},
    DriverOption{"lead_off", "MF_L@12-18,... (s)", "electrode off"},
    DriverOption{"saturate", "LT_L@5-6,... (s)", "driven beyond the converter's range"},
    DriverOption{"flat", "LT_L@5-6,... (s)", "constant value"},
    DriverOption{"swap", "MF,LT,...", "sites whose left and right cables are exchanged"},
    DriverOption{"dead", "LT_R,...", "electrodes that reach no muscle: noise alone"},
    DriverOption{"float", "on off, off", "float samples in uV instead of counts"},
    DriverOption{"nan", "MF_L@3-4,... (s)", "not a number; needs float=on"},
    DriverOption{"loss", "0 to 0.5, 0", "mean fraction of packets lost, in bursts of 3"},
    DriverOption{"duplicates", "0 to 0.5, 0", "fraction of packets that come twice"},
    DriverOption{"reorder", "0 to 0.5, 0", "fraction of packets that the next one overtakes"},
    DriverOption{"gap", "3.0-3.05,... (s)", "frames that never come"},
    DriverOption{"packet", "frames, 20", "frames per packet"},
    DriverOption{"delay_ms", "ms, 20", "least delay of a packet"},
    DriverOption{"jitter_ms", "ms, 5", "mean of the exponential delay beyond it"},
    DriverOption{"skew_ppm", "ppm, 0", "how much faster the device's clock runs"},
    DriverOption{"imu", "on off, off", "motion sensors: acceleration and angular rate of pelvis and thorax"},
    DriverOption{"imu_rate", "Hz, 100", "of the motion sensors"},
    DriverOption{"imu_sensors", "1 2, 2", "pelvis; and thorax"},
    DriverOption{"truth", "folder", "where activation, motion and all that is true are written"},
};

bool to_number(std::string_view text, double& value) {
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    return code == std::errc{} && end == text.data() + text.size();
}

std::vector<std::string_view> parts_of(std::string_view text) {
    std::vector<std::string_view> parts;
    while (!text.empty()) {
        parts.push_back(text.substr(0, text.find(',')));
        text.remove_prefix(std::min(text.size(), parts.back().size() + 1));
    }
    return parts;
}

/// Reads "3.0-3.05"; false unless 0 <= from < to.
bool to_span(std::string_view text, TimeSpan& span) {
    const std::size_t dash = text.find('-');
    return dash != std::string_view::npos && to_number(text.substr(0, dash), span.from_s) &&
           to_number(text.substr(dash + 1), span.to_s) && span.from_s >= 0.0 && span.to_s > span.from_s;
}

std::vector<TimeSpan> spans(const SourceUrl& url, std::string_view name) {
    std::vector<TimeSpan> result;
    const std::string text = url.text_option(name, "");
    for (const std::string_view part : parts_of(text)) {
        TimeSpan span;
        if (!to_span(part, span)) throw url.bad(name, "is not like 3.0-3.05,5-7 in seconds");
        result.push_back(span);
    }
    if (url.has(name) && result.empty()) throw url.bad(name, "is not like 3.0-3.05,5-7 in seconds");
    return result;
}

std::vector<ChannelFault> faults(const SourceUrl& url, std::string_view name, std::size_t n_channels) {
    std::vector<ChannelFault> result;
    const std::vector<std::string> labels = sim_labels(n_channels);
    const std::string text = url.text_option(name, "");
    for (const std::string_view part : parts_of(text)) {
        const std::size_t at = part.find('@');
        const auto label = std::find(labels.begin(), labels.end(), part.substr(0, at));
        ChannelFault fault;
        if (at == std::string_view::npos || !to_span(part.substr(at + 1), fault.span)) {
            throw url.bad(name, "is not like MF_L@12-18,LT_R@3-4 in seconds");
        }
        if (label == labels.end()) {
            throw url.bad(name, fmt::format("names no channel of {}", fmt::join(labels, " ")));
        }
        fault.channel = static_cast<std::size_t>(label - labels.begin());
        result.push_back(fault);
    }
    if (url.has(name) && result.empty()) throw url.bad(name, "is not like MF_L@12-18 in seconds");
    return result;
}

/// Channels by their labels, or by what they have before `ending`.
std::vector<std::size_t> channels_named(const SourceUrl& url, std::string_view name, std::string_view ending, std::size_t n_channels) {
    std::vector<std::size_t> result;
    const std::vector<std::string> labels = sim_labels(n_channels);
    const std::string text = url.text_option(name, "");
    for (const std::string_view part : parts_of(text)) {
        const auto label = std::find(labels.begin(), labels.end(), fmt::format("{}{}", part, ending));
        if (label == labels.end()) throw url.bad(name, fmt::format("names none of {}{}", fmt::join(labels, " "), ending.empty() ? "" : ", as MF without the side"));
        result.push_back(static_cast<std::size_t>(label - labels.begin()));
    }
    return result;
}

std::uint64_t whole(const SourceUrl& url, std::string_view name, std::uint64_t fallback, double least, double most) {
    const double value = url.number(name, static_cast<double>(fallback), least, most);
    const auto result = static_cast<std::uint64_t>(value);
    if (static_cast<double>(result) != value) throw url.bad(name, "is not a whole number");
    return result;
}

Rate rate_option(const SourceUrl& url, std::string_view name, const char* fallback, double least_hz, double most_hz) {
    Rate rate;
    try {
        rate = parse_rate(url.text_option(name, fallback));
    } catch (const Error& error) {
        throw url.bad(name, fmt::format("is no rate: {}", error.what()));
    }
    if (rate.hz() < least_hz || rate.hz() > most_hz) throw url.bad(name, fmt::format("is not from {:g} to {:g} Hz", least_hz, most_hz));
    return rate;
}

SimTask task_option(const SourceUrl& url) {
    const std::string name = url.choice(
        "task", "demo", {"demo", "calibration", "sides", "rest", "hold", "step", "trapezoid", "staircase", "reps", "bridge", "mobility", "mvc"});
    if (name == "calibration") return SimTask::calibration;
    if (name == "sides") return SimTask::sides;
    if (name == "rest") return SimTask::rest;
    if (name == "hold") return SimTask::hold;
    if (name == "step") return SimTask::step;
    if (name == "trapezoid") return SimTask::trapezoid;
    if (name == "staircase") return SimTask::staircase;
    if (name == "reps") return SimTask::reps;
    if (name == "bridge") return SimTask::bridge;
    if (name == "mobility") return SimTask::mobility;
    if (name == "mvc") return SimTask::mvc;
    return SimTask::demo;
}

SimSide side_option(const SourceUrl& url) {
    const std::string name = url.choice("side", "both", {"both", "left", "right"});
    return name == "left" ? SimSide::left : name == "right" ? SimSide::right : SimSide::both;
}

/// An option that is "off" or a number.
double number_or_off(const SourceUrl& url, std::string_view name, double least, double most) {
    if (url.text_option(name, "off") == "off") return std::numeric_limits<double>::infinity();
    return url.number(name, 0.0, least, most);
}

void parse_subject(const SourceUrl& url, SimOptions& o) {
    o.subject = whole(url, "subject", o.subject, 0.0, 0x1p53);
    o.seed = whole(url, "seed", o.seed, 0.0, 0x1p53);
    o.task = task_option(url);
    o.level_mvc = url.number("level", o.level_mvc, 0.0, 2.0);
    o.from_mvc = url.number("from", o.from_mvc, 0.0, 2.0);
    o.to_mvc = url.number("to", o.to_mvc, 0.0, 2.0);
    o.period_s = url.number("period", o.period_s, 0.1, 3600.0);
    o.pause_s = url.number("pause", o.pause_s, 0.0, 3600.0);
    const std::string ramp = url.choice("ramp", "100", {"100", "300", "1000"});
    o.ramp_s = ramp == "100" ? 0.1 : ramp == "300" ? 0.3 : 1.0;
    o.side = side_option(url);
    if (o.task == SimTask::sides && o.side != SimSide::both) throw url.bad("side", "cannot go with task=sides, which works one side after the other");
    o.tremor = url.flag("tremor", o.tremor);
    o.drift_per_min = url.number("drift", o.drift_per_min, -1.0, 1.0);
    o.fatigue_per_s = url.number("fatigue", o.fatigue_per_s, 0.0, 0.1);
    o.duration_s = url.number("duration", o.duration_s, 0.02, 1e7);
}

void parse_signal(const SourceUrl& url, SimOptions& o) {
    o.rate = rate_option(url, "rate", "1000", 100.0, 50000.0);
    const std::string channels = url.choice("channels", "4", {"4", "8", "16"});
    o.n_channels = channels == "4" ? 4u : channels == "8" ? 8u : 16u;
    o.source = url.choice("source", "noise", {"noise", "units"}) == "units" ? SimSource::units : SimSource::noise;
    o.laplace = url.flag("laplace", o.laplace);
    if (o.source == SimSource::units && o.laplace) throw url.bad("laplace", "needs source=noise, for the units have their own tails");
    if (o.source == SimSource::units && o.fatigue_per_s > 0.0) throw url.bad("fatigue", "needs source=noise, for the units do not tire");
    o.noise_uv = url.number("noise", o.noise_uv, 0.0, 1000.0);
    o.ecg = url.flag("ecg", o.ecg);
    o.heart_rate_bpm = url.number("hr", o.heart_rate_bpm, 30.0, 220.0);
    const std::string mains = url.choice("mains", "off", {"off", "50", "60"});
    o.mains_hz = mains == "off" ? 0.0 : mains == "50" ? 50.0 : 60.0;
    o.mains_uv = url.number("mains_uv", o.mains_uv, 0.0, 1e5);
    o.offset_mv = url.number("offset", o.offset_mv, 0.0, 400.0);
    o.wander_uv = url.number("wander", o.wander_uv, 0.0, 1e5);
    o.drift_mv_s = url.number("drift_mv_s", o.drift_mv_s, -100.0, 100.0);
    o.clip_uv = number_or_off(url, "clip", 1.0, 187500.0);
    o.spikes_per_s = url.number("spikes", o.spikes_per_s, 0.0, 20.0);
    o.crosstalk = url.number("crosstalk", o.crosstalk, 0.0, 0.3);
    if (url.text_option("vibration", "off") != "off") o.vibration_hz = url.number("vibration", 0.0, 5.0, 100.0);
    o.vibration_at = spans(url, "vibration_at");
    if (!o.vibration_at.empty() && o.vibration_hz <= 0.0) throw url.bad("vibration_at", "needs vibration=HZ");
    o.vibration_locked = url.number("vibration_locked", o.vibration_locked, 0.0, 1.0);
    if (o.vibration_locked > 0.0 && o.vibration_hz <= 0.0) throw url.bad("vibration_locked", "needs vibration=HZ to be locked to");
}

void parse_faults(const SourceUrl& url, SimOptions& o) {
    o.lead_off = faults(url, "lead_off", o.n_channels);
    o.saturate = faults(url, "saturate", o.n_channels);
    o.flat = faults(url, "flat", o.n_channels);
    o.nan = faults(url, "nan", o.n_channels);
    o.swapped = channels_named(url, "swap", "_L", o.n_channels);
    o.dead = channels_named(url, "dead", "", o.n_channels);
    o.as_float = url.flag("float", o.as_float);
    if (!o.nan.empty() && !o.as_float) throw url.bad("nan", "needs float=on, for counts are always numbers");
}

void parse_link(const SourceUrl& url, SimOptions& o) {
    o.loss = url.number("loss", o.loss, 0.0, 0.5);
    o.duplicates = url.number("duplicates", o.duplicates, 0.0, 0.5);
    o.reorder = url.number("reorder", o.reorder, 0.0, 0.5);
    o.gaps = spans(url, "gap");
    o.packet_frames = whole(url, "packet", o.packet_frames, 1.0, 100000.0);
    o.delay_ms = url.number("delay_ms", o.delay_ms, 0.0, 10000.0);
    o.jitter_ms = url.number("jitter_ms", o.jitter_ms, 0.0, 10000.0);
    o.skew_ppm = url.number("skew_ppm", o.skew_ppm, -10000.0, 10000.0);
    o.imu = url.flag("imu", o.imu);
    o.imu_rate = rate_option(url, "imu_rate", "100", 20.0, 2000.0);
    o.n_imu_sensors = url.choice("imu_sensors", "2", {"1", "2"}) == "1" ? 1u : 2u;
    for (const char* name : {"imu_rate", "imu_sensors"}) {
        if (url.has(name) && !o.imu) throw url.bad(name, "needs imu=on");
    }
    o.motion = url.flag("motion", o.motion);
    if (o.motion && !o.imu) throw url.bad("motion", "needs imu=on, whose acceleration it follows");
    o.truth_folder = url.text_option("truth", "");
}

}  // namespace

std::span<const DriverOption> sim_driver_options() noexcept { return kOptions; }

std::vector<std::string> sim_labels(std::size_t n_channels) {
    constexpr std::array sites{"MF", "LT", "IOT", "EO", "ICT", "LD", "GMX", "BF"};
    std::vector<std::string> labels;
    for (std::size_t ch = 0; ch < n_channels; ++ch) {
        labels.push_back(fmt::format("{}_{}", sites.at(ch / 2), ch % 2 == 0 ? "L" : "R"));
    }
    return labels;
}

SimOptions parse_sim_options(const SourceUrl& url) {
    url.refuse_unknown(sim_driver_options());
    if (!url.address().empty()) {
        throw usage_error(fmt::format("{}: the simulator has no address; write sim:?subject=7", url.text()));
    }
    SimOptions options;
    parse_subject(url, options);
    parse_signal(url, options);
    parse_faults(url, options);
    parse_link(url, options);
    return options;
}

}  // namespace tonus

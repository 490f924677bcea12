// The filters that look both ways: against scipy's sosfiltfilt over whole recordings, and against
// what they are for.

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <numbers>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "engine/condition/section_cascade.hpp"
#include "engine/condition/zero_phase.hpp"
#include "engine/core/error.hpp"
#include "engine/core/random.hpp"
#include "tests/support/shared_data.hpp"

namespace tonus {
namespace {

using Signal = std::vector<double>;
using Json = nlohmann::json;

constexpr Profile kProfiles[] = {Profile::general, Profile::trunk_ecg, Profile::spectral, Profile::vibration};

// Golden recordings ------------------------------------------------------------------------------
// The stored outputs are the first 4000 samples, and the backward pass comes from the far end: so
// the whole recordings are needed, read here as plainly as golden.py does.

struct Golden {
    Json summary;
    std::vector<Signal> first;  // of each signal, in the order of the summary
    const Signal& operator[](const std::string& name) const {
        const auto names = summary["first_f64"]["signals"].get<std::vector<std::string>>();
        return first.at(static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin()));
    }
};

Golden load(const std::filesystem::path& folder) {
    Golden golden{.summary = Json::parse(std::ifstream{folder / "summary.json"}), .first = {}};
    const std::size_t n = golden.summary["first_f64"]["samples_each"];
    std::ifstream in{folder / "first.f64", std::ios::binary};
    for (std::size_t i = 0; i < golden.summary["first_f64"]["signals"].size(); ++i) {
        golden.first.emplace_back(n);
        in.read(reinterpret_cast<char*>(golden.first.back().data()), static_cast<std::streamsize>(n * sizeof(double)));
    }
    return golden;
}

Signal text_column(const std::filesystem::path& path, const Json& item) {
    std::ifstream in{path};
    Signal signal;
    std::string line;
    const int n_skip = item.value("skip", 0);
    for (int n = 0; std::getline(in, line); ++n) {
        if (n < n_skip || line.empty() || line[0] == '#') continue;
        if (item["reader"] == "openbci" && (line[0] < '0' || line[0] > '9')) continue;
        std::replace(line.begin(), line.end(), ',', ' ');
        std::istringstream words{line};
        std::string word;
        for (int column = item.value("column", 0); column >= 0; --column) words >> word;
        signal.push_back(std::stod(word));
    }
    return signal;
}

std::vector<char> bytes_of(const std::filesystem::path& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

template <class T>
T at(const std::vector<char>& bytes, std::size_t offset) {
    T value;
    std::memcpy(&value, bytes.data() + offset, sizeof value);
    return value;
}

/// Every analog channel of a C3D file of floats, in its own steps.
std::vector<Signal> c3d_channels(const std::vector<char>& bytes) {
    const std::size_t n_points = 4u * at<std::uint16_t>(bytes, 2), n_analog = at<std::uint16_t>(bytes, 4);
    const std::size_t per_frame = at<std::uint16_t>(bytes, 18), n_channels = n_analog / per_frame;
    const std::size_t n_frames = at<std::uint16_t>(bytes, 8) - at<std::uint16_t>(bytes, 6) + 1u;
    std::size_t from = (at<std::uint16_t>(bytes, 16) - 1u) * 512u;
    std::vector<Signal> channels(n_channels);
    for (std::size_t frame = 0; frame < n_frames; ++frame) {
        from += n_points * sizeof(float);
        for (std::size_t i = 0; i < n_analog; ++i, from += sizeof(float)) {
            channels[i % n_channels].push_back(static_cast<double>(at<float>(bytes, from)));
        }
    }
    return channels;
}

/// Every channel of a Delsys HPF file.
std::vector<Signal> hpf_channels(const std::vector<char>& bytes) {
    std::vector<Signal> channels;
    for (std::size_t from = 0; from + 16 <= bytes.size();) {
        const auto kind = at<std::int64_t>(bytes, from), size = at<std::int64_t>(bytes, from + 8);
        if (size <= 0) break;
        if (kind == 0x3000) {
            channels.resize(at<std::uint32_t>(bytes, from + 28));
            for (std::size_t ch = 0; ch < channels.size(); ++ch) {
                const std::size_t data = from + at<std::uint32_t>(bytes, from + 32 + 8 * ch);
                const std::size_t n_bytes = at<std::uint32_t>(bytes, from + 36 + 8 * ch);
                for (std::size_t i = 0; i < n_bytes; i += sizeof(float)) channels[ch].push_back(static_cast<double>(at<float>(bytes, data + i)));
            }
        }
        from += static_cast<std::size_t>(size);
    }
    return channels;
}

/// Which of the channels the golden start was taken from, in its unit. The headers would say, too;
/// but one step and one offset that fit 4000 samples leave no doubt.
Signal matching(const std::vector<Signal>& channels, const Signal& start) {
    const auto [low, high] = std::minmax_element(start.begin(), start.end());
    for (const Signal& channel : channels) {
        if (channel.size() < start.size()) continue;
        const double from = channel[static_cast<std::size_t>(low - start.begin())];
        const double span = channel[static_cast<std::size_t>(high - start.begin())] - from;
        if (span == 0.0) continue;
        const double scale = (*high - *low) / span;
        Signal in_unit;
        for (const double x : channel) in_unit.push_back(*low + (x - from) * scale);
        double worst = 0.0;
        for (std::size_t i = 0; i < start.size(); ++i) worst = std::max(worst, std::abs(in_unit[i] - start[i]));
        if (worst <= 1e-12 * std::max(std::abs(*low), std::abs(*high))) return in_unit;
    }
    return {};
}

Signal whole_recording(const Golden& golden) {
    const Json& item = golden.summary["item"];
    const std::filesystem::path path = test::shared_folder() / "data" / item["file"].get<std::string>();
    if (item["reader"] == "c3d") return matching(c3d_channels(bytes_of(path)), golden["raw"]);
    if (item["reader"] == "hpf") return matching(hpf_channels(bytes_of(path)), golden["raw"]);
    return text_column(path, item);
}

/// The first samples, and the places of the whole recording that the summary keeps: its end too.
void expect_golden(const Signal& ours, const Golden& golden, const std::string& name) {
    const Json& whole = golden.summary["whole"][name];
    ASSERT_EQ(ours.size(), whole["n"].get<std::size_t>()) << name;
    const double largest = std::max(std::abs(whole["min"].get<double>()), std::abs(whole["max"].get<double>()));
    double worst = 0.0;
    for (std::size_t i = 0; i < golden[name].size(); ++i) worst = std::max(worst, std::abs(ours[i] - golden[name][i]));
    for (std::size_t i = 0; i < whole["probe"].size(); ++i) {
        worst = std::max(worst, std::abs(ours[whole["probe_index"][i].get<std::size_t>()] - whole["probe"][i].get<double>()));
    }
    for (std::size_t i = 0; i < 16; ++i) worst = std::max(worst, std::abs(ours[ours.size() - 16 + i] - whole["last16"][i].get<double>()));
    EXPECT_LE(worst, 1e-9 * largest) << name;
}

class GoldenZeroPhase : public testing::TestWithParam<const char*> {};

TEST_P(GoldenZeroPhase, MatchesScipyOverTheWholeRecording) {
    TONUS_NEEDS_SHARED(folder, std::string{"data/golden/"} + GetParam());
    const Golden golden = load(folder);
    const double rate_hz = golden.summary["fs"];
    Signal signal = whole_recording(golden);
    ASSERT_EQ(signal.size(), golden.summary["samples"].get<std::size_t>());

    filter_zero_phase(signal, butterworth_band_pass(4, 20.0, std::min(450.0, 0.45 * rate_hz), rate_hz));
    filter_zero_phase(signal, std::vector<Section>{notch(50.0, 30.0, rate_hz)});
    expect_golden(signal, golden, "notch_zp");

    for (double& x : signal) x = std::abs(x);
    filter_zero_phase(signal, butterworth_low_pass(2, 5.0, rate_hz));
    expect_golden(signal, golden, "env_zp");
}

INSTANTIATE_TEST_SUITE_P(All, GoldenZeroPhase,
                         testing::Values("back_test", "back_resting", "biceps_lifting", "c3d_trap_sup", "c3d_trap_inf",
                                         "c3d_lat_dorsi", "c3d_supraspinatus", "c3d_infraspinatus", "delsys_hpf_ch6",
                                         "biosppy_emg", "openbci_ch1", "physionet_healthy_4k", "myo_ch4_200hz",
                                         "gait_ta", "c3d_elite_rta"));

// What they are for -------------------------------------------------------------------------------

double gain(const std::vector<Section>& sections, double f_hz, double rate_hz) { return std::abs(response(sections, f_hz, rate_hz)); }

// Two passes of the causal filter would be 6 dB down at the corners, and keep less muscle.
TEST(ZeroPhase, TwoPassesKeepTheCornersOfOne) {
    for (const double rate_hz : {250.0, 1000.0, 2000.0, 4000.0}) {
        for (const Profile profile : kProfiles) {
            const std::vector<Section> once = profile_sections(profile, rate_hz), twice = zero_phase_sections(profile, rate_hz);
            const double low_hz = profile == Profile::spectral ? 10.0 : 20.0;
            const double high_hz = std::min(profile == Profile::spectral ? 500.0 : 450.0, 0.45 * rate_hz);
            const auto ratio = [&](double f_hz) { return std::pow(gain(twice, f_hz, rate_hz), 2.0) / gain(once, f_hz, rate_hz); };
            const bool is_band_pass = profile == Profile::general || profile == Profile::spectral;
            if (is_band_pass) {
                EXPECT_NEAR(ratio(low_hz), 1.0, 1e-9) << rate_hz;
                EXPECT_NEAR(std::pow(gain(twice, low_hz, rate_hz), 2.0), std::sqrt(0.5), 1e-9);
            }
            // The other filters of a profile end elsewhere, but are not quite gone at this corner.
            EXPECT_NEAR(ratio(high_hz), 1.0, is_band_pass ? 1e-9 : 0.01) << rate_hz;
            EXPECT_NEAR(ratio(std::sqrt(60.0 * high_hz)), 1.0, 0.03) << rate_hz;
        }
    }
    // The heart's high-pass: 3 dB at 30 Hz are its own, the rest is the band-pass.
    const std::vector<Section> trunk = zero_phase_sections(Profile::trunk_ecg, 1000.0), general = zero_phase_sections(Profile::general, 1000.0);
    EXPECT_NEAR(std::pow(gain(trunk, 30.0, 1000.0) / gain(general, 30.0, 1000.0), 2.0), std::sqrt(0.5), 1e-9);
    EXPECT_NEAR(std::pow(gain(zero_phase_sections(Profile::vibration, 1000.0), 20.0, 1000.0), 2.0), std::sqrt(0.5), 1e-3);
}

TEST(ZeroPhase, TwoPassesOfTheNotchAreAsWideAsOne) {
    const std::vector<Section> once{notch(50.0, 30.0, 1000.0)}, twice{zero_phase_notch(50.0, 30.0, 1000.0)};
    for (double f_hz = 48.0; f_hz < 52.0; f_hz += 0.01) {
        if (std::abs(gain(once, f_hz, 1000.0) - std::sqrt(0.5)) > 1e-3) continue;
        EXPECT_NEAR(std::pow(gain(twice, f_hz, 1000.0), 2.0), std::sqrt(0.5), 2e-3) << f_hz;
    }
    EXPECT_LT(gain(twice, 50.0, 1000.0), 1e-9);
}

/// Where most of a burst's energy lies.
double centre_of(const Signal& signal) {
    double energy = 0.0, moment = 0.0;
    for (std::size_t i = 0; i < signal.size(); ++i) {
        energy += signal[i] * signal[i];
        moment += signal[i] * signal[i] * static_cast<double>(i);
    }
    return moment / energy;
}

// Symmetric in, symmetric out: the strictest form of "no phase shift".
TEST(ZeroPhase, ABurstStaysWhereItIs) {
    Signal burst(2001, 0.0);
    for (std::size_t i = 0; i < burst.size(); ++i) {
        const double t_s = (static_cast<double>(i) - 1000.0) / 1000.0;
        burst[i] = std::cos(2.0 * std::numbers::pi * 60.0 * t_s) * std::exp(-0.5 * std::pow(t_s / 0.03, 2.0));
    }
    for (const Profile profile : kProfiles) {
        Signal centred = burst, causal = burst;
        filter_zero_phase(centred, zero_phase_sections(profile, 1000.0), zero_phase_padding(profile, 1000.0));
        SectionCascade<double>{profile_sections(profile, 1000.0)}.process_signal(causal);
        EXPECT_NEAR(centre_of(centred), 1000.0, 1e-6);
        EXPECT_GT(centre_of(causal), 1000.5) << "the causal form does delay it, or this test sees nothing";
        for (std::size_t k = 1; k <= 900; ++k) ASSERT_NEAR(centred[1000 - k], centred[1000 + k], 1e-9);
    }
}

TEST(ZeroPhase, AnElectrodesOffsetAndDriftLeaveNothingAtTheEnds) {
    Signal signal(1000);
    for (std::size_t i = 0; i < signal.size(); ++i) signal[i] = 300'000.0 + 0.5 * static_cast<double>(i);
    for (const Profile profile : kProfiles) {
        Signal filtered = signal;
        filter_zero_phase(filtered, zero_phase_sections(profile, 1000.0), zero_phase_padding(profile, 1000.0));
        for (const double x : filtered) ASSERT_NEAR(x, 0.0, 0.5);
        // A constant alone leaves rounding only.
        Signal constant(1000, 300'000.0);
        filter_zero_phase(constant, zero_phase_sections(profile, 1000.0), zero_phase_padding(profile, 1000.0));
        for (const double x : constant) ASSERT_NEAR(x, 0.0, 1e-6);
    }
}

TEST(ZeroPhase, SignalsShorterThanTheirPaddingAreFiltered) {
    const std::vector<Section> sections = zero_phase_sections(Profile::trunk_ecg, 1000.0);
    for (const std::size_t n : {0u, 1u, 2u, 40u}) {
        Signal signal(n, 5.0);
        filter_zero_phase(signal, sections, zero_phase_padding(Profile::trunk_ecg, 1000.0));
        for (const double x : signal) EXPECT_NEAR(x, 0.0, 1e-9);
    }
}

TEST(ZeroPhase, RefusesARateWithoutAnEmgBand) {
    EXPECT_THROW(zero_phase_sections(Profile::general, 99.0), Error);
}

// Stretches ---------------------------------------------------------------------------------------

constexpr StretchConfig kStretches{.n_hole_max = 100, .n_pad = 150};

Signal noise(std::size_t n) {
    Random random{23};
    Signal signal(n);
    for (double& x : signal) x = 10.0 * random.normal();
    return signal;
}

TEST(ZeroPhaseStretches, WhatLiesBeyondALongHoleChangesNothing) {
    const std::vector<Section> sections = zero_phase_sections(Profile::general, 1000.0);
    for (const std::uint8_t why : {sample_flag::gap, sample_flag::lead_off, sample_flag::not_finite}) {
        const Signal raw = noise(3000);
        std::vector<std::uint8_t> flags(raw.size(), 0);
        std::fill(flags.begin() + 1000, flags.begin() + 1101, why);
        Signal whole = raw, head{raw.begin(), raw.begin() + 1000}, tail{raw.begin() + 1101, raw.end()};
        for (std::size_t i = 1000; i < 1101; ++i) whole[i] = 1e6;
        filter_stretches(whole, flags, sections, kStretches);
        filter_zero_phase(head, sections, kStretches.n_pad);
        filter_zero_phase(tail, sections, kStretches.n_pad);
        EXPECT_TRUE(std::equal(head.begin(), head.end(), whole.begin()));
        EXPECT_TRUE(std::equal(tail.begin(), tail.end(), whole.begin() + 1101));
        EXPECT_TRUE(std::all_of(whole.begin() + 1000, whole.begin() + 1101, [](double x) { return x == 0.0; }));
    }
}

TEST(ZeroPhaseStretches, FiltersRunOnOverAShortHole) {
    const std::vector<Section> sections = zero_phase_sections(Profile::general, 1000.0);
    const Signal raw = noise(3000);
    std::vector<std::uint8_t> flags(raw.size(), 0);
    std::fill(flags.begin() + 1000, flags.begin() + 1100, sample_flag::gap);
    Signal with_hole = raw, without = raw;
    filter_stretches(with_hole, flags, sections, kStretches);
    filter_zero_phase(without, sections, kStretches.n_pad);
    EXPECT_EQ(with_hole, without);
}

TEST(ZeroPhaseStretches, OtherMarksAreNoHoles) {
    const std::vector<Section> sections = zero_phase_sections(Profile::general, 1000.0);
    const Signal raw = noise(2000);
    std::vector<std::uint8_t> flags(raw.size(), 0);
    std::fill(flags.begin(), flags.begin() + 250, sample_flag::settling);
    std::fill(flags.begin() + 1000, flags.begin() + 1200, sample_flag::saturated);
    Signal marked = raw, without = raw;
    filter_stretches(marked, flags, sections, kStretches);
    filter_zero_phase(without, sections, kStretches.n_pad);
    EXPECT_EQ(marked, without);
}

TEST(ZeroPhaseStretches, HolesAtBothEndsAndAllOfIt) {
    const std::vector<Section> sections = zero_phase_sections(Profile::general, 1000.0);
    Signal raw = noise(1000);
    std::vector<std::uint8_t> flags(raw.size(), sample_flag::lead_off);
    Signal nothing = raw;
    filter_stretches(nothing, flags, sections, kStretches);
    EXPECT_EQ(nothing, Signal(1000, 0.0));

    std::fill(flags.begin() + 300, flags.begin() + 700, std::uint8_t{0});
    Signal middle{raw.begin() + 300, raw.begin() + 700};
    filter_stretches(raw, flags, sections, kStretches);
    filter_zero_phase(middle, sections, kStretches.n_pad);
    EXPECT_TRUE(std::equal(middle.begin(), middle.end(), raw.begin() + 300));
    EXPECT_EQ(raw.front(), 0.0);
    EXPECT_EQ(raw.back(), 0.0);
}

}  // namespace
}  // namespace tonus

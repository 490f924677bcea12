// The test chain of the team's reference outputs, from the public stages: eight-pole band-pass,
// notch, rectifier, 5 Hz envelope, over the first 4000 samples of every recording.

#include <algorithm>
#include <cmath>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/condition/butterworth.hpp"
#include "engine/condition/section_cascade.hpp"
#include "engine/envelope/linear_envelope.hpp"
#include "tests/support/json.hpp"
#include "tests/support/shared_data.hpp"

namespace tonus {
namespace {

using Signal = std::vector<double>;

struct Golden {
    double rate_hz = 0.0;
    std::vector<std::string> names;
    std::vector<Signal> signals;

    const Signal& operator[](const std::string& name) const {
        const auto at = std::find(names.begin(), names.end(), name) - names.begin();
        return signals.at(static_cast<std::size_t>(at));
    }
};

Golden load(const std::filesystem::path& folder) {
    Golden golden;
    const nlohmann::json summary = test::read_json(folder / "summary.json");
    golden.rate_hz = summary["fs"];
    golden.names = summary["first_f64"]["signals"].get<std::vector<std::string>>();
    const std::size_t n = summary["first_f64"]["samples_each"];
    std::ifstream in{folder / "first.f64", std::ios::binary};
    for (std::size_t i = 0; i < golden.names.size(); ++i) {
        Signal signal(n);
        in.read(reinterpret_cast<char*>(signal.data()), static_cast<std::streamsize>(n * sizeof(double)));
        golden.signals.push_back(std::move(signal));
    }
    return golden;
}

template <class T>
std::vector<T> filtered(const Signal& input, const std::vector<Section>& sections, bool primed, double offset = 0.0) {
    std::vector<T> signal(input.size());
    for (std::size_t i = 0; i < input.size(); ++i) signal[i] = static_cast<T>(input[i] - offset);
    SectionCascade<T> cascade{sections};
    const std::vector<T> first{signal[0]};
    if (primed) cascade.prime(first);
    cascade.process_signal(signal);
    return signal;
}

template <class T>
Signal as_double(const std::vector<T>& signal) {
    return {signal.begin(), signal.end()};
}

double largest(const Signal& signal, std::size_t from = 0) {
    double most = 0.0;
    for (std::size_t i = from; i < signal.size(); ++i) most = std::max(most, std::abs(signal[i]));
    return most;
}

void expect_near(const Signal& ours, const Signal& golden, double tolerance, const std::string& what,
                 std::size_t from = 0) {
    ASSERT_EQ(ours.size(), golden.size());
    double worst = 0.0;
    for (std::size_t i = from; i < ours.size(); ++i) worst = std::max(worst, std::abs(ours[i] - golden[i]));
    EXPECT_LE(worst, tolerance * largest(golden, from)) << what;
}

template <class T>
Signal envelope_of(const Signal& conditioned, double rate_hz, bool primed) {
    LinearEnvelope<T> envelope{1, 5.0, rate_hz};
    std::vector<T> signal(conditioned.size());
    for (std::size_t i = 0; i < signal.size(); ++i) signal[i] = static_cast<T>(conditioned[i]);
    if (primed) envelope.prime({signal.data(), 1});
    for (T& sample : signal) envelope.process({&sample, 1});
    return as_double(signal);
}

class GoldenRecording : public testing::TestWithParam<const char*> {};

TEST_P(GoldenRecording, DoubleChainMatchesScipy) {
    TONUS_NEEDS_SHARED(folder, std::string{"data/golden/"} + GetParam());
    const Golden golden = load(folder);
    const double high_hz = std::min(450.0, 0.45 * golden.rate_hz);
    const std::vector<Section> bp = butterworth_band_pass(4, 20.0, high_hz, golden.rate_hz);
    const std::vector<Section> mains{notch(50.0, 30.0, golden.rate_hz)};

    const Signal band = filtered<double>(golden["raw"], bp, false);
    expect_near(band, golden["bp"], 1e-9, "bp");
    const Signal notched = filtered<double>(band, mains, false);
    expect_near(notched, golden["notch"], 1e-9, "notch");
    expect_near(envelope_of<double>(notched, golden.rate_hz, false), golden["env"], 1e-9, "env");

    const Signal primed = filtered<double>(filtered<double>(golden["raw"], bp, true), mains, true);
    // The primed output has lost a constant thousands of times its size: that sets its rounding.
    const double scale = std::max(1.0, largest(golden["raw"]) / largest(golden["notch_primed"]) * 1e-5);
    expect_near(primed, golden["notch_primed"], 1e-9 * scale, "notch_primed");
    expect_near(envelope_of<double>(primed, golden.rate_hz, true), golden["env_primed"], 1e-9 * scale, "env_primed");
}

// As the engine does it: the first sample taken off in double, then float all the way.
TEST_P(GoldenRecording, FloatChainStaysWithinATenThousandth) {
    TONUS_NEEDS_SHARED(folder, std::string{"data/golden/"} + GetParam());
    const Golden golden = load(folder);
    const double high_hz = std::min(450.0, 0.45 * golden.rate_hz);
    const std::vector<Section> bp = butterworth_band_pass(4, 20.0, high_hz, golden.rate_hz);
    const std::vector<Section> mains{notch(50.0, 30.0, golden.rate_hz)};
    const Signal& raw = golden["raw"];
    const Signal band = as_double(filtered<float>(raw, bp, true, raw[0]));
    const Signal notched = as_double(filtered<float>(band, mains, true));
    const auto two_seconds = std::min(static_cast<std::size_t>(2.0 * golden.rate_hz), raw.size() / 2);
    expect_near(notched, golden["notch_primed"], 1e-4, "notch", two_seconds);
    expect_near(envelope_of<float>(notched, golden.rate_hz, true), golden["env_primed"], 1e-4, "env", two_seconds);
}

INSTANTIATE_TEST_SUITE_P(All, GoldenRecording,
                         testing::Values("back_test", "back_resting", "biceps_lifting", "c3d_trap_sup", "c3d_trap_inf",
                                         "c3d_lat_dorsi", "c3d_supraspinatus", "c3d_infraspinatus", "delsys_hpf_ch6",
                                         "biosppy_emg", "openbci_ch1", "physionet_healthy_4k", "myo_ch4_200hz",
                                         "gait_ta", "c3d_elite_rta"));

TEST(GoldenRecordings, AreAllTested) {
    TONUS_NEEDS_SHARED(list, "data/golden/list.json");
    EXPECT_EQ(test::read_json(list).size(), 15u);
}

}  // namespace
}  // namespace tonus

// Every stage of the chain gives the same bits however its input is cut (design, "Contracts").

#include <cstring>

#include <gtest/gtest.h>

#include "tests/support/emg_run.hpp"

namespace tonus {
namespace {

/// Keeps what each stage put out, as bytes.
class StageLog final : public Taps {
public:
    void gated(std::size_t, const Block<unit::Microvolt>& emg) override { keep(gated_bytes, emg); }
    void conditioned(std::size_t, const Block<unit::Microvolt>& emg) override { keep(conditioned_bytes, emg); }
    void skipped(std::size_t, std::size_t n_frames) override { n_skipped += n_frames; }
    void energy(std::size_t, const EnergyTick& tick) override {
        append(energy_bytes, tick.energy_uv2.data(), tick.energy_uv2.size_bytes());
        append(energy_bytes, tick.counts.data(), tick.counts.size_bytes());
    }
    void envelope(std::size_t, const Tick<unit::Microvolt>& tick) override {
        append(envelope_bytes, tick.value.data(), tick.value.size_bytes());
        for (const Status& status : tick.status) {
            envelope_bytes += static_cast<char>(status.state);
            envelope_bytes += static_cast<char>(status.reason);
            envelope_bytes += static_cast<char>(status.saturated);
        }
    }
    void template_samples(std::size_t, const Block<unit::Microvolt>& emg) override { keep(template_sample_bytes, emg); }
    void template_tick(std::size_t, const EnergyTick& energy, const Tick<unit::Microvolt>& envelope) override {
        append(template_bytes, energy.energy_uv2.data(), energy.energy_uv2.size_bytes());
        append(template_bytes, envelope.value.data(), envelope.value.size_bytes());
    }
    void activation(const Tick<unit::Mvc>&) override {}

    std::string gated_bytes, conditioned_bytes, energy_bytes, envelope_bytes, spectra_bytes, template_bytes, template_sample_bytes;
    std::size_t n_skipped = 0;

    static void append(std::string& bytes, const void* data, std::size_t n) { bytes.append(static_cast<const char*>(data), n); }

private:
    static void keep(std::string& bytes, const Block<unit::Microvolt>& emg) {
        for (std::size_t f = 0; f < emg.n_frames(); ++f) {
            append(bytes, emg.frame(f).data(), emg.frame(f).size_bytes());
            append(bytes, emg.flags(f).data(), emg.flags(f).size_bytes());
        }
    }
};

constexpr std::size_t kChannels = 11;  // no whole number of lane groups
constexpr std::size_t kFrames = 9000;

std::vector<double> faulty_signal(double rate_hz) {
    std::vector<double> samples(kFrames * kChannels);
    for (std::size_t ch = 0; ch < kChannels; ++ch) {
        EmgSource source = test::model_emg(rate_hz, 70 + ch);
        for (std::size_t i = 0; i < kFrames; ++i) samples[i * kChannels + ch] = 1000.0 * static_cast<double>(ch) + 30.0 * source.next();
    }
    for (std::size_t i = 3000; i < 3010; ++i) samples[i * kChannels + 2] = std::numeric_limits<double>::quiet_NaN();
    for (std::size_t i = 4000; i < 5000; ++i) samples[i * kChannels + 5] = samples[4000 * kChannels + 5];
    return samples;
}

StageLog run_cut(double rate_hz, const std::vector<double>& samples, const std::function<std::size_t()>& cut) {
    const StreamInfo stream = test::microvolt_stream(rate_hz, kChannels);
    EmgChainConfig config{.gate = {stream}, .condition = {.rate = stream.rate, .mains_hz = 50.0}};
    config.ecg_template = true;
    config.condition.profiles.assign(kChannels, Profile::general);
    config.condition.profiles[3] = Profile::trunk_ecg;
    EmgChain chain{stream, config};
    StageLog log;
    chain.set_taps(&log, 0);

    class Spectra final : public EmgTickSink {
    public:
        Spectra(const EmgChain& c, StageLog& l) : chain_(c), log_(l) {}
        void on_tick(const EnergyTick&, const Tick<unit::Microvolt>&) noexcept override {
            for (const SpectrumValue& value : chain_.spectra()) {
                StageLog::append(log_.spectra_bytes, &value.mdf_hz, sizeof value.mdf_hz);
                StageLog::append(log_.spectra_bytes, &value.mnf_hz, sizeof value.mnf_hz);
            }
        }

    private:
        const EmgChain& chain_;
        StageLog& log_;
    };
    Spectra spectra{chain, log};
    for (std::size_t done = 0; done < kFrames;) {
        // A short hole and a long one, at the same frames whatever the cut.
        std::size_t n = std::min(cut(), kFrames - done);
        for (const std::size_t hole : {std::size_t{2000}, std::size_t{6000}}) {
            if (done == hole) {
                for (std::uint64_t left = hole == 2000 ? 15 : 700; left > 0;) left = chain.gap(left, spectra);
            } else if (done < hole) {
                n = std::min(n, hole - done);
            }
        }
        chain.process(raw_frames(std::span<const double>{samples}.subspan(done * kChannels, n * kChannels), kChannels, 0), spectra);
        done += n;
    }
    return log;
}

class StageInvariance : public testing::TestWithParam<double> {};

TEST_P(StageInvariance, HoldsForEveryStage) {
    const std::vector<double> samples = faulty_signal(GetParam());
    const StageLog whole = run_cut(GetParam(), samples, [] { return kFrames; });
    ASSERT_EQ(whole.conditioned_bytes.size(), (kFrames + 15) * kChannels * 5);
    Random random{8};
    const std::vector<std::function<std::size_t()>> cuts{[] { return std::size_t{1}; }, [] { return std::size_t{7}; }, [] { return std::size_t{20}; },
                                                         [] { return std::size_t{500}; }, [&random] { return std::size_t{1 + random.below(97)}; }};
    for (std::size_t i = 0; i < cuts.size(); ++i) {
        const StageLog other = run_cut(GetParam(), samples, cuts[i]);
        EXPECT_TRUE(other.gated_bytes == whole.gated_bytes) << "gate, cut " << i;
        EXPECT_TRUE(other.conditioned_bytes == whole.conditioned_bytes) << "conditioner, cut " << i;
        EXPECT_TRUE(other.energy_bytes == whole.energy_bytes) << "energies, cut " << i;
        EXPECT_TRUE(other.envelope_bytes == whole.envelope_bytes) << "envelope, cut " << i;
        EXPECT_TRUE(other.spectra_bytes == whole.spectra_bytes) << "spectra, cut " << i;
        EXPECT_TRUE(other.template_bytes == whole.template_bytes) << "path B, cut " << i;
        EXPECT_TRUE(other.template_sample_bytes == whole.template_sample_bytes) << "samples of path B, cut " << i;
        EXPECT_EQ(other.n_skipped, whole.n_skipped);
    }
}

INSTANTIATE_TEST_SUITE_P(Rates, StageInvariance, testing::Values(250.0, 1000.0, 2148.148148148148));

}  // namespace
}  // namespace tonus

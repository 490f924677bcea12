// The simulated subject: its statistics, its repeatability, and that each fault is where it was
// asked for and nowhere else.

#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "drivers/sim/emg_source.hpp"
#include "drivers/sim/heart.hpp"
#include "drivers/sim/sim_test.hpp"
#include "drivers/sim/subject.hpp"

namespace tonus {
namespace {

using sim_test::kPure;
using sim_test::rms;
using sim_test::send;
using sim_test::Sent;

TEST(Golden, G46_ShapingFilterOfTheModel) {
    EmgShapeFilter filter{EmgShape::design(1000.0)};
    const double expected[] = {0.234690215, 0.60730414, 0.53647043, 0.150315101};
    double energy = 0.0;
    for (int i = 0; i < 4000; ++i) {
        const double h = filter.process(i == 0 ? 1.0 : 0.0);
        if (i < 4) {
            EXPECT_NEAR(h, expected[i], 1e-8);
        }
        energy += h * h;
    }
    EXPECT_NEAR(energy, 1.0, 1e-8);
    const EmgShape fast = EmgShape::design(2000.0);
    EXPECT_NEAR(fast.gain, 0.115122693413, 1e-10);
    EXPECT_NEAR(fast.feedback[0], -2.19333905056, 1e-9);
    EXPECT_NEAR(fast.feedback[1], 1.59657620767, 1e-9);
    EXPECT_NEAR(fast.feedback[2], -0.385905002291, 1e-9);
}

TEST(Sim, ExchangedCablesBringTheOtherSideAndNothingElseChanges) {
    const std::string base = "sim:?task=hold&duration=2&ecg=on&channels=8";
    const Sent as_it_is = send(base)[0], swapped = send(base + "&swap=LT,EO")[0];
    for (std::size_t ch = 0; ch < 8; ++ch) {
        const bool exchanged = ch == 2 || ch == 3 || ch == 6 || ch == 7;
        EXPECT_EQ(swapped.channel(ch), as_it_is.channel(exchanged ? ch ^ 1u : ch)) << ch;
    }
}

TEST(Sim, ADeadPairHearsNoMuscleAndNothingElseChanges) {
    const std::string base = "sim:?task=hold&level=1&duration=2&ecg=on&wander=0&spikes=1";
    const Sent as_it_is = send(base)[0], dead = send(base + "&dead=LT_L")[0];
    for (const std::size_t ch : {0u, 1u, 3u}) EXPECT_EQ(dead.channel(ch), as_it_is.channel(ch)) << ch;
    EXPECT_GT(rms(as_it_is.channel(2)), 50.0);
    EXPECT_NEAR(rms(dead.channel(2)), 2.5, 0.2) << "the amplifier's noise";
}

TEST(Golden, G48_HeartTemplatePeakAndTrough) {
    double peak = 0.0, trough = 0.0;
    for (int ms = -400; ms <= 500; ++ms) {
        peak = std::max(peak, ecg_template(ms * 1e-3));
        trough = std::min(trough, ecg_template(ms * 1e-3));
    }
    EXPECT_NEAR(peak, 0.9863, 1e-4);
    EXPECT_NEAR(trough, -0.2152, 1e-4);
}

// Clipped at k standard deviations; the same day without clipping is the measure, so chance goes out.
TEST(Golden, G27_ClippingShrinksTheRms) {
    const std::string base = std::string{"sim:?task=hold&level=1&duration=120&"} + kPure;
    const double sigma = SimulatedSubject{parse_sim_options(SourceUrl{base})}.sigma_mvc_uv(0);
    const double whole = rms(send(base)[0].channel(0));
    for (const auto& [k, factor] : {std::pair{1.0, 0.7184}, std::pair{1.5, 0.8823}, std::pair{2.0, 0.9594}, std::pair{2.5, 0.9887}, std::pair{3.0, 0.9975}}) {
        const double clipped = rms(send(base + "&clip=" + std::to_string(k * sigma))[0].channel(0));
        EXPECT_NEAR(clipped / whole, factor, 0.006 * factor) << "k = " << k;
    }
}

TEST(Sim, MusclesHaveTheirStrengthAtEveryRate) {
    for (const char* rate : {"500", "1000", "2148.148", "4000"}) {
        const std::string url = std::string{"sim:?channels=16&task=hold&level=0.5&duration=60&rate="} + rate + "&" + kPure;
        const SimulatedSubject subject{parse_sim_options(SourceUrl{url})};
        const Sent sent = send(url)[0];
        ASSERT_EQ(sent.n_channels(), 16u);
        // Four times the spread that domain 11.1 gives for 60 s: 0.5 %, a little more at low rates.
        for (std::size_t ch = 0; ch < 16; ++ch) EXPECT_NEAR(rms(sent.channel(ch)) / (0.5 * subject.sigma_mvc_uv(ch)), 1.0, 0.025) << rate << " Hz, channel " << ch;
    }
}

TEST(Sim, ADayIsRepeatedToTheBitAndAnotherSeedIsAnotherDay) {
    const std::string url = "sim:?task=reps&duration=5&ecg=on&mains=50&spikes=1&loss=0.1&imu=on";
    const std::vector<Sent> a = send(url), b = send(url), other = send(url + "&seed=1");
    ASSERT_EQ(a.size(), 5u);
    for (std::size_t s = 0; s < a.size(); ++s) {
        EXPECT_EQ(a[s].values, b[s].values);
        EXPECT_EQ(a[s].arrival_ns, b[s].arrival_ns);
        EXPECT_NE(a[s].values, other[s].values);
    }
}

// So that a contaminated run can be set against the clean one.
TEST(Sim, OneOptionChangesNothingElse) {
    const std::string base = std::string{"sim:?task=hold&duration=10&"} + kPure;
    const Sent clean = send(base)[0], noisy = send(base + "&ecg=on&mains=60")[0];
    const Sent heart = send(base + "&ecg=on&level=0")[0], hum = send(base + "&mains=60&level=0")[0];
    for (std::size_t f = 0; f < clean.index.size(); ++f) {
        for (std::size_t ch = 0; ch < 4; ++ch) ASSERT_NEAR(noisy.at(f, ch) - clean.at(f, ch), heart.at(f, ch) + hum.at(f, ch), 0.1);
    }
    EXPECT_GT(rms(heart.channel(2)), 5.0);
    EXPECT_NEAR(rms(hum.channel(0)), 10.0 * std::sqrt(0.5 * (1.0 + 0.09 + 0.25 + 0.04)), 0.2);
}

TEST(Sim, HeartBeatsAtItsRate) {
    const Sent sent = send(std::string{"sim:?task=rest&duration=60&ecg=on&hr=90&"} + kPure)[0];
    std::size_t n_beats = 0;
    for (std::size_t f = 1; f < sent.index.size(); ++f) n_beats += sent.at(f - 1, 2) < 50.0 && sent.at(f, 2) >= 50.0 ? 1u : 0u;
    EXPECT_NEAR(static_cast<double>(n_beats), 90.0, 2.0);
}

TEST(Sim, FaultsAreWhereTheyWereAskedFor) {
    const std::string base = "sim:?task=hold&level=0.3&duration=10&float=on";
    const Sent clean = send(base)[0];
    const Sent faulty = send(base + "&nan=MF_R@3-4&flat=LT_L@5-6&lead_off=LT_R@7-8&saturate=MF_L@2-3")[0];
    for (std::size_t f = 0; f < clean.index.size(); ++f) {
        const double t = static_cast<double>(f) / 1000.0;
        const std::pair<double, double> spans[] = {{2, 3}, {3, 4}, {5, 6}, {7, 8}};
        for (std::size_t ch = 0; ch < 4; ++ch) {
            if (t >= spans[ch].first && t < spans[ch].second) continue;
            ASSERT_EQ(faulty.at(f, ch), clean.at(f, ch)) << "channel " << ch << " at " << t;
        }
        if (t >= 3.0 && t < 4.0) {
            ASSERT_TRUE(std::isnan(faulty.at(f, 1)));
        }
        if (t >= 5.0 && t < 6.0) {
            ASSERT_EQ(faulty.at(f, 2), clean.at(4999, 2));
        }
        if (t >= 7.5 && t < 8.0) {
            ASSERT_EQ(std::abs(faulty.at(f, 3)), 187500.0) << "the rail";
        }
    }
    std::size_t n_rail = 0;
    for (std::size_t f = 2000; f < 3000; ++f) n_rail += std::abs(faulty.at(f, 0)) >= 187499.0 ? 1u : 0u;
    EXPECT_GT(n_rail, 900u);
}

TEST(Sim, GapsAreJumpsOfTheIndexOfTheRightLength) {
    const Sent sent = send("sim:?task=rest&duration=10&gap=3.0-3.05,5-7")[0];
    std::set<std::uint64_t> missing;
    for (std::uint64_t i = 0; i < 10000; ++i) missing.insert(missing.end(), i);
    for (const std::uint64_t i : sent.index) missing.erase(i);
    EXPECT_EQ(missing.size(), 2050u);
    EXPECT_TRUE(missing.contains(3000) && missing.contains(3049) && !missing.contains(3050));
    EXPECT_TRUE(missing.contains(5000) && missing.contains(6999) && !missing.contains(7000));
}

TEST(Sim, LosesTheShareOfPacketsItWasTold) {
    const Sent sent = send("sim:?task=rest&duration=600&loss=0.1")[0];
    EXPECT_NEAR(1.0 - static_cast<double>(sent.index.size()) / 600'000.0, 0.1, 0.02);
    std::size_t n_bursts = 0, n_lost = 0;
    for (std::size_t p = 1; p < sent.packet_index.size(); ++p) {
        const std::uint64_t jump = sent.packet_index[p] - sent.packet_index[p - 1] - 20;
        n_bursts += jump > 0 ? 1u : 0u;
        n_lost += jump / 20;
    }
    EXPECT_NEAR(static_cast<double>(n_lost) / static_cast<double>(n_bursts), 3.0, 0.3) << "bursts of three on average";
}

TEST(Sim, PacketsArriveLateNeverEarlyAndInOrder) {
    const Sent sent = send("sim:?task=rest&duration=100&delay_ms=20&jitter_ms=5")[0];
    double sum = 0.0;
    std::size_t n = 0;
    for (std::size_t f = 0; f < sent.index.size(); ++f) {
        if (f > 0) {
            ASSERT_GE(sent.arrival_ns[f], sent.arrival_ns[f - 1]);
        }
        if (f % 20 != 19) continue;  // the packet's last frame
        const double delay_s = static_cast<double>(sent.arrival_ns[f]) * 1e-9 - static_cast<double>(sent.index[f] + 1) / 1000.0;
        ASSERT_GE(delay_s, 0.0199);
        sum += delay_s;
        ++n;
    }
    EXPECT_NEAR(sum / static_cast<double>(n), 0.025, 0.001);
}

TEST(Sim, FatigueLowersTheSpectrumAndRaisesTheAmplitude) {
    const std::string url = std::string{"sim:?task=hold&level=0.5&duration=80&fatigue=0.005&"} + kPure;
    const std::vector<double> x = send(url)[0].channel(0);
    const auto crossings = [&x](std::size_t from, std::size_t to) {
        std::size_t n = 0;
        for (std::size_t i = from + 1; i < to; ++i) n += (x[i - 1] < 0.0) != (x[i] < 0.0) ? 1u : 0u;
        return static_cast<double>(n);
    };
    EXPECT_NEAR(crossings(60000, 80000) / crossings(0, 20000), 0.75, 0.06);
    EXPECT_NEAR(rms(x, 60000, 80000) / rms(x, 0, 20000), 1.175 / 1.025, 0.04);
}

TEST(Sim, WritesItsTruth) {
    const std::filesystem::path folder = std::filesystem::temp_directory_path() / ("tonus_truth_" + std::to_string(getpid()));
    send("sim:?subject=3&task=step&from=0.2&to=0.4&period=4&duration=8&loss=0.2&truth=" + folder.string());
    const nlohmann::json truth = nlohmann::json::parse(std::ifstream{folder / "truth.json"});
    EXPECT_EQ(truth["frames"], 8000) << "lost frames too";
    EXPECT_EQ(truth["channels"].size(), 4u);
    ASSERT_EQ(truth["local_over_third_s"].size(), 2u) << "two steps over a third";
    EXPECT_NEAR(truth["local_over_third_s"][0][0].get<double>(), 2.06, 0.03);
    // 128 bytes of header, then float32.
    EXPECT_EQ(std::filesystem::file_size(folder / "activation.npy"), 128u + 800u * 4u * 4u);
    EXPECT_EQ(std::filesystem::file_size(folder / "muscle.npy"), 128u + 8000u * 4u * 4u);
    std::filesystem::remove_all(folder);
}

TEST(Sim, TruthKnowsContractionsAndWhatLiesOnTop) {
    const std::filesystem::path folder = std::filesystem::temp_directory_path() / ("tonus_truth_more_" + std::to_string(getpid()));
    send("sim:?task=trapezoid&level=0.5&pause=2&duration=20&vibration=30&duplicates=0.01&side=left&truth=" + folder.string());
    nlohmann::json truth = nlohmann::json::parse(std::ifstream{folder / "truth.json"});
    // 1 % of MVC on a raised cosine to half of it, and on the other side to a tenth.
    for (const auto& [ch, height] : {std::pair{0, 0.5}, std::pair{1, 0.1}}) {
        const double late_s = std::acos(1.0 - 2.0 * 0.01 / height) / M_PI;
        const nlohmann::json& contractions = truth["channels"][static_cast<std::size_t>(ch)]["contractions_s"];
        ASSERT_EQ(contractions.size(), 3u);
        EXPECT_NEAR(contractions[0][0].get<double>(), 2.0 + late_s, 2e-4);
        EXPECT_NEAR(contractions[0][1].get<double>(), 8.0 - late_s, 2e-4);
        EXPECT_NEAR(contractions[1][0].get<double>(), 10.0 + late_s, 2e-4);
        EXPECT_NEAR(contractions[2][1].get<double>(), 20.0, 1e-9) << "still at work at the end";
    }
    EXPECT_EQ(truth["vibration_hz"], 30.0);
    EXPECT_EQ(truth["duplicates"], 0.01);
    EXPECT_EQ(truth["source"], "noise");
    EXPECT_FALSE(std::filesystem::exists(folder / "orientation.npy"));

    send("sim:?task=reps&duration=14&imu=on&motion=on&truth=" + folder.string());
    truth = nlohmann::json::parse(std::ifstream{folder / "truth.json"});
    EXPECT_EQ(truth["channels"][0]["contractions_s"].size(), 1u);
    EXPECT_EQ(truth["channels"][0]["contractions_s"][0][0], 0.0) << "at work from the first frame";
    EXPECT_EQ(truth["motion"], true);
    std::filesystem::remove_all(folder);
}

TEST(Sim, SaysWhatAnOptionCanBe) {
    const auto said = [](const std::string& url) {
        try {
            open_device(url);
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::usage);
            return std::string{error.what()};
        }
        return std::string{"no error"};
    };
    const std::pair<const char*, const char*> cases[] = {
        {"sim:?task=dance", "task 'dance' is not one of demo calibration sides rest hold"},
        {"sim:?channels=5", "channels '5' is not one of 4 8 16"},
        {"sim:?rate=12", "rate '12' is not from 100 to 50000 Hz"},
        {"sim:?rate=fast", "is no rate"},
        {"sim:?lead_off=XX_L@1-2", "names no channel of MF_L MF_R LT_L LT_R"},
        {"sim:?lead_off=MF_L@2-1", "is not like MF_L@12-18"},
        {"sim:?gap=3", "is not like 3.0-3.05,5-7"},
        {"sim:?nan=MF_L@1-2", "needs float=on"},
        {"sim:?ramp=200", "ramp '200' is not one of 100 300 1000"},
        {"sim:?motion=on", "needs imu=on"},
        {"sim:?imu_rate=200", "needs imu=on"},
        {"sim:?imu=on&imu_rate=5", "imu_rate '5' is not from 20 to 2000 Hz"},
        {"sim:?imu=on&imu_sensors=3", "imu_sensors '3' is not one of 1 2"},
        {"sim:?vibration_at=3-4", "needs vibration=HZ"},
        {"sim:?vibration_locked=0.3", "needs vibration=HZ"},
        {"sim:?vibration=fast", "is not a number from 5 to 100"},
        {"sim:?source=units&laplace=on", "needs source=noise"},
        {"sim:?source=units&fatigue=0.004", "needs source=noise"},
        {"sim:?side=up", "side 'up' is not one of both left right"},
        {"sim:?loss=2", "is not a number from 0 to 0.5"},
        {"sim:?seed=1.5", "is not a whole number"},
        {"sim:?levle=0.2", "did you mean 'level'?"},
        {"sim:COM3", "the simulator has no address"},
    };
    for (const auto& [url, part] : cases) EXPECT_NE(said(url).find(part), std::string::npos) << url << " said: " << said(url);
}

}  // namespace
}  // namespace tonus

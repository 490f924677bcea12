// The motion of the simulated trunk and the sensors on it (domain 11.7): signs, derivatives and
// integrals against the truth, errors against their figures.

#include <cmath>
#include <filesystem>
#include <fstream>
#include <numbers>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "drivers/sim/motion_sensor.hpp"
#include "drivers/sim/sim_test.hpp"

namespace tonus {
namespace {

using sim_test::send;
using sim_test::Sent;

constexpr double kRadPerDeg = std::numbers::pi / 180.0;
constexpr std::array kSegments{Segment::pelvis, Segment::thorax};

SimOptions options_of(const std::string& options) { return parse_sim_options(SourceUrl{"sim:?imu=on&" + options}); }

SegmentAngles still(double flexion_deg, double lateral_deg, double axial_deg) {
    return {{kRadPerDeg * flexion_deg, 0.0, 0.0}, {kRadPerDeg * lateral_deg, 0.0, 0.0}, {kRadPerDeg * axial_deg, 0.0, 0.0}};
}

double distance(const Vector3& a, const Vector3& b) { return std::hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]); }

Quaternion conjugate(const Quaternion& q) { return {q[0], -q[1], -q[2], -q[3]}; }

/// The rotation by an angular rate over a while.
Quaternion turned_by(const Vector3& rate_rad_s, double s) {
    const double rate = std::hypot(rate_rad_s[0], rate_rad_s[1], rate_rad_s[2]), half = 0.5 * rate * s;
    const double k = rate > 0.0 ? std::sin(half) / rate : 0.0;
    return {std::cos(half), k * rate_rad_s[0], k * rate_rad_s[1], k * rate_rad_s[2]};
}

double angle_between(const Quaternion& a, const Quaternion& b) {
    const Quaternion d = conjugate(a) * b;
    return 2.0 * std::asin(std::min(1.0, std::hypot(d[1], d[2], d[3])));
}

/// Rows of an .npy file of float32 that the simulator wrote.
std::vector<float> rows_of(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    file.seekg(128);
    std::vector<float> values((std::filesystem::file_size(path) - 128) / sizeof(float));
    file.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(float)));
    return values;
}

struct TruthFolder {
    explicit TruthFolder(const std::string& url)
        : path(std::filesystem::temp_directory_path() / ("tonus_motion_truth_" + std::to_string(getpid()))), sent(send(url + "&truth=" + path.string())) {}
    ~TruthFolder() { std::filesystem::remove_all(path); }
    std::filesystem::path path;
    std::vector<Sent> sent;
};

// Domain 9.5: the sign test of a sensor at rest.
TEST(SimMotion, GravityHasTheSignsOfTheDocumentAtRest) {
    const auto felt = [](double flexion, double lateral, double axial) { return specific_force_m_s2(rotation_of(still(flexion, lateral, axial)), {}); };
    EXPECT_LT(distance(felt(0, 0, 0), {0.0, 0.0, 9.80665}), 1e-12);
    EXPECT_LT(distance(felt(30, 0, 0), {-4.9033, 0.0, 8.4928}), 1e-4);
    EXPECT_LT(distance(felt(0, 20, 0), {0.0, 3.3541, 9.2152}), 1e-4);
    EXPECT_LT(distance(felt(0, 0, 50), {0.0, 0.0, 9.80665}), 1e-12) << "a turn about the vertical is not felt";
    EXPECT_LT(distance(felt(-90, 0, 0), {9.80665, 0.0, 0.0}), 1e-12) << "on the back the front is up";
}

// And its rotation: flexion 40, lateral 20, axial 10.
TEST(SimMotion, AnglesAreTheCardanAnglesOfTheDocument) {
    const SegmentAngles angles = still(40, 20, 10);
    const Quaternion q = quaternion_of(angles);
    const Quaternion expected{0.927071371, 0.191911131, 0.321320654, 0.021490196};
    for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(q[i], expected[i], 1e-8);
    const JetMatrix r = rotation_of(angles);
    EXPECT_NEAR(r[0][0].value, 0.792582, 1e-6);
    EXPECT_NEAR(r[0][1].value, 0.083484, 1e-6);
    EXPECT_NEAR(r[0][2].value, 0.604023, 1e-6);
}

TEST(SimMotion, RatesAndAccelerationsAreTheDerivativesOfTheTruth) {
    constexpr double h = 1e-4;
    for (const char* task : {"task=reps", "task=bridge", "task=mobility"}) {
        const TrunkMotion motion{options_of(task)};
        for (const Segment segment : kSegments) {
            double fastest = 0.0;
            for (double t_s = 0.01; t_s < 45.0; t_s += 0.0473) {
                const Quaternion before = motion.orientation(segment, t_s - h), after = motion.orientation(segment, t_s + h);
                const Quaternion step = conjugate(before) * after;
                const Vector3 rate = angular_rate_rad_s(motion.rotation(segment, t_s));
                ASSERT_LT(distance({step[1] / h, step[2] / h, step[3] / h}, rate), 1e-5) << task << " at " << t_s;
                fastest = std::max(fastest, std::hypot(rate[0], rate[1], rate[2]));
                // Twice the difference of the place of the sensor: the segments' own lever.
                const auto up = [&](double s, Segment of) {
                    const JetMatrix r = motion.rotation(of, s);
                    return Vector3{r[0][2].value, r[1][2].value, r[2][2].value};
                };
                const double pelvis_m = std::string_view{task} == "task=bridge" ? -0.45 : 1.0;
                const auto place = [&](double s) {
                    const Vector3 pelvis = up(s, Segment::pelvis), thorax = up(s, Segment::thorax);
                    const double k = segment == Segment::thorax ? 0.25 : 0.0;
                    return Vector3{pelvis_m * pelvis[0] + k * thorax[0], pelvis_m * pelvis[1] + k * thorax[1], pelvis_m * pelvis[2] + k * thorax[2]};
                };
                constexpr double wide = 1e-3;
                const Vector3 a = place(t_s - wide), b = place(t_s), c = place(t_s + wide);
                Vector3 second{};
                for (std::size_t i = 0; i < 3; ++i) second[i] = (a[i] - 2.0 * b[i] + c[i]) / (wide * wide);
                // At the ends of a minimum-jerk curve the acceleration has a corner.
                ASSERT_LT(distance(second, motion.acceleration_m_s2(segment, t_s)), 0.02) << task << " at " << t_s;
            }
            EXPECT_GT(fastest, 5.0 * kRadPerDeg);
        }
    }
}

// The gyro, added up, is the truth again; the accelerations lead away and back to the start.
TEST(SimMotion, IntegralsLeadBackToTheTruth) {
    const TrunkMotion motion{options_of("task=reps")};
    constexpr double h = 1e-3;
    for (const Segment segment : kSegments) {
        Quaternion q = motion.orientation(segment, 0.0);
        Vector3 velocity{};
        for (int i = 0; i < 4000; ++i) {
            const double middle_s = (i + 0.5) * h;
            q = q * turned_by(angular_rate_rad_s(motion.rotation(segment, middle_s)), h);
            const Vector3 acceleration = motion.acceleration_m_s2(segment, middle_s);
            for (std::size_t k = 0; k < 3; ++k) velocity[k] += h * acceleration[k];
            if (i % 100 == 99) {
                ASSERT_LT(angle_between(q, motion.orientation(segment, (i + 1) * h)), 1e-6) << i;
            }
        }
        EXPECT_LT(std::hypot(velocity[0], velocity[1], velocity[2]), 1e-4) << "a whole repetition and a whole breath";
    }
    EXPECT_NEAR(motion.angles(Segment::pelvis, 2.0).flexion.value, 40.0 * kRadPerDeg, 1e-3);
    EXPECT_NEAR(motion.angles(Segment::thorax, 2.0).flexion.value, 20.0 * kRadPerDeg, 1e-3);
    // Minimum jerk: the greatest speed is 1.875 times the mean one.
    EXPECT_NEAR(motion.movement().at(1.0).out.rate, 1.875 / 2.0, 1e-12);
}

// Domain 11.7, each figure within four standard deviations of its own chance.
TEST(SimMotion, SensorsHaveTheErrorsTheyWereGiven) {
    for (const char* rate : {"100", "400"}) {
        const SimOptions options = options_of(std::string{"task=rest&imu_rate="} + rate);
        MotionSensor sensor{options, Segment::thorax};
        const auto n = static_cast<std::size_t>(60.0 * options.imu_rate.hz());
        std::array<Vector3, 2> sum{};
        std::array<double, 2> squares{};
        std::array<Vector3, 2> last{};
        for (std::size_t f = 0; f < n; ++f) {
            const MotionSensor::Sample exact = sensor.exact(options.imu_rate.time_s(f)), sample = sensor.next();
            for (std::size_t i = 0; i < 3; ++i) {
                const std::array<double, 2> error{sample.acceleration_m_s2[i] - exact.acceleration_m_s2[i], sample.angular_rate_rad_s[i] - exact.angular_rate_rad_s[i]};
                for (std::size_t k = 0; k < 2; ++k) {
                    sum[k][i] += error[k] / static_cast<double>(n);
                    // Differences of neighbours: the bias and its walk go out.
                    if (f > 0) squares[k] += std::pow(error[k] - last[k][i], 2.0) / (6.0 * static_cast<double>(n - 1));
                    last[k][i] = error[k];
                }
            }
        }
        const double density = std::sqrt(options.imu_rate.hz() / 100.0), spread = 4.0 * std::sqrt(1.5 / (3.0 * static_cast<double>(n)));
        EXPECT_NEAR(std::sqrt(squares[0]) / (0.02 * density), 1.0, 0.5 * spread) << rate;
        EXPECT_NEAR(std::sqrt(squares[1]) / (0.1 * kRadPerDeg * density), 1.0, 0.5 * spread) << rate;
        EXPECT_NEAR(distance(sum[0], {}), 0.05, 4.0 * 0.02 * density / std::sqrt(static_cast<double>(n))) << rate;
        // The gyro's bias walks by 0.002 deg/s per root of a second: its mean over 60 s by that times the root of 20.
        EXPECT_NEAR(distance(sum[1], {}) / kRadPerDeg, 0.5, 4.0 * (0.002 * std::sqrt(20.0) + 0.1 * density / std::sqrt(static_cast<double>(n)))) << rate;
    }
}

TEST(SimMotion, TheGyroBiasWalks) {
    constexpr int kDays = 60;
    constexpr std::size_t n = 10'000;  // 100 s
    double squares = 0.0;
    for (int day = 0; day < kDays; ++day) {
        MotionSensor sensor{options_of("task=rest&seed=" + std::to_string(day)), Segment::pelvis};
        std::array<Vector3, 2> mean{};
        for (std::size_t f = 0; f < n; ++f) {
            const Vector3 exact = sensor.exact(0.01 * static_cast<double>(f)).angular_rate_rad_s, sample = sensor.next().angular_rate_rad_s;
            if (f >= 1000 && f < n - 1000) continue;
            for (std::size_t i = 0; i < 3; ++i) mean[f < 1000 ? 0 : 1][i] += (sample[i] - exact[i]) / 1000.0;
        }
        for (std::size_t i = 0; i < 3; ++i) squares += std::pow((mean[1][i] - mean[0][i]) / kRadPerDeg, 2.0) / (3.0 * kDays);
    }
    // Between the means of the first and the last 10 s lie 90 s, and each mean takes a third of its own 10 s off.
    const double walk = 0.002 * 0.002 * (90.0 - 10.0 / 3.0), noise = 2.0 * 0.1 * 0.1 / 1000.0;
    EXPECT_NEAR(squares / (walk + noise), 1.0, 4.0 * std::sqrt(2.0 / (3.0 * kDays)));
}

TEST(SimMotion, SensorsSitTurnedByUpTo25Degrees) {
    double least = 1e9, most = 0.0;
    for (int subject = 1; subject <= 100; ++subject) {
        const SimOptions options = options_of("task=rest&subject=" + std::to_string(subject));
        for (const Segment segment : kSegments) {
            const double angle = angle_between(MotionSensor{options, segment}.mounting(), {1.0, 0.0, 0.0, 0.0}) / kRadPerDeg;
            least = std::min(least, angle);
            most = std::max(most, angle);
        }
    }
    EXPECT_LE(most, 25.0);
    EXPECT_GT(most, 23.0);
    EXPECT_LT(least, 2.0);
}

// What the sensor turns beyond its segment: soft tissue, and only while it moves.
TEST(SimMotion, SoftTissueSwingsWhileTheTrunkMovesAndHoldsStillWithIt) {
    const SimOptions options = options_of("task=bridge");
    const TrunkMotion motion{options};
    const MotionSensor sensor{options, Segment::pelvis};
    const auto extra = [&](double t_s) {
        const Vector3 bone = angular_rate_rad_s(motion.rotation(Segment::pelvis, t_s)), felt = sensor.exact(t_s).angular_rate_rad_s;
        // The mounting turns the axes, not the length; both turn about the same axis here.
        return std::abs(std::hypot(felt[0], felt[1], felt[2]) - std::hypot(bone[0], bone[1], bone[2])) / kRadPerDeg;
    };
    double still = 0.0, moving = 0.0;
    for (double t_s = 7.05; t_s < 10.95; t_s += 0.01) still = std::max(still, extra(t_s));
    for (double t_s = 5.8; t_s < 6.2; t_s += 0.01) moving = std::max(moving, extra(t_s));
    EXPECT_LT(still, 1e-9);
    EXPECT_GT(moving, 0.5 * 1.5 * 2.0 * std::numbers::pi * 3.0);
    EXPECT_LT(moving, 1.1 * 1.5 * 2.0 * std::numbers::pi * 3.0);
}

// Gravity, turned by the true orientation and the true mounting, is what the sensors send.
TEST(SimMotion, TheTruthBesideTheDataExplainsTheData) {
    const TruthFolder run{"sim:?task=mobility&imu=on&duration=50&subject=9&packet=50"};
    ASSERT_EQ(run.sent.size(), 5u);
    EXPECT_EQ(run.sent[1].info.name, "pelvis_acceleration");
    EXPECT_EQ(run.sent[4].info.name, "thorax_angular_rate");
    EXPECT_EQ(run.sent[3].info.kind, StreamKind::acceleration);
    ASSERT_EQ(run.sent[4].index.size(), 5000u);
    const nlohmann::json truth = nlohmann::json::parse(std::ifstream{run.path / "truth.json"});
    const std::vector<float> orientation = rows_of(run.path / "orientation.npy"), angles = rows_of(run.path / "angles.npy");
    ASSERT_EQ(orientation.size(), 5000u * 8u);
    ASSERT_EQ(angles.size(), 5000u * 6u);
    for (std::size_t s = 0; s < 2; ++s) {
        const nlohmann::json& sensor = truth["motion_sensors"]["sensors"][s];
        EXPECT_EQ(sensor["segment"], kSegmentNames[s]);
        const Quaternion mounting = sensor["mounting_wxyz"].get<Quaternion>();
        for (std::size_t f = 0; f < 5000; ++f) {
            Quaternion q{};
            for (std::size_t i = 0; i < 4; ++i) q[i] = static_cast<double>(orientation[f * 8 + 4 * s + i]);
            const Quaternion to_sensor = mounting * conjugate(q);
            const Quaternion up = to_sensor * Quaternion{0.0, 0.0, 0.0, 9.80665} * conjugate(to_sensor);
            // Bias 0.05, noise 0.02, soft tissue up to 0.26, the lever's own acceleration up to a half.
            ASSERT_LT(distance({up[1], up[2], up[3]}, {run.sent[1 + 2 * s].at(f, 0), run.sent[1 + 2 * s].at(f, 1), run.sent[1 + 2 * s].at(f, 2)}), 1.2) << f;
        }
    }
    float flexion = 0.0f, lateral = 0.0f, axial = 0.0f;
    for (std::size_t f = 0; f < 5000; ++f) {
        flexion = std::max(flexion, angles[6 * f + 3]);
        lateral = std::max(lateral, angles[6 * f + 4]);
        axial = std::max(axial, angles[6 * f + 5]);
    }
    EXPECT_NEAR(static_cast<double>(flexion) / kRadPerDeg, 30.0, 0.5);
    EXPECT_NEAR(static_cast<double>(lateral) / kRadPerDeg, 20.0, 0.01);
    EXPECT_NEAR(static_cast<double>(axial) / kRadPerDeg, 20.0, 0.01);
    EXPECT_EQ(rows_of(run.path / "repetitions.npy").size(), 4u * 6u) << "begins at 5 s, takes 5 s, every 8 s";
    const std::vector<float> breaths = rows_of(run.path / "breaths.npy");
    ASSERT_EQ(breaths.size(), 13u);
    EXPECT_EQ(breaths[12], 48.0f);
}

// The same day, whatever the packets; another day with another seed; one sensor as the first of two.
TEST(SimMotion, ADayIsTheSameInAnyPackets) {
    const std::string base = "sim:?task=bridge&imu=on&duration=20&imu_rate=104";
    const std::vector<Sent> whole = send(base);
    for (const char* packet : {"1", "7", "500"}) {
        const std::vector<Sent> cut = send(base + "&packet=" + packet);
        for (std::size_t s = 1; s < 5; ++s) {
            EXPECT_EQ(cut[s].index, whole[s].index) << packet;
            EXPECT_EQ(cut[s].values, whole[s].values) << packet;
        }
    }
    ASSERT_EQ(whole[1].index.size(), 2080u);
    EXPECT_NE(send(base + "&seed=1")[2].values, whole[2].values);
    const std::vector<Sent> one = send(base + "&imu_sensors=1");
    ASSERT_EQ(one.size(), 3u);
    EXPECT_EQ(one[1].values, whole[1].values);
}

TEST(SimMotion, ThePlateShakesOnlyWhenItRuns) {
    const std::string base = "sim:?task=rest&imu=on&duration=12";
    const Sent still = send(base)[1], shaken = send(base + "&vibration=30&vibration_at=4-8")[1];
    double within = 0.0;
    for (std::size_t f = 0; f < still.index.size(); ++f) {
        const double more = std::hypot(shaken.at(f, 0) - still.at(f, 0), shaken.at(f, 1) - still.at(f, 1), shaken.at(f, 2) - still.at(f, 2));
        if (f < 400 || f >= 800) {
            ASSERT_EQ(more, 0.0) << f;
        } else {
            within += more * more / 400.0;
        }
    }
    EXPECT_NEAR(std::sqrt(within), 5.0 / std::sqrt(2.0), 0.05);
    EXPECT_EQ(send(base + "&vibration=60")[1].values, still.values) << "beyond what 100 Hz can show";
    EXPECT_NE(send(base + "&vibration=60&imu_rate=200")[1].values, send(base + "&imu_rate=200")[1].values);
}

// Domain 11.8, what of S8 is the simulator's own: what a motion stage will have to find.
TEST(Scenario, S8_TheBridgeHas36RepetitionsHeldFor4SecondsAndRestsOf30) {
    const TruthFolder run{"sim:?task=bridge&imu=on&duration=400"};
    const std::vector<float> truth = rows_of(run.path / "repetitions.npy"), angles = rows_of(run.path / "angles.npy");
    ASSERT_EQ(truth.size(), 36u * 4u);
    const auto at = [&truth](std::size_t repetition, std::size_t column) { return static_cast<double>(truth[4 * repetition + column]); };
    const auto speed = [&run](std::size_t f) { return std::hypot(run.sent[2].at(f, 0), run.sent[2].at(f, 1), run.sent[2].at(f, 2)) / kRadPerDeg; };
    for (std::size_t i = 0; i < 36; ++i) {
        EXPECT_NEAR(at(i, 2) - at(i, 1), 4.0, 1e-4);
        if (i > 0) {
            EXPECT_NEAR(at(i, 0) - at(i - 1, 3), i % 12 == 0 ? 30.0 : 1.0, 1e-4) << i;
        }
        const auto top = static_cast<std::size_t>(100.0 * at(i, 1)) + 1, leave = static_cast<std::size_t>(100.0 * at(i, 2));
        double power = 0.0, fastest = 0.0;
        for (std::size_t f = top; f < leave; ++f) {
            ASSERT_NEAR(static_cast<double>(angles[6 * f]) / kRadPerDeg, -115.0, 0.2) << "on the back, the hips lifted";
            power += speed(f) * speed(f) / static_cast<double>(leave - top);
        }
        for (std::size_t f = static_cast<std::size_t>(100.0 * at(i, 0)); f < top; ++f) fastest = std::max(fastest, speed(f));
        EXPECT_LT(std::sqrt(power), 5.0) << "a hold by domain 9.9";
        EXPECT_GT(fastest, 1.875 * 25.0 / 2.0 - 1.5);
    }
}

// And of S12: ten minutes of turns that a raw gyro loses, with pauses to find it again.
TEST(Scenario, S12_TenMinutesOfMobilityDriftAndCanBeReset) {
    const TruthFolder run{"sim:?task=mobility&imu=on&duration=600"};
    const std::vector<float> orientation = rows_of(run.path / "orientation.npy"), repetitions = rows_of(run.path / "repetitions.npy");
    ASSERT_EQ(repetitions.size(), 74u * 4u);
    const Quaternion mounting = MotionSensor{options_of("task=mobility"), Segment::pelvis}.mounting();
    Quaternion q{1.0, 0.0, 0.0, 0.0};
    for (std::size_t f = 0; f + 1 < run.sent[2].index.size(); ++f) {
        const Quaternion rate = conjugate(mounting) * Quaternion{0.0, run.sent[2].at(f, 0), run.sent[2].at(f, 1), run.sent[2].at(f, 2)} * mounting;
        q = q * turned_by({rate[1], rate[2], rate[3]}, 0.01);
    }
    Quaternion truth{};
    for (std::size_t i = 0; i < 4; ++i) truth[i] = static_cast<double>(orientation[orientation.size() - 8 + i]);
    EXPECT_GT(angle_between(q, truth) / kRadPerDeg, 60.0) << "half a degree a second for ten minutes";
    for (std::size_t i = 0; i + 1 < 74; ++i) EXPECT_GE(repetitions[4 * i + 4] - repetitions[4 * i + 3], 1.5f) << "upright and still, as a reset asks (domain 9.6)";
}

// Domain 11.2: the muscles follow the angle, and lowering takes 0.6 of what lifting takes.
TEST(SimMovement, EffortFollowsTheAngle) {
    const Movement bend{SimTask::reps}, bridge{SimTask::bridge};
    EXPECT_NEAR(bend.at(1.0).effort, 0.6 * 0.5, 1e-9) << "half way down";
    EXPECT_NEAR(bend.at(3.0).effort, 0.5, 1e-9) << "half way up";
    EXPECT_NEAR(bridge.at(6.0).effort, 0.5, 1e-9) << "half way up";
    EXPECT_NEAR(bridge.at(9.0).effort, 1.0, 1e-9) << "held";
    EXPECT_NEAR(bridge.at(12.0).effort, 0.6 * 0.5, 1e-9) << "half way down";
    EXPECT_EQ(bridge.at(2.0).effort, 0.0);
    EXPECT_EQ(Movement{SimTask::hold}.at(2.0).out.value, 0.0);
    double before = 0.0;
    for (int ms = 0; ms < 40'000; ++ms) {
        const double effort = bend.at(1e-3 * ms).effort;
        ASSERT_LT(std::abs(effort - before), 0.004) << "no rectangular steps, at " << ms;
        before = effort;
    }
}

}  // namespace
}  // namespace tonus

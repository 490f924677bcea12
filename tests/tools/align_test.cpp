// `tonus align` as a person uses it, over recordings with and without taps.
#include <cmath>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "engine/core/random.hpp"
#include "tests/support/command.hpp"
#include "tests/support/temporary_folder.hpp"

namespace tonus {
namespace {

using test::run_tonus;

class Align : public test::TempFolder {
protected:
    /// EMG and acceleration at 1000 Hz; the sensor shows each tap so many ms later.
    std::string recording(int later_ms, const std::vector<int>& taps_ms) {
        std::ofstream out{path("taps.csv")};
        out << "emg1,acc_x,acc_y,acc_z\n";
        Random random{1};
        const auto rings = [&](int ms) {
            for (const int tap : taps_ms) {
                if (ms >= tap && ms < tap + 20) return ms % 2 == 0 ? 1.0 : -1.0;
            }
            return 0.0;
        };
        for (int ms = 0; ms < 30'000; ++ms) {
            out << 5.0 * random.normal() + 400.0 * rings(ms);
            for (int axis = 0; axis < 3; ++axis) out << ',' << 0.01 * random.normal() + rings(ms - later_ms);
            out << '\n';
        }
        return "'file:" + path("taps.csv") + "?rate=1000'";
    }
};

TEST_F(Align, FindsByHowMuchTheSensorIsLater) {
    const auto result = run_tonus("align --json " + recording(42, {4000, 6100, 9300, 11000, 14500, 20200}));
    ASSERT_EQ(result.exit_code, 0) << result.output;
    const auto found = nlohmann::json::parse(result.output);
    EXPECT_NEAR(found["later_s"].get<double>(), 0.042, 0.001);
    EXPECT_EQ(found["taps"], 6);
}

TEST_F(Align, SaysHowToTapWhereThereIsNoClearTap) {
    const auto result = run_tonus("align " + recording(42, {}));
    EXPECT_EQ(result.exit_code, 1) << result.output;
    EXPECT_NE(result.output.find("tap firmly"), std::string::npos) << result.output;
}

TEST_F(Align, NeedsBothStreamsInARecording) {
    EXPECT_EQ(run_tonus("align 'sim:?duration=5'").exit_code, 2);
    EXPECT_EQ(run_tonus("align missing.xdf").exit_code, 3);
}

}  // namespace
}  // namespace tonus

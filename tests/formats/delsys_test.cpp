// The same recording in both of Delsys EMGworks' formats.

#include <cmath>

#include <gtest/gtest.h>

#include "tests/formats/collect.hpp"
#include "tests/support/shared_data.hpp"

namespace tonus {
namespace {

using test::contains;
using test::Recording;

TEST(RealDelsys, BothFormatsHoldTheSameRecording) {
    TONUS_NEEDS_SHARED(folder, "data/04_delsys_emg_hpf");
    const Recording emg = test::read_all(system_files(), (folder / "Set1_Rep2_v3.emg").string());
    const Recording hpf = test::read_all(system_files(), (folder / "Set1_Rep2_v3.emg.hpf").string());

    for (const Recording* read : {&emg, &hpf}) {
        EXPECT_EQ(read->trouble, "");
        ASSERT_EQ(read->infos.size(), 1u);
        EXPECT_EQ(read->infos[0].kind, StreamKind::emg);
        EXPECT_EQ(read->infos[0].rate, (Rate{2000, 1}));
        EXPECT_EQ(read->infos[0].channels.size(), 8u);
        EXPECT_EQ(read->infos[0].channels[5].label, "EMG Ch6");
        EXPECT_EQ(read->infos[0].channels[5].unit, "V");
        EXPECT_EQ(read->streams[0].n_frames(), 60'000u);
    }
    const double step_v = emg.infos[0].channels[0].scale;
    EXPECT_DOUBLE_EQ(step_v, 10.0 / 65'536.0 / 1000.0);
    double most = 0.0;
    for (std::size_t i = 0; i < emg.streams[0].samples.size(); ++i) {
        most = std::max(most, std::abs(emg.streams[0].samples[i] * step_v - hpf.streams[0].samples[i]));
    }
    EXPECT_LT(most, 1e-3 * step_v);
}

TEST(RealDelsys, ACutFileIsReadAsFarAsItGoes) {
    TONUS_NEEDS_SHARED(folder, "data/04_delsys_emg_hpf");
    for (const auto& [name, n_bytes, n_frames] : {std::tuple{"Set1_Rep2_v3.emg", 909u + 16u * 100u + 5u, 100u}, {"Set1_Rep2_v3.emg.hpf", 500'000u, 7680u}}) {
        const std::unique_ptr<InputFile> file = system_files().open((folder / name).string());
        std::string bytes(n_bytes, '\0');
        file->read_at(0, std::as_writable_bytes(std::span{bytes}));
        const Recording read = test::read_bytes("cut.emg", bytes);
        EXPECT_EQ(read.n_frames(), n_frames);
        EXPECT_TRUE(contains(read.trouble, "truncated")) << read.trouble;
    }
    test::expect_error(ErrorKind::input, {"fail.emg", "0 bytes"}, [&] { open_recording(system_files(), (folder / "fail.emg").string()); });
}

TEST(RealDelsys, DamageInTheHeadIsRefusedOrHarmless) {
    TONUS_NEEDS_SHARED(folder, "data/04_delsys_emg_hpf");
    for (const auto& [name, n_bytes, first, last] : {std::tuple{"Set1_Rep2_v3.emg", 2000u, 0u, 500u}, {"Set1_Rep2_v3.emg.hpf", 140'000u, 65'500u, 65'700u}, {"Set1_Rep2_v3.emg.hpf", 140'000u, 131'072u, 131'200u}}) {
        const std::unique_ptr<InputFile> file = system_files().open((folder / name).string());
        std::string bytes(n_bytes, '\0');
        file->read_at(0, std::as_writable_bytes(std::span{bytes}));
        for (std::size_t at = first; at < last; ++at) {
            for (const char wrong : {'\0', '\xff', '\x7f'}) {
                std::string damaged = bytes;
                damaged[at] = wrong;
                try {
                    EXPECT_LE(test::read_bytes("bad.hpf", damaged, {.rate = Rate{2000, 1}}).n_frames(), n_bytes) << at;
                } catch (const Error& error) {
                    EXPECT_TRUE(contains(error.what(), "bad.hpf")) << error.what();
                }
            }
        }
    }
}

}  // namespace
}  // namespace tonus

// What happens before a format is known: files that are not there, not recordings, or not ours.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "drivers/driver/driver.hpp"
#include "tests/formats/collect.hpp"
#include "tests/formats/edf_file.hpp"
#include "tests/formats/file_vectors.hpp"
#include "tests/support/shared_data.hpp"

namespace tonus {
namespace {

using nlohmann::json;
using test::contains;
using test::bytes_of_hex;
using test::expect_error;
using test::file_vectors;
using test::read_bytes;
using test::Recording;
using namespace std::string_literals;
using Values = std::vector<double>;

TEST(OpenRecording, AMissingFileSuggestsTheOneThatWasMeant) {
    SimFiles files;
    files.make_folder("day1");
    files.put("day1/squat.edf", test::as_bytes("x"));
    files.put("day1/notes.txt", test::as_bytes("x"));

    expect_error(ErrorKind::input, {"day1/squat.csv", "did you mean day1/squat.edf?"}, [&] { open_recording(files, "day1/squat.csv"); });
    expect_error(ErrorKind::input, {"day1/squad.edf", "did you mean day1/squat.edf?"}, [&] { open_recording(files, "day1/squad.edf"); });
    expect_error(ErrorKind::input, {"day1/gait_of_another_day.npy"}, [&] { open_recording(files, "day1/gait_of_another_day.npy"); });
    expect_error(ErrorKind::input, {"day2/squat.edf"}, [&] { open_recording(files, "day2/squat.edf"); });
}

TEST(OpenRecording, AnEmptyFileAndAFolderAreNamedAsSuch) {
    SimFiles files;
    files.put("empty.csv", {});
    files.make_folder("day1");

    expect_error(ErrorKind::input, {"empty.csv", "0 bytes"}, [&] { open_recording(files, "empty.csv"); });
    expect_error(ErrorKind::input, {"day1", "folder"}, [&] { open_recording(files, "day1"); });
    const std::string sources = test::project_folder().string();
    expect_error(ErrorKind::input, {sources, "folder"}, [&] { open_recording(system_files(), sources); });
}

TEST(OpenRecording, AForeignFormatIsNamedTogetherWithThoseThatAreRead) {
    const std::string zeros(300, '\0');
    std::string tar = zeros;
    tar.replace(257, 5, "ustar");
    for (const auto& [bytes, name] : {std::pair{"\x1f\x8b\x08" + zeros, "gzip"}, {"PK\x03\x04" + zeros, "zip"},
                                      {"MATLAB 7.3 MAT-file" + zeros, "HDF5"}, {"\x89HDF\r\n" + zeros, "HDF5"}, {tar, "tar archive"},
                                      {"\xff\xfe" "1\0\n\0"s, "UTF-16"}, {"%PDF-1.7" + zeros, "PDF"}, {"\xca\xfe" + zeros, "begins with ca fe 00"}}) {
        expect_error(ErrorKind::input, {"thing.bin", name, "EDF and BDF", "NumPy", "text tables", ".csv"}, [&, &b = bytes] { read_bytes("thing.bin", b); });
    }
}

TEST(OpenRecording, TheContentTellsNotTheName) {
    test::EdfFile file;
    file.add_record({1, 2, 3, 4});

    EXPECT_EQ(read_bytes("recording.csv", file.bytes()).facts.format, "EDF");
    EXPECT_EQ(read_bytes("recording", "t_s,TA[uV]\n0,1\n0.001,2\n0.002,3\n").facts.format, "text table");
}

TEST(OpenRecording, ADiskThatFailsOnTheWayIsTroubleAndWhatWasReadIsKept) {
    test::EdfFile file;
    for (int i = 0; i < 10; ++i) file.add_record({1, 2, 3, 4});
    SimFiles files{{{.on = SimFault::On::read, .call = 6, .from_then_on = true}}};
    files.put("bad_disk.edf", test::as_bytes(file.bytes()));

    const std::unique_ptr<RecordingReader> reader = open_recording(files, "bad_disk.edf");
    test::CollectFrames frames{reader->streams()};
    while (reader->next(frames)) {}
    EXPECT_GT(frames.streams()[0].n_frames(), 0u);
    EXPECT_LT(frames.streams()[0].n_frames(), 40u);
    EXPECT_NE(reader->trouble(), "");
    EXPECT_FALSE(reader->next(frames));
}

// Whatever the first bytes promise and the rest does not hold, nothing but an Error may come of it.
TEST(OpenRecording, RandomBytesBehindAnyBeginningAreReadOrRefused) {
    std::uint32_t random = 7;
    test::EdfFile file;
    file.add_record({1, 2, 3, 4});
    const std::string edf = file.bytes().substr(0, file.header_bytes());
    for (const std::string& begin : {std::string{}, "\x93NUMPY\x01\x00v\x00{'descr': '<f4',"s, edf.substr(0, 250), edf, std::string{"\xff" "BIOSEMI"},
                                    std::string{"# OpenSignals Text File Format\n# {"}, std::string{"1,2,3\n"}, std::string{"%OpenBCI\n"}}) {
        for (int i = 0; i < 300; ++i) {
            std::string bytes = begin;
            for (int k = 0; k < 500; ++k) {
                random = random * 1664525u + 1013904223u;
                // Every other file is of bytes met in tables, so that the readers go further in.
                bytes += i % 2 == 0 ? static_cast<char>(random >> 24) : "0123456789.,;-e \n\t#{}\"[]"[(random >> 24) % 24];
            }
            try {
                EXPECT_LE(read_bytes("random.dat", bytes, {.rate = Rate{100, 1}}).n_frames(), bytes.size());
            } catch (const Error& error) {
                EXPECT_TRUE(contains(error.what(), "random.dat")) << error.what();
            }
        }
    }
}

TEST(FormatVectors, EdfAndBdf) {
    TONUS_NEEDS_SHARED(path, "protocols/vectors/file-formats.json");
    for (const auto& [key, format] : {std::pair{"edf_plus", "EDF+C"}, std::pair{"bdf_plus", "BDF+C"}}) {
        const json vector = file_vectors().at(key);
        const Recording read = read_bytes("vector", bytes_of_hex(vector.at("hex")));

        EXPECT_EQ(read.facts.format, format);
        ASSERT_EQ(read.infos.size(), 1u);
        const ChannelInfo& channel = read.infos[0].channels.at(0);
        EXPECT_EQ(channel.label, "EMG TA_L");
        EXPECT_EQ(channel.unit, "uV");
        Values digital, physical;
        for (const json& record : vector.at("emg")) {
            for (const json& value : record.at("digital")) digital.push_back(value);
            for (const json& value : record.at("physical")) physical.push_back(value);
        }
        EXPECT_EQ(read.channel(0, 0), digital);
        for (std::size_t i = 0; i < digital.size(); ++i) EXPECT_NEAR(digital[i] * channel.scale + channel.offset, physical[i], 1e-9);
        ASSERT_EQ(read.facts.annotations.size(), 2u);
        EXPECT_EQ(read.facts.annotations[0].onset_s, 0.5);
        EXPECT_EQ(read.facts.annotations[0].text, "start");
        EXPECT_EQ(read.facts.annotations[1].onset_s, 1.25);
        EXPECT_EQ(read.facts.annotations[1].duration_s, 0.5);
        EXPECT_EQ(read.facts.annotations[1].text, "\xc2\xb5V ok");
    }
}

TEST(FormatVectors, OpenSignals) {
    TONUS_NEEDS_SHARED(path, "protocols/vectors/file-formats.json");
    const json vector = file_vectors().at("opensignals_txt"), decoded = vector.at("decoded");
    const Recording read = read_bytes("vector.txt", vector.at("text").get<std::string>(), {.channels = {"A1"}});

    EXPECT_EQ(read.infos.at(0).rate.hz(), decoded.at("rate").get<double>());
    const ChannelInfo& channel = read.infos[0].channels.at(0);
    EXPECT_EQ(channel.unit, "mV");
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_NEAR(read.channel(0, 0).at(i) * channel.scale + channel.offset, decoded.at("emg_mV_A1").at(i).get<double>(), 1e-12);
    }
    const std::vector<std::uint64_t>& index = read.streams[0].index;
    EXPECT_EQ(index[2] - index[1] - 1, decoded.at("lost_frames_between_last_two").get<std::uint64_t>());
}

TEST(FormatVectors, ABrainFlowRowIsATableOnceTheRateIsGiven) {
    TONUS_NEEDS_SHARED(path, "protocols/vectors/file-formats.json");
    const json vector = file_vectors().at("brainflow_row");
    EXPECT_EQ(read_bytes("vector.csv", vector.at("text").get<std::string>(), {.rate = Rate{250, 1}}).streams.at(0).samples, vector.at("decoded").get<Values>());
}

TEST(FormatVectors, TrignoDiscover) {
    TONUS_NEEDS_SHARED(path, "protocols/vectors/file-formats.json");
    const json vector = file_vectors().at("trigno_discover_csv");
    const test::Recording read = read_bytes("trigno.csv", vector.at("text").get<std::string>());
    ASSERT_EQ(read.infos.size(), 2u);
    const json &emg = vector.at("decoded").at("EMG 1"), &acc = vector.at("decoded").at("ACC X");
    EXPECT_NEAR(read.infos[0].rate.hz(), emg.at("rate_hz").get<double>(), 1e-4);
    EXPECT_NEAR(read.infos[1].rate.hz(), acc.at("rate_hz").get<double>(), 1e-4);
    EXPECT_EQ(read.infos[0].kind, StreamKind::emg);
    EXPECT_EQ(read.infos[1].kind, StreamKind::acceleration);
    EXPECT_EQ(read.infos[0].channels.at(0).label, "EMG 1");
    const auto expect_values = [](const Values& raw, const ChannelInfo& info, const Values& expected, double per_unit) {
        ASSERT_EQ(raw.size(), expected.size());
        for (std::size_t i = 0; i < raw.size(); ++i) EXPECT_NEAR(raw[i] * info.scale * per_unit, expected[i], 1e-12) << i;
    };
    expect_values(read.channel(0, 0), read.infos[0].channels[0], emg.at("V").get<Values>(), 1e-3);
    expect_values(read.channel(1, 0), read.infos[1].channels[0], acc.at("m_s2").get<Values>(), 1.0);
}

// Rows differ between versions; two sensors name their channels alike; a table of markers stands at the right.
TEST(TrignoDiscover, RowsAreFoundByWhatTheyHold) {
    std::string text = "Application:,Trigno Discover (2.0)\nAvanti Sensor 1 (7),,,,Avanti Sensor 2 (9),\n"
                       "EMG 1 Time Series (s),EMG 1 (mV),GYRO X Time Series (s),GYRO X (deg/s),EMG 1 Time Series (s),EMG 1 (mV),Markers\n"
                       ",2000 Hz,,200 Hz,,2000 Hz\n";
    for (int i = 0; i < 40; ++i) text += fmt::format("{},{},{},{},{},{},{}\n", i / 2000.0, i, i < 4 ? "0" : "", i < 4 ? std::to_string(10 * i) : "", i / 2000.0, -i, i == 2 ? "go" : "");
    const test::Recording read = read_bytes("d.csv", text);
    ASSERT_EQ(read.infos.size(), 2u);
    EXPECT_EQ(read.labels(0), (std::vector<std::string>{"Avanti Sensor 1 (7) EMG 1", "Avanti Sensor 2 (9) EMG 1"}));
    ASSERT_EQ(read.streams[0].n_frames(), 40u);
    EXPECT_EQ(read.channel(0, 1)[39], -39.0);
    EXPECT_EQ(read.channel(1, 0), (Values{0, 10, 20, 30})) << "the slower one is as long as it is";
    expect_error(ErrorKind::input, {"d.csv", "names, rates and numbers"}, [&] { read_bytes("d.csv", text.substr(0, 150)); });
}

TEST(FileDriver, ReadsARecordingWithTheOptionsOfItsAddress) {
    TONUS_NEEDS_SHARED(path, "data/14_myo_features_matlab/emg_data_myo.csv");
    const std::unique_ptr<Device> device = open_device("file:" + path.string() + "?rate=200&scale_uv=0.5&channels=ch2,4");
    device->start();
    test::CollectFrames frames{device->streams()};
    while (device->read(frames, std::chrono::milliseconds{0}) == ReadStatus::frames) {}

    EXPECT_EQ(device->pacing(), Pacing::stamped);
    EXPECT_EQ(device->streams().size(), 1u);
    EXPECT_EQ(device->streams()[0].channels.size(), 2u);
    EXPECT_EQ(device->streams()[0].channels[1].label, "ch4");
    EXPECT_EQ(device->streams()[0].channels[1].scale, 0.5);
    EXPECT_EQ(frames.streams()[0].n_frames(), 500u);
    EXPECT_EQ(device->progress(), 1.0);
    EXPECT_EQ(device->trouble(), "");
}

TEST(FileDriver, WrongOptionsAreUsageErrors) {
    expect_error(ErrorKind::usage, {"which file"}, [] { open_device("file:"); });
    expect_error(ErrorKind::usage, {"rate"}, [] { open_device("file:x.csv?rate=fast"); });
    expect_error(ErrorKind::usage, {"speed"}, [] { open_device("file:x.csv?speed=2"); });
    expect_error(ErrorKind::usage, {"scale_uv"}, [] { open_device("file:x.csv?scale_uv=much"); });
}

}  // namespace
}  // namespace tonus

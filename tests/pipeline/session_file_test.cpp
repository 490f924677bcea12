#include <string>

#include <gtest/gtest.h>

#include "engine/core/error.hpp"
#include "engine/core/sim_files.hpp"
#include "engine/pipeline/session.hpp"

namespace tonus {
namespace {

constexpr const char* kPath = "back.toml";

Session session_from(const std::string& text) {
    SimFiles files;
    const auto file = files.create(kPath, IfExists::replace);
    file->write(std::as_bytes(std::span{text.data(), text.size()}));
    return load_session(kPath, files);
}

std::string error_from(const std::string& text) {
    try {
        session_from(text);
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::usage);
        return error.what();
    }
    return "no error";
}

void expect_error(const std::string& text, const std::string& part) {
    const std::string error = error_from(text);
    EXPECT_NE(error.find(part), std::string::npos) << "said: " << error;
}

constexpr const char* kExample = R"([[source]]
url = "cyton:/dev/ttyUSB0?gain=24"
[[channel]]
name = "MF_L"
source = 0
input = 1
site = "MF"
side = "L"
class = "L"
[[channel]]
name = "LT_L"
input = "EMG 2"
site = "LT"
weight = 2.0
[condition]
profile = "auto"
mains = "auto"
[envelope]
window_s = 0.25
[load]
engine = "A"
limit_mvc = 0.3333
release_mvc = 0.30
# written by tonus calibrate
[[reference]]
channel = "MF_L"
path = "A"
method = "mvc"
rest_uv = 2.1
mvc_uv = 107.7
bias = 0.077
window_s = 1.0
trials = 3
repeatability = 0.04
bandwidth_hz = 158.0
device = "cyton:DM01ABCD"
settings = "gain=24;rate=250/1;condition=9f3c"
made = 2026-11-21T10:30:00Z
)";

TEST(SessionFile, ReadsTheExampleOfTheDesign) {
    const Session session = session_from(kExample);
    ASSERT_EQ(session.channels.size(), 2u);
    EXPECT_EQ(session.sources[0].url, "cyton:/dev/ttyUSB0?gain=24");
    EXPECT_EQ(session.channels[0].muscle, MuscleClass::local);
    EXPECT_EQ(session.channels[0].input, "1");
    EXPECT_EQ(session.channels[1].input, "EMG 2");
    EXPECT_EQ(session.channels[1].muscle, MuscleClass::global) << "the site's own class";
    EXPECT_EQ(session.channels[1].weight, 2.0);
    EXPECT_FLOAT_EQ(session.load.limit_mvc, 0.3333f);
    ASSERT_TRUE(session.channels[0].reference);
    EXPECT_NEAR(session.channels[0].reference->unbiased_mvc_uv(), 100.0, 1e-9);
    EXPECT_EQ(session.channels[0].reference->made, "2026-11-21T10:30:00Z");
    EXPECT_FALSE(session.channels[1].reference);
}

TEST(SessionFile, NamesLineAndNearestKeyOfAMistypedKey) {
    expect_error("[load]\nlimit_mcv = 0.3\n", "back.toml:2: [load]: unknown key 'limit_mcv'; did you mean 'limit_mvc'?");
    expect_error("[[channel]]\nname = \"A\"\nsyte = \"MF\"\n", "back.toml:3: [[channel]]: unknown key 'syte'; did you mean 'site'?");
    expect_error("[lod]\nlimit_mvc = 0.3\n", "did you mean 'load'?");
}

TEST(SessionFile, AVibrationIsLookedForUnlessToldOtherwise) {
    EXPECT_TRUE(session_from("").find_vibration);
    EXPECT_TRUE(session_from("[condition]\nvibration = \"auto\"\n").find_vibration);
    EXPECT_FALSE(session_from("[condition]\nvibration = \"off\"\n").find_vibration);
    for (const char* key : {"vibration", "vibration_hz"}) {
        const Session session = session_from(std::string{"[condition]\n"} + key + " = 30.5\n");
        EXPECT_FALSE(session.find_vibration) << key;
        EXPECT_EQ(session.vibration_hz, 30.5) << key;
    }
    EXPECT_EQ(session_from("[condition]\nvibration = \"off\"\n").vibration_hz, 0.0);
}

TEST(SessionFile, ReadsTheOptionsOfAnExpert) {
    const std::string channels = "[[channel]]\nname = \"A\"\nsite = \"LT\"\nside = \"L\"\npart_of = \"LT left\"\n"
                                 "[[channel]]\nname = \"B\"\nsite = \"LT\"\nside = \"L\"\npart_of = \"LT left\"\n";
    const Session session = session_from(channels + "[[cross_talk]]\nfrom = \"A\"\nto = \"B\"\namplitude = 0.2\n"
                                                    "[envelope]\nestimator = \"bayes\"\nwhitening = \"model\"\n");
    EXPECT_EQ(session.channels[1].part_of, "LT left");
    ASSERT_EQ(session.cross_talk.size(), 1u);
    EXPECT_EQ(session.cross_talk[0].to, 1u);
    EXPECT_EQ(session.cross_talk[0].amplitude, 0.2);
    EXPECT_EQ(session.estimator, "bayes");
    EXPECT_TRUE(session.whitening);

    expect_error("[[channel]]\nname = \"A\"\nside = \"L\"\npart_of = \"m\"\n[[channel]]\nname = \"B\"\nside = \"R\"\npart_of = \"m\"\n",
                 "back.toml:8: [[channel]]: A and B are part of 'm' but differ");
    expect_error("[[channel]]\nname = \"A\"\npart_of = \"A\"\n", "'A' is a channel and a muscle of several channels");
    expect_error(channels + "[[cross_talk]]\nfrom = \"A\"\nto = \"C\"\namplitude = 0.2\n", "there is no channel 'C'");
    expect_error(channels + "[[cross_talk]]\nfrom = \"A\"\nto = \"A\"\namplitude = 0.2\n", "from and to are the same channel");
    expect_error(channels + "[[cross_talk]]\nfrom = \"A\"\nto = \"B\"\namplitude = 0.5\n", "amplitude is not a number from 0 to 0.3");
    expect_error("[condition]\necg = \"B\"\n[envelope]\nwhitening = \"model\"\n", "whitening = \"model\" is for path A only");
}

TEST(SessionFile, SaysWhatAValueCanBe) {
    expect_error("[condition]\nvibration = \"on\"\n", "vibration is 'on'; it can be: auto, off, or a frequency in Hz");
    expect_error("[condition]\nvibration = 90\n", "back.toml:2: [condition]: vibration is not a number from 10 to 60");
    expect_error("[condition]\nvibration_hz = \"off\"\n", "vibration_hz is 'off'");
    expect_error("[condition]\nvibration = 30\nvibration_hz = 30\n", "leave one out");
    expect_error("[condition]\nmains = 55\n", "mains is '55'; it can be: auto, off, 50, 60");
    expect_error("[envelope]\nwindow_s = 250\n", "back.toml:2: [envelope]: window_s is not a number from 0.05 to 1");
    expect_error("[envelope]\nwindow_s = 0.255\n", "whole number of 10 ms");
    expect_error("[load]\nlimit_mvc = 33.3\n", "limit_mvc is not a number from 0.01 to 2");
    expect_error("[load]\nlimit_mvc = 0.3\nrelease_mvc = 0.4\n", "release_mvc = 0.4");
    expect_error("[load]\nengine = \"C\"\n", "engine is 'C'; it can be: A, B");
    expect_error("[[channel]]\nname = \"A\"\nsite = \"XX\"\n", "site 'XX' is not supported; known are: MF, IOT");
    expect_error("[[channel]]\nname = \"A\"\nsite = \"DCF\"\n", "no valid surface site");
    expect_error("[[channel]]\nsite = \"MF\"\n", "a channel needs a name");
    expect_error("[[channel]]\nname = \"a,b\"\n", "may not hold a comma");
    expect_error("[[channel]]\nname = \"A\"\n[[channel]]\nname = \"A\"\n", "back.toml:4: [[channel]]: the name 'A' is taken");
    expect_error("[[reference]]\nchannel = \"Q\"\n", "there is no channel 'Q'");
    expect_error("channel = 3\n", "write channel as [[channel]]");
    expect_error("[load\n", "back.toml:1: not valid TOML");
}

// A swapped pair would make every activation nonsense: it is refused when read.
TEST(SessionFile, RefusesAMaximumBelowRest) {
    expect_error("[[channel]]\nname = \"A\"\n[[reference]]\nchannel = \"A\"\nrest_uv = 50\nmvc_uv = 10\n",
                 "mvc_uv = 10 is not above rest_uv = 50");
}

TEST(SessionFile, KeepsTheTextAboveTheMarkerToTheByte) {
    Session session = session_from(kExample);
    session.channels[0].reference->rest_uv = 3.25;
    const std::string text = with_references(kExample, session);
    const std::string above = std::string{kExample}.substr(0, std::string{kExample}.find("# written by"));
    EXPECT_EQ(text.substr(0, above.size()), above);
    const Session again = session_from(text);
    EXPECT_NEAR(again.channels[0].reference->rest_uv, 3.25, 1e-4);
    EXPECT_NEAR(again.channels[0].reference->mvc_uv, 107.7, 1e-4);
    EXPECT_EQ(again.channels[0].reference->made, "2026-11-21T10:30:00Z");
    EXPECT_EQ(with_references(text, again), text) << "writing again changes nothing";
}

TEST(SessionFile, WillNotWriteAReferenceThatWouldStandTwice) {
    const std::string text = "[[channel]]\nname = \"A\"\n[[reference]]\nchannel = \"A\"\nrest_uv = 1\nmvc_uv = 10\n";
    EXPECT_THROW(with_references(text, session_from(text)), Error);
}

TEST(SessionFile, PutsWhatItSaysOfASourceIntoItsAddress) {
    const Session session = session_from("[[source]]\nrate = 250\nunit = \"V\"\n[[source]]\nurl = \"file:a.csv?x=1\"\nscale_uv = 0.5\n");
    EXPECT_EQ(source_url(session.sources[0], "file:b.csv"), "file:b.csv?rate=250&unit=V");
    EXPECT_EQ(source_url(session.sources[1]), "file:a.csv?x=1&scale_uv=0.5");
}

TEST(SessionFile, ReadsTheDelayOfALink) {
    const Session session = session_from("[[source]]\nurl = \"sim:\"\n[[source]]\nurl = \"sim:\"\ndelay_ms = 38.2\n");
    EXPECT_EQ(session.sources[0].delay_s, 0.0);
    EXPECT_DOUBLE_EQ(session.sources[1].delay_s, 0.0382);
    EXPECT_THROW(session_from("[[source]]\nurl = \"sim:\"\ndelay_ms = -3\n"), Error) << "then the other source is late";
}

TEST(SessionFile, ReadsSiteAndSideFromALabel) {
    StreamInfo stream{.name = "emg", .kind = StreamKind::emg, .rate = {1000, 1}};
    for (const char* label : {"MF_L", "LT_R", "EMG 3"}) stream.channels.push_back({.label = label});
    const std::span<const StreamInfo> streams{&stream, 1};
    const Session session = default_session({&streams, 1});
    ASSERT_EQ(session.channels.size(), 3u);
    EXPECT_EQ(session.channels[0].muscle, MuscleClass::local);
    EXPECT_EQ(session.channels[0].side, "L");
    EXPECT_EQ(session.channels[1].muscle, MuscleClass::global);
    EXPECT_EQ(session.channels[2].muscle, MuscleClass::auxiliary);
    const Session again = session_from(session_text(session));
    EXPECT_EQ(again.channels[1].site, "LT");
    EXPECT_EQ(again.channels[1].muscle, MuscleClass::global);
}

}  // namespace
}  // namespace tonus

// Each against the stub, and against the real liblsl where one is named (tests/interop/lsl_test.py names
// one, and puts pylsl at the other end besides).
#include <cmath>
#include <functional>

#include <gtest/gtest.h>

#include "drivers/driver/driver.hpp"
#include "drivers/lsl/lsl_sink.hpp"
#include "drivers/lsl/resolve.hpp"
#include "tests/lsl/lsl_end.hpp"
#include "tests/lsl/lsl_libraries.hpp"
#include "tests/support/emulated_session.hpp"
#include "tests/support/environment_variable.hpp"

namespace tonus {
namespace {

using lsl::ValueFormat;
using test::KeptFrames;
using test::LslOutlet;

std::string said(const std::function<void()>& work) {
    try {
        work();
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

class LslEnd : public testing::Test {
protected:
    explicit LslEnd(std::string library) : library_(std::move(library)), named_("TONUS_LIBLSL", library_) {}

    /// Reads until so many frames of the first stream are there, or five seconds are over.
    static void read(Device& device, KeptFrames& got, std::size_t n_frames) {
        Clock& clock = system_ports().clock();
        const std::int64_t end_ns = clock.now_ns() + 5'000'000'000;
        while (got.count(0) < n_frames && clock.now_ns() < end_ns) device.read(got, std::chrono::milliseconds{20});
    }

    /// Reads until so many markers are there, or ten seconds are over.
    static bool read_markers(Device& device, std::size_t n, const std::function<void()>& meanwhile = [] {}) {
        Clock& clock = system_ports().clock();
        KeptFrames none;
        for (const std::int64_t end_ns = clock.now_ns() + 10'000'000'000; device.markers().size() < n && clock.now_ns() < end_ns; meanwhile()) {
            device.read(none, std::chrono::milliseconds{20});
        }
        return device.markers().size() >= n;
    }

    /// For the real library, whose outlets learn of an inlet a moment later than the inlet.
    void settle() const {
        if (library_ != TONUS_LSL_STUB) system_ports().clock().sleep_until(system_ports().clock().now_ns() + 500'000'000);
    }

    std::string library_;
    test::EnvironmentVariable named_;
};

class Lsl : public LslEnd, public testing::WithParamInterface<std::string> {
protected:
    Lsl() : LslEnd(GetParam()) {}

    template <class T>
    void expect_all_of(ValueFormat format, const char* name) {
        LslOutlet outlet{library_, name, "EMG", 3, 1000.0, format};
        const auto device = open_device(std::string{"lsl:"} + name);
        device->start();
        settle();
        const double begin_s = outlet.now_s();
        for (int i = 0; i < 200; ++i) outlet.push(std::vector<T>{static_cast<T>(i), static_cast<T>(2 * i), static_cast<T>(-i)}, begin_s + 1e-3 * i);
        KeptFrames got;
        read(*device, got, 200);
        ASSERT_EQ(got.count(0), 200u);
        for (std::size_t i = 0; i < 200; ++i) {
            const double value = static_cast<double>(i);
            ASSERT_EQ(got.all[0][i], (std::vector<double>{value, 2.0 * value, -value})) << i;
        }
        EXPECT_EQ(device->trouble(), "");
    }
};

TEST_P(Lsl, EveryValueOfEveryTypeComes) {
    expect_all_of<float>(ValueFormat::float32, "floats");
    expect_all_of<double>(ValueFormat::double64, "doubles");
    expect_all_of<std::int32_t>(ValueFormat::int32, "counts");
}

TEST_P(Lsl, ChannelsOfSeveralKindsBecomeStreams) {
    LslOutlet outlet{library_, "vest", "data", 5, 500.0, ValueFormat::float32,
                     {{{"EMG MF_L", "microvolts"}}, {{"EMG MF_R", "microvolts"}}, {{"ax", "g"}}, {{"ay", "g"}}, {{"az", "g"}}}};
    const auto device = open_device("lsl:?name=vest");
    ASSERT_EQ(device->streams().size(), 2u);
    EXPECT_EQ(device->streams()[0].kind, StreamKind::emg);
    EXPECT_EQ(device->streams()[0].channels[1].label, "EMG MF_R");
    EXPECT_EQ(device->streams()[0].channels[1].unit, "uV");
    EXPECT_EQ(device->streams()[1].kind, StreamKind::acceleration);
    EXPECT_EQ(device->streams()[1].rate, (Rate{500, 1}));
    EXPECT_NEAR(device->streams()[1].channels[0].scale, 9.80665, 1e-9) << "1 g in m/s^2";
    EXPECT_NE(device->streams()[0].device_id.find("lsl:vest-id@"), std::string::npos);
    device->start();
    settle();
    for (int i = 0; i < 10; ++i) outlet.push(std::vector<float>{1, 2, 3, 4, 5}, outlet.now_s());
    KeptFrames got;
    read(*device, got, 10);
    EXPECT_EQ(got.all[0][0], (std::vector<double>{1, 2}));
    EXPECT_EQ(got.all[1][0], (std::vector<double>{3, 4, 5}));
}

TEST_P(Lsl, AHoleInTheStampsIsALoss) {
    LslOutlet outlet{library_, "holey", "EMG", 1, 1000.0};
    const auto device = open_device("lsl:holey");
    device->start();
    settle();
    const double begin_s = outlet.now_s();
    for (int i = 0; i < 4000; ++i) {
        if (i < 3000 || i >= 3100) outlet.push(std::vector<float>{static_cast<float>(i)}, begin_s + 1e-3 * i);
    }
    KeptFrames got;
    read(*device, got, 3900);
    ASSERT_EQ(got.count(0), 3900u);
    for (const auto& [index, values] : got.all[0]) ASSERT_EQ(static_cast<double>(index), values[0]);
}

TEST_P(Lsl, ASenderThatEndedIsTakenUpAgainWhenItIsBack) {
    auto outlet = std::make_unique<LslOutlet>(library_, "restarted", "EMG", 1, 1000.0);
    const auto device = open_device("lsl:restarted?wait=1");
    device->start();
    settle();
    outlet->push(std::vector<float>{1}, outlet->now_s());
    KeptFrames got;
    read(*device, got, 1);
    outlet.reset();
    Clock& clock = system_ports().clock();
    const auto wait_for = [&](const std::function<bool()>& done) {
        for (const std::int64_t end_ns = clock.now_ns() + 10'000'000'000; !done() && clock.now_ns() < end_ns;) device->read(got, std::chrono::milliseconds{20});
        return done();
    };
    ASSERT_TRUE(wait_for([&] { return !device->trouble().empty(); }));
    EXPECT_NE(device->trouble().find("lsl:restarted"), std::string::npos) << device->trouble();
    outlet = std::make_unique<LslOutlet>(library_, "restarted", "EMG", 1, 1000.0);
    const auto send = [&] { outlet->push(std::vector<float>{2}, outlet->now_s()); };
    ASSERT_TRUE(wait_for([&] { send(); return got.count(0) > 1; }));
    EXPECT_GT(got.all[0].rbegin()->first, 100u) << "the time away is a gap";
}

// Texts and numbers without a rate are what others say of the session, at the time they say.
TEST_P(Lsl, TextsAndIrregularNumbersAreMarkers) {
    LslOutlet texts{library_, "cues", "Markers", 2, 0.0, ValueFormat::string}, numbers{library_, "trigger", "Markers", 1, 0.0, ValueFormat::int32};
    const auto cues = open_device("lsl:cues"), trigger = open_device("lsl:trigger");
    EXPECT_TRUE(cues->streams().empty());
    cues->start();
    trigger->start();
    settle();
    texts.push(std::vector<const char*>{"lift", "left"}, texts.now_s() - 1.0);
    const std::string endless(5000, 'x');
    texts.push(std::vector<const char*>{"a\x1b[2Jb", endless.c_str()}, texts.now_s() + 3600.0);
    numbers.push(std::vector<std::int32_t>{1234567}, numbers.now_s());
    const double pushed_s = static_cast<double>(system_ports().clock().now_ns()) * 1e-9;
    ASSERT_TRUE(read_markers(*cues, 2));
    ASSERT_TRUE(read_markers(*trigger, 1));
    EXPECT_EQ(cues->markers()[0].text, "lift, left");
    EXPECT_NEAR(cues->markers()[0].onset_s, pushed_s - 1.0, 0.5) << "when it was stamped, by the host's clock";
    EXPECT_NEAR(cues->markers()[1].onset_s, pushed_s, 0.9) << "what is stamped ahead is of now";
    EXPECT_EQ(cues->markers()[1].text.find('\x1b'), std::string::npos);
    EXPECT_LE(cues->markers()[1].text.size(), 400u);
    EXPECT_EQ(trigger->markers()[0].text, "trigger: 1234567");
}

TEST_P(Lsl, MarkersGoOnWhenTheirSenderIsBack) {
    auto outlet = std::make_unique<LslOutlet>(library_, "cues", "Markers", 1, 0.0, ValueFormat::string);
    const auto device = open_device("lsl:cues?wait=1");
    device->start();
    settle();
    outlet->push(std::vector<const char*>{"before"}, outlet->now_s());
    ASSERT_TRUE(read_markers(*device, 1));
    outlet.reset();
    outlet = std::make_unique<LslOutlet>(library_, "cues", "Markers", 1, 0.0, ValueFormat::string);
    const auto send = [&] { outlet->push(std::vector<const char*>{"after"}, outlet->now_s()); };
    ASSERT_TRUE(read_markers(*device, 2, send));
    EXPECT_EQ(device->markers()[0].text, "before");
    EXPECT_EQ(device->markers()[1].text, "after");
}

// Results leave by LSL, and are what an LSL program reads.
TEST_P(Lsl, ResultsAndEventsGoOut) {
    const lsl::Liblsl api = lsl::load_liblsl(library_);
    lsl::LslSink sink{api, "session"};
    SessionInfo session;
    session.channels = {{.name = "MF_L"}, {.name = "ES_L"}};
    sink.begin(session);
    const auto device = open_device("lsl:session");
    ASSERT_EQ(device->streams().size(), 1u);
    std::vector<std::string> labels;
    for (const ChannelInfo& channel : device->streams()[0].channels) labels.push_back(channel.label);
    EXPECT_EQ(labels.size(), 15u);
    EXPECT_EQ(labels[0], "MF_L_mvc");
    EXPECT_EQ(labels[13], "load_state");
    EXPECT_EQ(device->streams()[0].rate, (Rate{100, 1}));
    device->start();
    settle();
    std::vector<ChannelResult> channels(2);
    channels[0].mvc = 0.25f;
    channels[0].mvc_status.state = ValueState::valid;
    ResultRow row{.tick = 0, .time_s = 0.01, .arrival_ns = 1'000'000, .groups = {}, .load = LoadState::over, .channels = channels};
    for (int i = 0; i < 50; ++i, row.arrival_ns += 10'000'000) sink.row(row);
    KeptFrames got;
    read(*device, got, 50);
    ASSERT_EQ(got.count(0), 50u);
    EXPECT_EQ(got.all[0].rbegin()->first, 49u) << "the stamps have no holes";
    const std::vector<double>& values = got.all[0][0];
    EXPECT_EQ(values[0], 0.25);
    EXPECT_TRUE(std::isnan(values[1])) << "no reference, no value";
    EXPECT_EQ(values[13], static_cast<double>(LoadState::over));

    using PullText = double(lsl::Inlet, char**, std::int32_t, double, std::int32_t*);
    const auto pull_text = reinterpret_cast<PullText*>(SharedLibrary{library_}.find("lsl_pull_sample_str"));
    const lsl::OwnedInfo info = lsl::resolve_one(api, SourceUrl{"lsl:session_events?type=Markers"}, 3.0);
    const lsl::Inlet inlet = api.create_inlet(info.get(), 10, 0, 0);
    std::int32_t status = 0;
    api.open_stream(inlet, 3.0, &status);
    settle();
    sink.event({.kind = EventKind::load_raised, .time_s = 1.5});
    char* text = nullptr;
    EXPECT_GT(pull_text(inlet, &text, 1, 3.0, &status), 0.0);
    ASSERT_NE(text, nullptr);
    EXPECT_NE(std::string{text}.find("\"event\":\"load_raised\""), std::string::npos) << text;
    api.destroy_string(text);
    api.destroy_inlet(inlet);
}

INSTANTIATE_TEST_SUITE_P(All, Lsl, testing::ValuesIn(test::lsl_libraries()),
                         [](const auto& library) { return library.index == 0 ? "Stub" : "Liblsl"; });

/// What only the stub can do wrong.
class LslStub : public LslEnd {
protected:
    LslStub() : LslEnd(TONUS_LSL_STUB) {}
};

TEST_F(LslStub, AForeignClockIsCorrected) {
    LslOutlet outlet{library_, "foreign", "EMG", 1, 1000.0};
    outlet.set_clock_ahead(1e6);
    const auto device = open_device("lsl:foreign");
    device->start();
    outlet.push(std::vector<float>{1}, outlet.now_s());
    KeptFrames got;
    read(*device, got, 1);
    ASSERT_EQ(got.count(0), 1u);
    EXPECT_LT(device->age_s(), 1.0);
    // An hour and a second ago by its own clock.
    outlet.push(std::vector<float>{2}, outlet.now_s() - 3601.0);
    read(*device, got, 2);
    EXPECT_NEAR(device->age_s(), 3601.0, 1.0);
}

// What waited in the network comes at once, in order, and says how old it is; the next frame is new.
TEST_F(LslStub, ABacklogIsTakenAtOnceAndShown) {
    LslOutlet outlet{library_, "late", "EMG", 1, 1000.0};
    const auto device = open_device("lsl:late");
    device->start();
    outlet.hold_back(true);
    const double begin_s = outlet.now_s() - 4.0;
    for (int i = 0; i < 2000; ++i) outlet.push(std::vector<float>{static_cast<float>(i)}, begin_s + 1e-3 * i);
    outlet.hold_back(false);
    KeptFrames got;
    device->read(got, std::chrono::milliseconds{100});
    EXPECT_EQ(got.count(0), 2000u) << "in one read";
    EXPECT_NEAR(device->age_s(), 2.0, 0.5);
    for (int i = 2000; i < 4000; ++i) outlet.push(std::vector<float>{static_cast<float>(i)}, begin_s + 1e-3 * i);
    device->read(got, std::chrono::milliseconds{100});
    EXPECT_LT(device->age_s(), 0.5);
    EXPECT_EQ(got.all[0].rbegin()->first, 3999u);
}

TEST_F(LslStub, ASilentSenderIsLostWithinASecond) {
    LslOutlet outlet{library_, "silent", "EMG", 1, 1000.0};
    const auto device = open_device("lsl:silent");
    device->start();
    KeptFrames got;
    Clock& clock = system_ports().clock();
    const std::int64_t begin_ns = clock.now_ns();
    while (device->trouble().empty() && clock.now_ns() < begin_ns + 5'000'000'000) device->read(got, std::chrono::milliseconds{20});
    EXPECT_NE(device->trouble().find("nothing has come"), std::string::npos);
    EXPECT_GE(clock.now_ns() - begin_ns, 900'000'000);
}

TEST_F(LslStub, AnotherSenderOfTheNameIsRefused) {
    auto outlet = std::make_unique<LslOutlet>(library_, "claimed", "EMG", 1, 1000.0);
    const auto device = open_device("lsl:?type=EMG&wait=0.5");
    device->start();
    outlet = std::make_unique<LslOutlet>(library_, "impostor", "EMG", 1, 1000.0);
    KeptFrames got;
    Clock& clock = system_ports().clock();
    const auto refused = [&] { return device->trouble().find("has come in place of") != std::string_view::npos; };
    for (const std::int64_t end_ns = clock.now_ns() + 10'000'000'000; !refused() && clock.now_ns() < end_ns;) {
        outlet->push(std::vector<float>{1}, outlet->now_s());
        device->read(got, std::chrono::milliseconds{20});
    }
    EXPECT_TRUE(refused()) << device->trouble();
    EXPECT_EQ(got.count(0), 0u) << "nothing of the impostor's was taken";
}

TEST_F(LslStub, SaysWhatIsWrongWithAStream) {
    LslOutlet other{library_, "other", "EMG", 1, 100.0};
    LslOutlet irregular{library_, "irregular", "EMG", 1, 0.0};
    EXPECT_NE(said([] { open_device("lsl:irregular"); }).find("rate=50"), std::string::npos);
    EXPECT_EQ(open_device("lsl:irregular?rate=50")->streams()[0].rate, (Rate{50, 1}));
    EXPECT_NE(said([] { open_device("lsl:?source_id=nobody&wait=0.5"); }).find("is it one of these?"), std::string::npos);
    EXPECT_NE(said([] { open_device("lsl:"); }).find("2 streams fit"), std::string::npos);
    irregular.tell("<info><nominal_srate>nan</nominal_srate></info>");
    const std::string hostile = said([] { open_device("lsl:irregular"); });
    EXPECT_NE(hostile.find("lsl:irregular: the stream has a rate of 'nan'"), std::string::npos) << hostile;
}

TEST_F(LslStub, SaysWhereToGetTheLibrary) {
    const test::EnvironmentVariable none{"TONUS_LIBLSL", "/nowhere/liblsl.so"};
    const std::string text = said([] { open_device("lsl:?type=EMG"); });
    EXPECT_NE(text.find("/nowhere/liblsl.so cannot be loaded"), std::string::npos) << text;
    EXPECT_NE(said([] { lsl::load_liblsl("libm.so.6"); }).find("is no liblsl"), std::string::npos);
}

}  // namespace
}  // namespace tonus

// What a session leaves behind and shows, by its text.

#include <cmath>
#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "engine/core/error.hpp"
#include "engine/core/sim_files.hpp"
#include "engine/sinks/console_view.hpp"
#include "engine/sinks/events_file.hpp"
#include "engine/sinks/results_table.hpp"
#include "engine/sinks/summary.hpp"

namespace tonus {
namespace {

std::string content(const SimFiles& files, const std::string& path) {
    const std::vector<std::byte> bytes = files.content(path);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in{text};
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

std::size_t count_of(const std::string& text, const std::string& part) {
    std::size_t n = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++n;
    return n;
}

SessionInfo two_channels() {
    SessionInfo info;
    info.channels = {{"MF_L", MuscleClass::local, Reason::none}, {"LT_L", MuscleClass::global, Reason::none}};
    info.streams.push_back({.name = "emg", .kind = StreamKind::emg, .rate = {1000, 1}});
    info.envelope_delay_s = 0.127;
    info.flag_delay_s = 0.5;
    return info;
}

/// A row whose views stay valid.
struct Row {
    std::vector<ChannelResult> channels{2};
    ResultRow row;

    Row() {
        for (ChannelResult& channel : channels) {
            channel.rms_uv = 25.0f;
            channel.mvc = 0.25f;
            channel.rms_status.state = channel.mvc_status.state = ValueState::valid;
        }
        row.time_s = 12.34;
        for (GroupEstimate* group : {&row.groups.local, &row.groups.global}) {
            group->planned = group->valid = true;
            group->reason = Reason::none;
            group->value = 0.25f;
            group->low = 0.22f;
            group->high = 0.29f;
            group->confidence = 0.7f;
        }
        row.groups.ratio.valid = true;
        row.groups.ratio.value = 1.0f;
        row.load = LoadState::under;
        row.channels = channels;
    }
};

TEST(ResultsTable, HasTheColumnsOfTheDesign) {
    SimFiles files;
    ResultsTable table{files, "r.csv"};
    table.begin(two_channels());
    Row row;
    table.row(row.row);
    row.channels[1].mvc_status.state = ValueState::held;
    row.row.groups.global.valid = false;
    row.row.groups.ratio.valid = false;
    row.row.load = LoadState::unknown;
    row.row.load_reason = Reason::lead_off;
    table.row(row.row);
    table.end({});
    const std::vector<std::string> lines = lines_of(content(files, "r.csv"));
    ASSERT_EQ(lines.size(), 3u);
    EXPECT_EQ(lines[0],
              "time_s,MF_L_mvc,LT_L_mvc,local_mvc,local_mvc_low,local_mvc_high,local_confidence,global_mvc,global_mvc_low,global_mvc_high,"
              "global_confidence,local_global_ratio,local_global_ratio_low,local_global_ratio_high,load_state,load_reason");
    EXPECT_EQ(lines[1].substr(0, 21), "12.34,0.25,0.25,0.25,");
    EXPECT_EQ(lines[2], "12.34,0.25,,0.25,0.22,0.29,0.7,,,,,,,,unknown,lead_off");
    for (const std::string& line : lines) EXPECT_EQ(count_of(line, ","), 15u);
}

TEST(ResultsTable, HasBothBoundsWhileTheBodyIsVibrated) {
    SimFiles files;
    ResultsTable table{files, "r.csv"};
    SessionInfo info = two_channels();
    info.vibration = true;
    table.begin(info);
    Row row;
    table.row(row.row);
    for (ChannelResult& channel : row.channels) {
        channel.estimate = true;
        channel.combed_mvc = 0.22f;
        channel.uncombed_mvc = 0.4f;
    }
    row.channels[1].mvc_status.state = ValueState::invalid;
    table.row(row.row);
    table.end({});
    const std::vector<std::string> lines = lines_of(content(files, "r.csv"));
    ASSERT_EQ(lines.size(), 3u);
    EXPECT_TRUE(lines[0].ends_with(",load_reason,estimate,MF_L_mvc_combed,MF_L_mvc_uncombed,LT_L_mvc_combed,LT_L_mvc_uncombed")) << lines[0];
    EXPECT_TRUE(lines[1].ends_with(",under,,0,,,,")) << lines[1];
    EXPECT_TRUE(lines[2].ends_with(",under,,1,0.22,0.4,,")) << lines[2];
}

TEST(ResultsTable, SaysWhenTheDiskIsFull) {
    SimFiles files;
    files.set_capacity(10'000);
    ResultsTable table{files, "r.csv"};
    table.begin(two_channels());
    const Row row;
    for (int i = 0; i < 5000; ++i) table.row(row.row);
    try {
        table.end({});
        FAIL() << "rows were lost and nobody was told";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::failed);
        EXPECT_NE(std::string{error.what()}.find("r.csv"), std::string::npos) << error.what();
    }
}

TEST(EventsFile, IsOneJsonObjectPerLine) {
    SimFiles files;
    EventsFile events{files, "e.jsonl"};
    events.begin(two_channels());
    events.event({.kind = EventKind::gap, .time_s = 3.0, .first_frame = 3000, .n_frames = 50, .cause = GapCause::overrun});
    events.event({.kind = EventKind::load_raised, .time_s = 4.5, .onset_s = 3.9, .value = 0.41});
    events.event({.kind = EventKind::load_unknown, .time_s = 6.0, .reason = Reason::lead_off});
    events.end({});
    const std::vector<std::string> lines = lines_of(content(files, "e.jsonl"));
    ASSERT_EQ(lines.size(), 3u);
    const nlohmann::json gap = nlohmann::json::parse(lines[0]), raised = nlohmann::json::parse(lines[1]), unknown = nlohmann::json::parse(lines[2]);
    EXPECT_EQ(gap["event"], "gap");
    EXPECT_EQ(gap["stream"], "emg");
    EXPECT_EQ(gap["n_frames"], 50);
    EXPECT_EQ(gap["cause"], "overrun");
    EXPECT_EQ(raised["onset_s"], 3.9);
    EXPECT_EQ(unknown["reason"], "lead_off");
}

TEST(JsonString, EscapesWhatWouldBreakALine) {
    const std::string nasty = "a\"b\\c\nd\te\x01f";
    EXPECT_EQ(nlohmann::json::parse(json_string(nasty)).get<std::string>(), nasty);
}

TEST(Summary, IsTheSameAccountInTextAndJson) {
    SessionInfo info = two_channels();
    info.notes.push_back("a \"quoted\" note");
    RunSummary summary;
    summary.duration_s = 60.0;
    summary.n_ticks = 6000;
    summary.n_ticks_known = 5000;
    summary.n_ticks_over_limit = 500;
    summary.n_raised = 2;
    summary.n_ticks_over = 600;
    summary.channel_mean_mvc = {0.2, std::nan("")};
    summary.channel_peak_mvc = {0.5, std::nan("")};
    summary.channel_over_s = {3.5, 0.0};
    summary.channel_fatigue = {FatigueTrend{.begin_s = 1.0, .duration_s = 59.0, .n_windows = 117, .mdf_per_s = -0.0041, .mdf_se_per_s = 0.0004,
                                            .mdf_begin_hz = 92.4, .rms_per_s = -0.002, .rms_se_per_s = 0.0003, .jasa = Jasa::force_decrease},
                               std::nullopt};
    summary.n_ticks_estimate = 1234;
    summary.load_p10_mvc = 0.05;
    summary.load_p50_mvc = 0.15;
    summary.load_p90_mvc = 0.4;
    summary.in_band_s = 12.0;
    summary.local_mean_mvc = 0.2;
    summary.global_mean_mvc = std::nan("");
    summary.streams.resize(1);
    summary.streams[0].ledger.received = 59'000;
    summary.streams[0].ledger.lost[0] = 1000;
    summary.streams[0].ledger.n_gaps = 7;
    const std::string text = summary_text(info, summary);
    EXPECT_NE(text.find("1000 lost in 7 gaps"), std::string::npos) << text;
    EXPECT_NE(text.find("10.0 %"), std::string::npos) << text;
    EXPECT_NE(text.find("half under 15 %"), std::string::npos) << text;
    EXPECT_NE(text.find("over 3.5 s"), std::string::npos) << text;
    EXPECT_NE(text.find("59 s   92 Hz -0.41 ±0.04  -0.20 ±0.03  force decrease"), std::string::npos) << text;
    EXPECT_NE(text.find("vibrated for 12.3 s: levels are estimates then"), std::string::npos) << text;
    EXPECT_NE(text.find("the load unknown for 10.0 s"), std::string::npos) << text;
    for (const std::string& line : lines_of(text)) EXPECT_LE(line.size(), 80u) << line;
    const nlohmann::json json = nlohmann::json::parse(summary_json(info, summary));
    EXPECT_EQ(json["raised"], 2);
    EXPECT_EQ(json["load_p90_mvc"], 0.4);
    EXPECT_EQ(json["in_band_s"], 12.0);
    EXPECT_EQ(json["channels"][0]["over_s"], 3.5);
    EXPECT_EQ(json["channels"][0]["fatigue"]["mdf_per_s"], -0.0041);
    EXPECT_EQ(json["channels"][0]["fatigue"]["jasa"], "force decrease");
    EXPECT_TRUE(json["channels"][1]["fatigue"].is_null()) << "no hold of 30 s";
    EXPECT_EQ(json["vibrated_s"], 12.34);
    EXPECT_EQ(json["time_above"], 0.1);
    EXPECT_TRUE(json["global_mean_mvc"].is_null());
    EXPECT_TRUE(json["channels"][1]["mean_mvc"].is_null()) << "what is not known is no number";
    EXPECT_EQ(json["streams"][0]["emitted"], 60'000);
    EXPECT_EQ(json["streams"][0]["lost"]["device"], 1000);
    EXPECT_EQ(json["notes"][0], "a \"quoted\" note");
}

std::string picture(const SessionInfo& info, const Row& row, ConsoleState state = {}) {
    KeptRow kept;
    kept.keep(row.row);
    return console_picture(info, kept, state);
}

TEST(ConsoleView, CallsLocalAProxyAlways) {
    const Row row;
    KeptRow kept;
    kept.keep(row.row);
    EXPECT_NE(picture(two_channels(), row).find("local (proxy)"), std::string::npos);
    EXPECT_NE(console_line(kept, {}).find("local (proxy)"), std::string::npos);
    EXPECT_EQ(picture(two_channels(), row).find("transvers"), std::string::npos);
}

TEST(ConsoleView, FitsTheTerminal) {
    const Row row;
    for (const std::size_t width : {60u, 80u, 92u, 200u}) {
        for (const std::string& line : lines_of(picture(two_channels(), row, {.width = width, .colour = false}))) {
            std::size_t columns = 0;
            for (const char c : line) columns += (static_cast<unsigned char>(c) & 0xc0) != 0x80 ? 1u : 0u;  // UTF-8
            EXPECT_LE(columns, std::max<std::size_t>(width, 80)) << line;
        }
    }
}

TEST(ConsoleView, SaysWhyNothingIsKnown) {
    Row row;
    row.row.load = LoadState::unknown;
    row.row.load_reason = Reason::lead_off;
    row.channels[0].mvc_status = {.state = ValueState::invalid, .reason = Reason::lead_off};
    row.row.groups.local.valid = false;
    row.row.groups.local.reason = Reason::lead_off;
    row.row.groups.ratio.valid = false;
    const std::string text = picture(two_channels(), row);
    EXPECT_NE(text.find("UNKNOWN"), std::string::npos);
    EXPECT_NE(text.find(std::string{reason_advice(Reason::lead_off)}), std::string::npos) << text;
    EXPECT_NE(text.find("undefined"), std::string::npos) << "no ratio without both groups";
    EXPECT_EQ(text.find("UNDER"), std::string::npos);
}

// A picture of data that stopped coming must not look alive.
TEST(ConsoleView, ShowsOldDataAsStale) {
    const Row row;
    const std::string text = picture(two_channels(), row, {.age_s = 3.0});
    EXPECT_NE(text.find("no data for 3.0 s"), std::string::npos) << text;
    EXPECT_EQ(text.find("UNDER"), std::string::npos);
    KeptRow kept;
    kept.keep(row.row);
    EXPECT_NE(console_line(kept, {.age_s = 3.0}).find("unknown (no data)"), std::string::npos);
}

TEST(ConsoleView, HasNoColourUnlessAsked) {
    const Row row;
    EXPECT_EQ(picture(two_channels(), row, {.colour = false}).find('\x1b'), std::string::npos);
    EXPECT_NE(picture(two_channels(), row, {.colour = true}).find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace tonus

#include "engine/formats/marker_event.hpp"

#include <gtest/gtest.h>

#include "engine/sinks/events_file.hpp"

namespace tonus {
namespace {

using formats::read_marker_event;

TEST(MarkerEvent, IsReadAsItWasWritten) {
    const auto read = read_marker_event(marker_json({.onset_s = 12.345678, .text = "say \"hold\" \\ now, ä"}));
    ASSERT_TRUE(read.has_value());
    EXPECT_DOUBLE_EQ(read->onset_s, 12.345678);
    EXPECT_EQ(read->text, "say \"hold\" \\ now, ä");
}

TEST(MarkerEvent, IsNoOtherEventAndNothingBroken) {
    for (const char* line : {"", "cue", R"({"event":"gap","time_s":1,"stream":"marker"})", R"({"event":"marker"})", R"({"event":"marker","time_s":1})",
                             R"({"event":"marker","time_s":"1","text":"a"})", R"({"event":"marker","time_s":1,"text":2})",
                             R"({"event":"marker","time_s":1e300,"text":"a"})", R"({"event":"marker","time_s":1,"text":"a)", R"(["marker"])"}) {
        EXPECT_FALSE(read_marker_event(line).has_value()) << line;
    }
}

}  // namespace
}  // namespace tonus

#include "drivers/lsl/metadata.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/core/error.hpp"

namespace tonus {
namespace {

std::string info(const std::string& rate, const std::string& channels, const std::string& desc = "") {
    return fmt::format("<?xml version=\"1.0\"?><info><name>leg</name><type>EMG</type><channel_count>{}</channel_count><channel_format>float32"
                       "</channel_format><source_id>abc</source_id><nominal_srate>{}</nominal_srate><hostname>pc</hostname><desc>{}</desc></info>",
                       channels, rate, desc);
}

std::string complaint(const std::string& xml) {
    try {
        lsl::read_metadata(xml);
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

TEST(LslMetadata, ReadsWhatSendersWrite) {
    const auto found = lsl::read_metadata(info("1000.000000000000000", "2",
        "<channels><channel><label>MF_L</label><unit>microvolts</unit></channel><channel><label>MF_R</label><units>millivolts</units></channel></channels>"));
    EXPECT_EQ(found.identity(), "lsl:abc@pc");
    EXPECT_EQ(found.stream.rate, (Rate{1000, 1}));
    ASSERT_EQ(found.stream.channels.size(), 2u);
    EXPECT_EQ(found.stream.channels[0].info.label, "MF_L");
    EXPECT_EQ(found.stream.channels[0].info.unit, "uV");
    EXPECT_EQ(found.stream.channels[1].info.unit, "mV") << "'units' is what many write";
    EXPECT_EQ(found.stream.channels[1].kind, StreamKind::emg);
}

TEST(LslMetadata, UsesNoLabelsWhereTheirNumberIsWrong) {
    const auto found = lsl::read_metadata(info("1000", "2", "<channels><channel><label>MF_L</label></channel></channels>"));
    EXPECT_EQ(found.stream.channels.size(), 2u);
    EXPECT_EQ(found.stream.channels[0].info.label, "");
    ASSERT_EQ(found.notes.size(), 1u);
}

TEST(LslMetadata, BoundsWhatAStrangerSays) {
    for (const char* rate : {"nan", "inf", "-1", "100001", "1e300", "fast", ""}) {
        EXPECT_NE(complaint(info(rate, "2")).find("rate"), std::string::npos) << rate;
    }
    EXPECT_EQ(complaint(info("100000", "1024")), "no error");
    for (const char* n : {"1025", "0", "-1", "2147483648", "99999999999999999999"}) {
        EXPECT_NE(complaint(info("1000", n)).find("channels"), std::string::npos) << n;
    }
    std::string deep;
    for (int i = 0; i < 40; ++i) deep = "<a>" + deep + "</a>";
    EXPECT_NE(complaint(info("1000", "2", deep)).find("deeper"), std::string::npos);
    EXPECT_NE(complaint(info("1000", "2", std::string(300'000, ' '))).find("bytes"), std::string::npos);
    EXPECT_NE(complaint("<!DOCTYPE a [<!ENTITY b \"c\">]>" + info("1000", "2")).find("entities"), std::string::npos);
    EXPECT_NE(complaint("<info><name>").find("no XML"), std::string::npos);
    EXPECT_NE(complaint("").find("no XML"), std::string::npos);
}

TEST(LslMetadata, CleansTexts) {
    std::string xml = info("1000", "1");
    xml.replace(xml.find("leg"), 3, "a\x1b[2Jb&lt;script&gt;" + std::string(5000, 'x'));
    const std::string name = lsl::read_metadata(xml).stream.name;
    EXPECT_LE(name.size(), 1024u);
    EXPECT_EQ(name.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace tonus

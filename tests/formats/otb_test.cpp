// OTB+ and OTB4, written here from the page of file formats and the maker's scripts: no real file was at hand.

#include <array>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include "tests/formats/collect.hpp"
#include "tests/formats/file_vectors.hpp"
#include "tests/support/tar_bytes.hpp"

namespace tonus {
namespace {

using test::contains;
using test::expect_error;
using test::read_bytes;
using test::Recording;
using test::tar_end;
using test::tar_member;
using Values = std::vector<double>;
using Labels = std::vector<std::string>;

/// Little-endian integers of `n_bytes` each.
std::string integers(const std::vector<std::int32_t>& values, std::size_t n_bytes) {
    std::string bytes;
    for (const std::int32_t value : values) {
        for (std::size_t i = 0; i < n_bytes; ++i) bytes += static_cast<char>(static_cast<std::uint32_t>(value) >> (8 * i));
    }
    return bytes;
}

std::string doubles(const Values& values) { return {reinterpret_cast<const char*>(values.data()), 8 * values.size()}; }

std::string adapter(const std::string& id, int start, double gain, int n_channels) {
    std::string text = fmt::format("<Adapter ID=\"{}\" Gain=\"{}\" ChannelStartIndex=\"{}\">", id, gain, start);
    for (int i = 0; i < n_channels; ++i) text += fmt::format("<Channel Index=\"{}\" ID=\"S\"/>", i);
    return text + "</Adapter>";
}

std::string plus_xml(const std::string& device, int n_total, const std::string& adapters, int n_bits = 16) {
    return fmt::format("<?xml version=\"1.0\"?><Device Name=\"{}\" SampleFrequency=\"2048\" DeviceTotalChannels=\"{}\" ad_bits=\"{}\"><Channels>{}</Channels></Device>",
                       device, n_total, n_bits, adapters);
}

std::string plus_file(const std::string& xml, const std::string& sig) {
    return tar_member("patient.xml", "<Patient/>") + tar_member("a.sig", sig) + tar_member("a.xml", xml) + tar_end();
}

/// Two electrodes, an auxiliary input and the counter of a Quattrocento.
std::string quattrocento() {
    return plus_file(plus_xml("QUATTROCENTO;1.0", 4, adapter("AD1x16SP;x", 0, 150, 2) + adapter("Direct connection", 2, 0.5, 1) + adapter("AdapterControl", 3, 1, 1)),
                     integers({1000, -1000, 100, 0, 2000, -2000, 200, 1, 3000, -3000, 300, 2}, 2));
}

double value(const Recording& read, std::size_t stream, std::size_t channel, std::size_t frame) {
    const ChannelInfo& info = read.infos.at(stream).channels.at(channel);
    return read.channel(stream, channel).at(frame) * info.scale + info.offset;
}

TEST(Otb, PlusIsReadWithTheScalesOfThePage) {
    const Recording read = read_bytes("a.otb+", quattrocento());

    EXPECT_EQ(read.facts.format, "OTB+");
    ASSERT_EQ(read.infos.size(), 2u);
    EXPECT_EQ(read.infos[0].kind, StreamKind::emg);
    EXPECT_EQ(read.infos[0].type, SampleType::int32);
    EXPECT_EQ(read.infos[0].rate, (Rate{2048, 1}));
    EXPECT_EQ(read.labels(0), (Labels{"S 1", "S 2"}));
    EXPECT_EQ(read.channel(0, 1), (Values{-1000, -2000, -3000}));
    EXPECT_EQ(read.infos[0].channels[0].unit, "mV");
    EXPECT_EQ(read.infos[0].channels[0].raw_max, 32767.0);
    EXPECT_EQ(read.infos[1].kind, StreamKind::other);
    EXPECT_EQ(read.channel(1, 1), (Values{0, 1, 2})) << "the counter stays counts";
    EXPECT_EQ(read.infos[1].channels[1].unit, "");
    EXPECT_EQ(read.trouble, "");
    EXPECT_EQ(read.notes(), "");

    TONUS_NEEDS_SHARED(vectors, "protocols/vectors/file-formats.json");
    const nlohmann::json scaling = test::file_vectors().at("otb_plus_scaling");
    EXPECT_NEAR(value(read, 0, 0, 0), scaling.at(0).at("mV").get<double>(), 1e-5);
    EXPECT_NEAR(value(read, 1, 0, 0) * 10.0, scaling.at(1).at("mV").get<double>(), 0.02) << "the page rounds it";
}

TEST(Otb, EveryDeviceHasItsFrontEnd) {
    const auto microvolts = [](const std::string& device, const std::string& id, double gain, int n_bits = 16) {
        return 1e3 * read_bytes("a.otb+", plus_file(plus_xml(device, 1, adapter(id, 0, gain, 1), n_bits), integers({1}, 2))).infos.at(0).channels.at(0).scale;
    };
    EXPECT_NEAR(microvolts("DUE+", "AD", 202), 0.24928, 1e-5);
    EXPECT_NEAR(microvolts("SYNCSTATION", "Quattro+", 202), 0.24928, 1e-5);
    EXPECT_NEAR(microvolts("SYNCSTATION", "AdapterLoadCell", 205), 0.37217, 1e-5);
    EXPECT_NEAR(microvolts("DUE", "AD", 200), 0.38147, 1e-5);
    EXPECT_NEAR(microvolts("MUOVI", "AD", 256), 0.28610, 1e-5);
    EXPECT_NEAR(microvolts("SESSANTAQUATTRO", "AD", 1, 24), 0.28610, 1e-5);
}

// The device's gain can be chosen; the scale then is not the one that a table has.
TEST(Otb, AGainAgainstTheTableIsTold) {
    const Recording read = read_bytes("a.otb+", plus_file(plus_xml("SESSANTAQUATTRO", 1, adapter("AD1x64SP", 0, 128, 1)), integers({1}, 2)));
    EXPECT_TRUE(contains(read.notes(), "gain 128 at 16 bits, which would make values 2 times as large")) << read.notes();
}

TEST(Otb, AGzippedArchiveIsInflated) {
    const std::string plain = quattrocento();
    std::string packed(plain.size() + 100, '\0');
    z_stream stream{};
    ASSERT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
    stream.avail_in = static_cast<uInt>(plain.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    ASSERT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    packed.resize(stream.total_out);
    deflateEnd(&stream);

    EXPECT_EQ(read_bytes("a.otb+", packed).channel(0, 0), (Values{1000, 2000, 3000}));
    expect_error(ErrorKind::input, {"a.otb+", "inflated", "damaged"}, [&] { read_bytes("a.otb+", packed.substr(0, packed.size() / 2)); });
}

// GNU tar writes them as a member of their own; folders do not matter.
TEST(Otb, NamesOfMoreThanAHundredBytesAreWhole) {
    const std::string name = std::string(120, 'n');
    const std::string xml = plus_xml("DUE", 1, adapter("AD", 0, 200, 1));
    const auto member = [](const std::string& long_name, const std::string& content) {
        return tar_member("././@LongLink", long_name + '\0', 'L') + tar_member(long_name, content);
    };
    const std::string file = member("folder/" + name + ".sig", integers({5, 6}, 2)) + member("folder/" + name + ".xml", xml) + tar_end();
    EXPECT_EQ(read_bytes("a.otb+", file).channel(0, 0), (Values{5, 6}));
}

struct Track {
    std::string title;
    std::string stream;
    int first, n_channels, n_total, sample_bytes;
    int rate = 2000;
    std::string more = "<UnitOfMeasurement>mV</UnitOfMeasurement><UnitOfMeasurementFactor>1000</UnitOfMeasurementFactor>"
                       "<ADC_Nbits>16</ADC_Nbits><ADC_Range>9.6</ADC_Range><Gain>256</Gain>";
};

std::string tracks_xml(const std::string& device, const std::vector<Track>& tracks) {
    const std::string place = device == "Novecento+" ? "ChannelOffsetInSubPacket" : "AcquisitionChannel";
    std::string text = "<ArrayOfTrackInfo>";
    for (const Track& track : tracks) {
        text += fmt::format("<TrackInfo><Device>{}</Device><Title>{}</Title><SignalStreamPath>{}</SignalStreamPath><{}>{}</{}><NumberOfChannels>{}</NumberOfChannels>"
                            "<SamplingFrequency>{}</SamplingFrequency>{}<StringsDescriptions><StartDate>2026-11-21T10:30:00</StartDate></StringsDescriptions>",
                            device, track.title, track.stream, place, track.first, place, track.n_channels, track.rate, track.more);
        if (track.n_total > 0) text += fmt::format("<TotalChannelsInFile>{}</TotalChannelsInFile><SampleSize>{}</SampleSize>", track.n_total, track.sample_bytes);
        text += "</TrackInfo>";
    }
    return text + "</ArrayOfTrackInfo>";
}

TEST(Otb, Otb4TracksLieWhereTheirListSays) {
    const std::string file = tar_member("Tracks_000.xml", tracks_xml("Muovi+", {{"IN1", "a.sig", 1, 2, 4, 2}, {"AUX 1", "a.sig", 3, 1, 4, 2}, {"Control signal", "a.sig", 0, 1, 4, 2}})) +
                             tar_member("a.sig", integers({7, 1000, 2000, 30, 8, -1000, -2000, 31}, 2)) +
                             tar_member("markers_0.xml", "<Markers><Marker><Milliseconds>1500</Milliseconds><Description>lift</Description></Marker></Markers>") +
                             tar_member("markers_1.xml", "<Markers><Marker><Milliseconds>1500</Milliseconds><Description>lift</Description></Marker></Markers>") + tar_end();
    const Recording read = read_bytes("a.otb4", file);

    EXPECT_EQ(read.facts.format, "OTB4");
    EXPECT_EQ(read.facts.start, "2026-11-21T10:30:00");
    ASSERT_EQ(read.infos.size(), 2u);
    EXPECT_EQ(read.labels(0), (Labels{"IN1 1", "IN1 2"}));
    EXPECT_EQ(read.channel(0, 1), (Values{2000, -2000}));
    EXPECT_NEAR(value(read, 0, 0, 0), 0.57220458984375, 1e-12) << "the page's example";
    EXPECT_EQ(read.infos[1].kind, StreamKind::other);
    EXPECT_EQ(read.labels(1), (Labels{"AUX 1", "Control signal"}));
    ASSERT_EQ(read.facts.annotations.size(), 1u) << "a marker that stands in two files is one";
    EXPECT_EQ(read.facts.annotations[0].onset_s, 1.5);
    EXPECT_EQ(read.facts.annotations[0].text, "lift");
}

// As the maker's first script reads it: nothing says how wide the file is, so its tracks follow each other.
TEST(Otb, Otb4WithoutPlacesIsReadInTheOrderOfItsTracks) {
    const std::string file = tar_member("Tracks_000.xml", tracks_xml("Quattrocento", {{"IN1", "a.sig", 0, 2, 0, 0}, {"IN2", "a.sig", 0, 1, 0, 0}})) +
                             tar_member("a.sig", integers({1, 2, 3, 4, 5, 6}, 2)) + tar_end();
    const Recording read = read_bytes("a.otb4", file);
    EXPECT_EQ(read.channel(0, 0), (Values{1, 4}));
    EXPECT_EQ(read.channel(0, 2), (Values{3, 6}));
}

TEST(Otb, Otb4OfSeveralFilesKeepsEachWithItsRateAndWidth) {
    const std::string trapezoid = tracks_xml("Novecento+", {{"Performed Path", "f.sig", 0, 1, 1, 8, 10, "<UnitOfMeasurement>%</UnitOfMeasurement>"}});
    const std::string file = tar_member("Tracks_000.xml", tracks_xml("Novecento+", {{"IN1", "g1.sig", 0, 1, 2, 4}, {"IN2", "g2.sig", 1, 1, 2, 3, 500}})) +
                             tar_member("TrapezoidalTracks_000.xml", trapezoid) + tar_member("g1.sig", integers({70000, 1, -70000, 1}, 4)) +
                             tar_member("g2.sig", integers({1, -300, 1, 300}, 3)) + tar_member("f.sig", doubles({12.5, 33.25})) + tar_end();
    const Recording read = read_bytes("a.otb4", file);

    ASSERT_EQ(read.infos.size(), 3u);
    EXPECT_EQ(read.channel(0, 0), (Values{70000, -70000}));
    EXPECT_EQ(read.infos[0].rate, (Rate{2000, 1}));
    EXPECT_EQ(read.channel(1, 0), (Values{-300, 300}));
    EXPECT_EQ(read.infos[1].rate, (Rate{500, 1}));
    EXPECT_EQ(read.infos[2].kind, StreamKind::other);
    EXPECT_EQ(read.infos[2].type, SampleType::float64);
    EXPECT_EQ(read.infos[2].channels[0].unit, "%");
    EXPECT_EQ(read.channel(2, 0), (Values{12.5, 33.25}));
}

TEST(Otb, WhatIsNoRecordingIsRefusedByName) {
    const auto refused = [](const std::string& name, const std::string& bytes, const std::vector<std::string>& parts) {
        expect_error(ErrorKind::input, parts, [&] { read_bytes(name, bytes); });
    };
    const std::string sig = integers({1, 2}, 2);
    refused("a.otb+", "PK\x03\x04" + std::string(600, '\0'), {"a.otb+", "zip", "OT BioLab+"});
    refused("a.otb+", tar_member("patient.xml", "<Patient/>") + tar_end(), {"a.otb+", "Tracks_*.xml"});
    refused("a.otb+", tar_member("a.sig", sig) + tar_end(), {"a.sig", "a.xml"});
    refused("a.otb+", plus_file("<Device", sig), {"a.sig", "no XML"});
    refused("a.otb+", plus_file(plus_xml("X", 0, ""), sig), {"0 channels"});
    refused("a.otb+", plus_file(plus_xml("X", 999999999, adapter("A", 0, 1, 1)), sig), {"999999999 channels"});
    refused("a.otb+", plus_file(plus_xml("X", 2, adapter("A", 1, 1, 2)), sig), {"channel 2 of 2"});
    refused("a.otb+", plus_file(plus_xml("X", 2, adapter("A", 0, 1, 2) + adapter("B", 1, 1, 1)), sig), {"channel 1 of 2", "twice"});
    refused("a.otb4", tar_member("Tracks_000.xml", tracks_xml("X", {{"IN1", "b.sig", 0, 1, 1, 2}})) + tar_end(), {"b.sig", "not in the archive"});
    refused("a.otb4", tar_member("Tracks_000.xml", tracks_xml("X", {{"IN1", "a.sig", 3, 2, 4, 2}})) + tar_member("a.sig", sig) + tar_end(), {"channels 4 to 5 of 4"});
    refused("a.otb4", tar_member("Tracks_000.xml", tracks_xml("X", {{"IN1", "a.sig", 0, 1, 1, 5}})) + tar_member("a.sig", sig) + tar_end(), {"5 bytes each"});
    refused("a.otb4", tar_member("Tracks_000.xml", std::string(5'000'000, ' ')) + tar_end(), {"5000000 bytes"});
}

TEST(Otb, CutAnywhereItKeepsTheStepsBeforeAndSaysSo) {
    std::string sig;
    for (int i = 0; i < 400; ++i) sig += integers({i, -i}, 2);
    const std::string xml = plus_xml("DUE", 2, adapter("AD", 0, 200, 2));
    const std::string file = tar_member("a.xml", xml) + tar_member("a.sig", sig) + tar_end();
    for (std::size_t size = 1; size < file.size(); size += 37) {
        try {
            const Recording read = read_bytes("a.otb+", file.substr(0, size));
            const Values got = read.channel(0, 0);
            for (std::size_t f = 0; f < got.size(); ++f) ASSERT_EQ(got[f], static_cast<double>(f));
            EXPECT_EQ(read.trouble.empty(), got.size() == 400u) << size;
        } catch (const Error& error) {
            EXPECT_TRUE(contains(error.what(), "a.otb+")) << error.what();
        }
    }
}

// A size that claims more than the file has, and a head whose sum is wrong.
TEST(Otb, AnArchiveThatLiesIsReadAsFarAsItIsTrue) {
    std::string file = quattrocento();
    const std::string claim = tar_member("b.xml", std::string(8, 'x'));
    std::string lying = claim;
    lying.replace(124, 11, "77777777777");
    EXPECT_TRUE(contains(read_bytes("a.otb+", file.substr(0, file.size() - 1024) + lying).trouble, "damaged")) << "its sum no longer fits";
    file[file.size() - 1024 - 512 - 512 + 3] ^= 1;  // within the head or the XML of the last member
    try {
        read_bytes("a.otb+", file);
    } catch (const Error& error) {
        EXPECT_TRUE(contains(error.what(), "a.otb+")) << error.what();
    }
}

}  // namespace
}  // namespace tonus

// The [source.csv] of a session file: what it says, and what is refused with its line.

#include <gtest/gtest.h>

#include "engine/core/error.hpp"
#include "engine/pipeline/session.hpp"

namespace tonus {
namespace {

void expect_refused(const std::string& keys, const std::string& part) {
    try {
        parse_session("[[source]]\n" + keys, "lab.toml");
        ADD_FAILURE() << "no error for " << keys;
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::usage);
        EXPECT_NE(std::string{error.what()}.find(part), std::string::npos) << error.what();
    }
}

TEST(SessionCsv, SaysWhatATableIs) {
    const Session session = parse_session(R"([[source]]
rate = 2000
[source.csv]
delimiter = "tab"
decimal = ","
heading_line = 3
data_line = 5
time = 1
time_unit = "ms"
[[source.csv.column]]
input = "Kanal 1"
name = "MF_L"
unit = "mV"
[[source.csv.column]]
input = 3
scale = 0.5
offset = -256
kind = "acceleration"
[[source]]
url = "file:imu.csv"
)", "lab.toml");
    ASSERT_EQ(session.sources.size(), 2u);
    ASSERT_TRUE(session.sources[0].csv);
    const CsvMap& map = *session.sources[0].csv;
    EXPECT_EQ(map.delimiter, '\t');
    EXPECT_TRUE(map.decimal_comma);
    EXPECT_EQ(map.heading_line, 3u);
    EXPECT_EQ(map.data_line, 5u);
    EXPECT_EQ(map.time, "1");
    EXPECT_EQ(map.time_unit_s, 1e-3);
    ASSERT_EQ(map.columns.size(), 2u);
    EXPECT_EQ(map.columns[0].input, "Kanal 1");
    EXPECT_EQ(map.columns[0].unit, "mV");
    EXPECT_FALSE(map.columns[0].kind);
    EXPECT_EQ(map.columns[1].input, "3");
    EXPECT_EQ(map.columns[1].offset, -256.0);
    EXPECT_EQ(map.columns[1].kind, StreamKind::acceleration);
    EXPECT_FALSE(session.sources[1].csv);
}

TEST(SessionCsv, RefusesWhatCannotBeWithItsLine) {
    const std::string column = "[[source.csv.column]]\ninput = 2\n";
    expect_refused("[source.csv]\nheadingline = 3\n", "lab.toml:3: [source.csv]: unknown key 'headingline'; did you mean 'heading_line'?");
    expect_refused("[[source.csv]]\ntime = 1\n", "write csv as [csv]");
    expect_refused("[source.csv]\ndelimiter = \"5\"\n", "lab.toml:3: [source.csv]: delimiter is '5'");
    expect_refused("[source.csv]\ndelimiter = \",\"\ndecimal = \",\"\n", "both a comma");
    expect_refused("[source.csv]\nheading_line = 4\ndata_line = 4\n", "the numbers begin after the headings");
    expect_refused("[source.csv]\ntime_unit = \"h\"\n", "time_unit");
    expect_refused("[[source.csv.column]]\nname = \"A\"\n", "a column needs an input");
    expect_refused(column + "unit = \"kg\"\n", "unit 'kg' is not known");
    expect_refused(column + "unit = \"g\"\nkind = \"emg\"\n", "unit 'g' is not known as one of EMG");
    expect_refused(column + "scale = 0\n", "scale is 0");
    expect_refused(column + "kind = \"meg\"\n", "kind is 'meg'");
    expect_refused(column + "name = \"A\"\n" + column + "name = \"A\"\n", "lab.toml:7: [[source.csv.column]]: the name 'A' is taken");
}

}  // namespace
}  // namespace tonus

// The team's vectors are worth what is decoded of them: each group of each file is asked for by some
// test, by its name, or stands here with the reason why not.
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "tests/support/vectors.hpp"

namespace tonus {
namespace {

namespace fs = std::filesystem;

/// "file.group", and why nothing asks for it.
const std::map<std::string, std::string> kNotAskedFor{
    {"bitalino.crc4_table", "the frames and the bad one decide about the checksum"},
    {"bitalino.state_reply_v5_2_or_later_17_bytes", "the state is not asked for"},
    {"bitalino.state_reply_before_v5_2_16_bytes", "the state is not asked for"},
    {"cyton.dongle_commands", "the radio channel is left as it is"},
    {"cyton.frames_aux", "digital and marker modes are not set"},
    {"file-formats.wfdb_16", "samples and headers of signals: tests/formats/wfdb_test.cpp writes its own"},
    {"file-formats.wfdb_header", "the same"},
    {"file-formats.openbci_gui_odf", "tests/formats/text_test.cpp has logs of the program itself"},
    {"others.myo", "there is no driver: Bluetooth LE"},
    {"others.gforce", "there is no driver: Bluetooth LE"},
    {"others.noraxon_http_samples_json", "there is no driver"},
};

std::string all_tests() {
    std::ostringstream text;
    for (const char* folder : {"tests", "drivers"}) {
        for (const fs::directory_entry& entry : fs::recursive_directory_iterator{test::project_folder() / folder}) {
            const std::string name = entry.path().filename().string();
            if (!name.ends_with("_test.cpp") || name == "vectors_covered_test.cpp") continue;
            text << std::ifstream{entry.path()}.rdbuf();
        }
    }
    return text.str();
}

TEST(Vectors, AreAllAskedForBySomeTest) {
    TONUS_NEEDS_SHARED(folder, "protocols/vectors");
    const std::string tests = all_tests();
    const std::set<std::string> about{"format", "device", "note"};
    std::size_t n_groups = 0;
    for (const fs::directory_entry& entry : fs::directory_iterator{folder}) {
        const std::string file = entry.path().stem().string();
        const nlohmann::json groups = test::read_json(entry.path());
        for (const auto& [group, content] : groups.items()) {
            if (about.contains(group)) continue;
            ++n_groups;
            const bool is_asked_for = tests.find('"' + group + '"') != std::string::npos;
            EXPECT_NE(is_asked_for, kNotAskedFor.contains(file + "." + group))
                << file << "." << group << (is_asked_for ? " has a test: take it off the list" : ": no test decodes it");
        }
    }
    EXPECT_GT(n_groups, 40u);
}

}  // namespace
}  // namespace tonus

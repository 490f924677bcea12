#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace tonus::test {

struct EdfFileSignal {
    std::string label = "EMG TA";
    std::string unit = "uV";
    std::string physical_min = "-3200";
    std::string physical_max = "3200";
    std::string digital_min = "-32000";
    std::string digital_max = "32000";
    std::size_t n_samples = 4;  ///< per record
};

/// An EDF or BDF file in memory, written field by field so that a test can put anything there.
struct EdfFile {
    bool bdf = false;
    std::string reserved = "";  ///< "EDF+D"
    std::string n_records = "";  ///< as it is when empty
    std::string record_s = "1";
    std::vector<EdfFileSignal> signals = {EdfFileSignal{}};
    std::vector<std::string> records = {};

    std::size_t header_bytes() const { return 256 * (signals.size() + 1); }

    /// One record: the samples of each signal in turn, then the bytes of annotations for the rest.
    void add_record(const std::vector<std::int32_t>& samples, const std::string& annotations = "") {
        std::string record;
        std::size_t n_bytes = 0;
        for (const std::int32_t sample : samples) {
            for (int i = 0; i < (bdf ? 3 : 2); ++i) record += static_cast<char>((sample >> (8 * i)) & 0xff);
        }
        record += annotations;
        for (const EdfFileSignal& signal : signals) n_bytes += signal.n_samples * (bdf ? 3 : 2);
        record.resize(n_bytes, '\0');
        records.push_back(record);
    }

    std::string bytes() const {
        std::string text = bdf ? "\xff" "BIOSEMI" : "0       ";
        text += fmt::format("{:<80}{:<80}{:<16}{:<8}{:<44}", "X X X X", "Startdate 21-NOV-2026 X X X", "21.11.2610.20.30", header_bytes(), reserved);
        text += fmt::format("{:<8}{:<8}{:<4}", n_records.empty() ? std::to_string(records.size()) : n_records, record_s, signals.size());
        const auto field = [&](std::size_t width, auto&& value_of) {
            for (const EdfFileSignal& signal : signals) text += fmt::format("{:<{}}", value_of(signal), width);
        };
        field(16, [](const EdfFileSignal& s) { return s.label; });
        field(80, [](const EdfFileSignal&) { return ""; });
        field(8, [](const EdfFileSignal& s) { return s.unit; });
        field(8, [](const EdfFileSignal& s) { return s.physical_min; });
        field(8, [](const EdfFileSignal& s) { return s.physical_max; });
        field(8, [](const EdfFileSignal& s) { return s.digital_min; });
        field(8, [](const EdfFileSignal& s) { return s.digital_max; });
        field(80, [](const EdfFileSignal&) { return ""; });
        field(8, [](const EdfFileSignal& s) { return s.n_samples; });
        field(32, [](const EdfFileSignal&) { return ""; });
        for (const std::string& record : records) text += record;
        return text;
    }
};

/// A signal of annotations, for the end of EdfFile::signals.
inline EdfFileSignal edf_annotations(const std::string& label = "EDF Annotations", std::size_t n_samples = 20) {
    return {.label = label, .unit = "", .physical_min = "-1", .physical_max = "1", .n_samples = n_samples};
}

/// The time-stamped list that begins a record, then another with one text.
inline std::string edf_times(double record_s, const std::string& more = "") {
    return fmt::format("+{}\x14\x14", record_s) + std::string(1, '\0') + more;
}

}  // namespace tonus::test

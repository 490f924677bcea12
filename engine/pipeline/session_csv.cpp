#include "engine/pipeline/session_csv.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "engine/device/unit_scale.hpp"
#include "engine/formats/signal.hpp"

namespace tonus {
namespace {

constexpr double kLineMost = 1e6;

std::optional<char> read_delimiter(const ConfigTable& table) {
    const std::string text = table.text("delimiter", "");
    if (text.empty()) return std::nullopt;
    if (text == "tab") return '\t';
    if (text == "space") return ' ';
    if (text.size() != 1 || std::string_view{",;|:\t "}.find(text[0]) == std::string_view::npos) {
        table.fail_key("delimiter", fmt::format("delimiter is '{}'; it can be: , ; | : tab space", text));
    }
    return text[0];
}

std::optional<StreamKind> read_kind(const ConfigTable& table) {
    static constexpr std::array kinds{StreamKind::emg, StreamKind::ecg, StreamKind::acceleration, StreamKind::angular_rate,
                                      StreamKind::orientation, StreamKind::other};
    const std::string name = table.choice("kind", "", {"", "emg", "ecg", "acceleration", "angular_rate", "orientation", "other"});
    const auto kind = std::find_if(kinds.begin(), kinds.end(), [&](StreamKind known) { return stream_kind_name(known) == name; });
    return kind == kinds.end() ? std::nullopt : std::optional{*kind};
}

void check_unit(const ConfigTable& table, const CsvColumn& column) {
    if (column.unit.empty() || column.kind == StreamKind::other) return;
    const bool of_emg = column.kind == StreamKind::emg || column.kind == StreamKind::ecg;
    if (of_emg ? microvolts_per(column.unit).has_value() : formats::meaning_of_unit(column.unit).has_value()) return;
    table.fail_key("unit", fmt::format("unit '{}' is not known{}; write V, mV, uV or nV for EMG; g or m/s^2, deg/s or rad/s for movement; with "
                                       "kind = \"other\" any", column.unit, of_emg ? " as one of EMG" : ""));
}

CsvColumn read_column(const ConfigTable& table) {
    CsvColumn column{.input = table.text_or_number("input").value_or(""),
                     .name = table.text("name", ""),
                     .unit = table.text("unit", ""),
                     .scale = table.number("scale", 1.0, -1e12, 1e12),
                     .offset = table.number("offset", 0.0, -1e12, 1e12),
                     .kind = read_kind(table)};
    if (column.input.empty()) table.fail_key("input", "a column needs an input: its heading, or its number from 1");
    if (column.scale == 0.0) table.fail_key("scale", "scale is 0: every value would be the same");
    check_unit(table, column);
    return column;
}

}  // namespace

std::optional<CsvMap> read_csv_map(const toml::table& source, const std::string& path) {
    const std::vector<const toml::table*> tables = tables_of(source, "csv", path, false);
    if (tables.empty()) return std::nullopt;
    const ConfigTable table{path, "[source.csv]", *tables[0],
                            {"delimiter", "decimal", "heading_line", "data_line", "time", "time_unit", "column"}};
    CsvMap map{.delimiter = read_delimiter(table),
               .decimal_comma = table.choice("decimal", ".", {".", ","}) == ",",
               .heading_line = static_cast<std::uint64_t>(table.number("heading_line", 0, 0, kLineMost)),
               .data_line = static_cast<std::uint64_t>(table.number("data_line", 0, 0, kLineMost)),
               .time = table.text_or_number("time").value_or(""),
               .time_unit_s = *formats::seconds_per(table.choice("time_unit", "s", {"s", "ms", "us", "ns"}))};
    if (map.decimal_comma && map.delimiter == ',') table.fail_key("decimal", "decimal and delimiter are both a comma: one of them is wrong");
    if (map.data_line > 0 && map.data_line <= map.heading_line) table.fail_key("data_line", "the numbers begin after the headings: correct data_line or heading_line");
    for (const toml::table* column : tables_of(*tables[0], "column", path, true)) {
        const ConfigTable entry{path, "[[source.csv.column]]", *column, {"input", "name", "unit", "scale", "offset", "kind"}};
        map.columns.push_back(read_column(entry));
        const std::string& name = map.columns.back().name;
        const auto n_same = std::count_if(map.columns.begin(), map.columns.end(), [&](const CsvColumn& other) { return other.name == name; });
        if (!name.empty() && n_same > 1) entry.fail_key("name", fmt::format("the name '{}' is taken", name));
    }
    return map;
}

}  // namespace tonus

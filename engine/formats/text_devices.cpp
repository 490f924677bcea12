#include <algorithm>
#include <array>
#include <charconv>

#include "engine/formats/cells.hpp"
#include "engine/formats/label_text.hpp"
#include "engine/formats/limits.hpp"
#include "engine/formats/text_layout.hpp"

namespace tonus::formats {
namespace {

/// The value of "# Sampling Rate (Hz):= 1000.00" or "%Sample Rate = 250 Hz"; empty where absent.
std::string_view value_of(const TextHead& head, std::string_view key, std::string_view mark) {
    for (const std::string& comment : head.comments) {
        const std::string_view line = trimmed(std::string_view{comment}.substr(1));
        if (line.substr(0, key.size()) != key) continue;
        const std::string_view rest = trimmed(line.substr(key.size()));
        if (rest.substr(0, mark.size()) == mark) return trimmed(rest.substr(mark.size()));
    }
    return {};
}

std::size_t count_of(std::string_view text) {
    std::size_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

/// What a column of the OpenBCI GUI is, by its name, because boards have different columns.
void lay_out_openbci_column(std::string_view name, TextColumn& column, bool& has_counter) {
    if (name == "Sample Index") {
        column.role = has_counter ? ColumnRole::counter : ColumnRole::skipped;
        has_counter = false;
    } else if (name == "Not Used" || name.substr(0, 9) == "Timestamp" || name.empty()) {
        column.role = ColumnRole::skipped;
    } else {
        column.signal = signal_of_heading(name);
        if (column.signal.kind == StreamKind::emg) set_unit(column.signal, "uV");
        if (column.signal.kind == StreamKind::acceleration) set_unit(column.signal, "g");
        if (!column.signal.kind) column.signal.kind = StreamKind::other;
    }
}

/// Files of the GUI before version 5 have no heading.
std::vector<std::string> old_openbci_names(std::size_t n_exg, std::size_t n_columns) {
    std::vector<std::string> names{"Sample Index"};
    for (std::size_t i = 0; i < n_exg && names.size() < n_columns; ++i) names.push_back("EXG Channel " + std::to_string(i));
    for (std::size_t i = 0; i < 3 && names.size() < n_columns; ++i) names.push_back("Accel Channel " + std::to_string(i));
    names.resize(n_columns);  // the rest differs from board to board
    return names;
}

/// The cells of the row above the units.
std::vector<std::string_view> consensys_names(const TextHead& head) {
    std::vector<std::string_view> names;
    if (head.rows.size() == 2) split_cells(head.rows[0], head.separator, names);
    while (!names.empty() && names.back().empty()) names.pop_back();
    return names;
}

/// "SEEMOO_PPG_A13" of "SEEMOO_PPG_A13_UNCAL"; empty for what has no such ending.
std::string_view without_ending(std::string_view name) {
    for (const std::string_view ending : {"_UNCAL", "_CAL"}) {
        if (name.size() > ending.size() && name.substr(name.size() - ending.size()) == ending) return name.substr(0, name.size() - ending.size());
    }
    return {};
}

}  // namespace

bool is_consensys(const TextHead& head) {
    const std::vector<std::string_view> names = consensys_names(head);
    return names.size() > 1 && std::all_of(names.begin(), names.end(), [](std::string_view name) { return !without_ending(name).empty(); });
}

void name_consensys(const TextHead& head, TextLayout& layout) {
    layout.format = "Shimmer Consensys CSV";
    const std::vector<std::string_view> names = consensys_names(head);
    std::size_t n_device = names[0].size();  // bytes that all names begin with
    for (const std::string_view name : names) {
        const auto differ = std::mismatch(name.begin(), name.end(), names[0].begin(), names[0].end());
        n_device = std::min(n_device, static_cast<std::size_t>(differ.first - name.begin()));
    }
    n_device = names[0].substr(0, n_device).rfind('_') + 1;  // npos + 1 is 0
    for (std::size_t i = 0; i < std::min(names.size(), layout.columns.size()); ++i) {
        Signal& signal = layout.columns[i].signal;
        std::string_view label = without_ending(names[i]);
        label.remove_prefix(std::min(n_device, label.size()));
        signal.info.label = clean_text(label, limits::kLabelBytes);
        // The file of several devices has their names here.
        std::optional<StreamKind> kind = kind_of_label(label);
        for (std::size_t at = label.find('_'); !kind && at != std::string_view::npos; at = label.find('_', at + 1)) kind = kind_of_label(label.substr(at + 1));
        if (kind) signal.kind = kind;
    }
}

bool is_simple_text(const TextHead& head) {
    return !head.comments.empty() && head.comments[0].find("Simple Text Format") != std::string::npos;
}

void lay_out_simple_text(const TextHead& head, TextLayout& layout) {
    layout.format = "Simple Text Format";
    layout.rate = written_rate(value_of(head, "Sampling Rate (Hz)", ":="));
    std::vector<std::string_view> labels, units;
    split_cells(value_of(head, "Labels", ":="), '\t', labels);
    split_cells(value_of(head, "Units", ":="), '\t', units);
    const std::size_t n_bits = count_of(value_of(head, "Resolution", ":="));
    for (std::size_t i = 0; i < layout.columns.size(); ++i) {
        Signal& signal = layout.columns[i].signal;
        if (i < labels.size()) signal = signal_of_heading(labels[i]);
        if (!units.empty()) set_unit(signal, units[units.size() == 1 ? 0 : i < units.size() ? i : 0]);
        if (n_bits > 0 && n_bits <= 32) {
            signal.info.raw_min = 0.0;
            signal.info.raw_max = static_cast<double>((std::uint64_t{1} << n_bits) - 1);
        }
    }
}

bool is_openbci(const TextHead& head) {
    for (const std::string& comment : head.comments) {
        if (comment.compare(0, 8, "%OpenBCI") == 0 || comment.compare(0, 12, "%Sample Rate") == 0) return true;
    }
    return false;
}

void lay_out_openbci(const TextHead& head, TextLayout& layout) {
    layout.format = "OpenBCI GUI text";
    layout.rate = written_rate(value_of(head, "Sample Rate", "="));
    const std::string_view board = value_of(head, "Board", "=");
    // A Daisy's two halves share numbers and a Ganglion counts to 200 in its own way.
    bool has_counter = board.find("Daisy") == std::string_view::npos && board.find("Ganglion") == std::string_view::npos;
    layout.counter_modulus = 256;
    if (!has_counter) add_note(layout.notes, "this board's sample index does not tell losses; it is not used");

    const std::vector<std::string> old = old_openbci_names(count_of(value_of(head, "Number of channels", "=")), layout.columns.size());
    std::vector<std::string_view> names{old.begin(), old.end()};
    if (!head.rows.empty()) split_cells(head.rows.back(), ',', names);
    names.resize(layout.columns.size());
    for (std::size_t i = 0; i < layout.columns.size(); ++i) lay_out_openbci_column(names[i], layout.columns[i], has_counter);
}

}  // namespace tonus::formats

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/device/stream_info.hpp"
#include "engine/formats/recording_reader.hpp"

namespace tonus::formats {

/// One channel of a file on its way into a stream.
struct Signal {
    ChannelInfo info = {.unit = ""};
    std::optional<StreamKind> kind = {};  ///< nothing while neither label nor unit tells
};

/// What a unit says of the numbers under it.
struct UnitMeaning {
    std::string unit;      ///< as streams carry it: "m/s^2" for "g", with scale 9.80665
    double scale = 1.0;
    std::optional<StreamKind> kind = {};  ///< nothing for counts
};

/// Knows voltages, accelerations, angular rates, field strengths, times, counts and a few more;
/// nothing for text that is no unit.
std::optional<UnitMeaning> meaning_of_unit(std::string_view unit);

/// Seconds in one of a unit of time; nothing when it is none.
std::optional<double> seconds_per(std::string_view unit) noexcept;

/// The kind that a label begins with ("EMG TA_L", "Accelerometer X", "ecg"), nothing for others.
std::optional<StreamKind> kind_of_label(std::string_view label);

/// Reads a heading with its unit, in any of the ways met: "Gyroscope X (deg/s)", "MF_L[uV]",
/// "ax_m_s2".
Signal signal_of_heading(std::string_view heading);

/// Gives a signal the unit its file states, and the scale and kind that follow from it. The label's
/// kind goes before the unit's: an ECG is in volts too.
void set_unit(Signal& signal, std::string_view unit);

/// What signals are once the options had their say. Those of which the file says nothing are meant
/// as EMG, with an empty unit unless the options give one; but in a file that names its other
/// signals they are `other`. Appends to `notes` where options go against the file.
/// Throws Error (usage) for a unit that is none, a scale that is not a number but 0, or both at once.
void settle_kinds(std::vector<Signal>& signals, const ReadOptions& options, const std::string& path,
                  std::vector<std::string>& notes);

/// Positions in `labels` of what options.channels asks for, in the file's order; all when it asks
/// for nothing. Throws Error (usage) naming the labels there are.
std::vector<std::size_t> chosen_channels(const std::vector<std::string>& labels,
                                         const ReadOptions& options, const std::string& path);

/// The position of a label, in any case of its letters where none is the same, or of its number from 1.
std::optional<std::size_t> find_label(const std::vector<std::string>& labels, const std::string& wanted);

/// "1 TA, 2 GM": the first of the labels with their numbers, for messages.
std::string label_listing(const std::vector<std::string>& labels);

/// A name for the next stream of a kind: "emg", then "emg_2".
std::string stream_name(const std::vector<StreamInfo>& streams, StreamKind kind);

/// Adds a remark unless there are too many.
void add_note(std::vector<std::string>& notes, std::string note);

}  // namespace tonus::formats

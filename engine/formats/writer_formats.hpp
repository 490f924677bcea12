#pragma once

#include "engine/formats/recording_writer.hpp"

namespace tonus::formats {

/// One entry of the table in recording_writer.cpp.
struct WriterFormat {
    std::string_view name;
    std::string_view extension;
    std::unique_ptr<RecordingWriter> (*make)(Files& files, const std::string& path, const RecordingContent& content);
};

/// Everything, to the bit: raw frames, scales, losses, remarks.
extern const WriterFormat xdf_writer;

/// Values in their units, with times; a file for each stream. A loss is a leap of the times.
extern const WriterFormat csv_writer;

/// Values in their units as float64, (frames, channels); a file for each stream. A lost frame is not a number.
extern const WriterFormat npy_writer;

/// Our own, because EDFlib writes no discontinuous files: a record that is lost altogether is left out
/// (EDF+D), what is missing in others has a value below all real ones, and is annotated.
extern const WriterFormat edf_writer;
extern const WriterFormat bdf_writer;

/// Format 16 with a header and annotations; a lost or missing sample is the format's "invalid".
extern const WriterFormat wfdb_writer;

/// Version 5, not compressed: for each stream values by channel and frame, times, rate, labels, units.
extern const WriterFormat mat_writer;

/// A name made fit for a part of a file name or a variable: letters, digits, underscores.
std::string plain_name(const std::string& name);

}  // namespace tonus::formats

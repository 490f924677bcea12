#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "engine/core/files.hpp"
#include "engine/formats/recording_format.hpp"

namespace tonus::formats {

/// One NumPy array of numbers: (frames,) or (frames, channels), also in Fortran order; the longer
/// axis is time. Bytes and 16- and 32-bit integers are int32 counts, float32 stays, float64 and
/// 64-bit integers are float64. It says neither rate nor unit: the options do.
/// Source  NumPy enhancement proposal 1 (versions 1, 2 and 3 of the format).
extern const RecordingFormat npy_format;

/// The head of an array that is written, 128 bytes whatever its shape, so that it can be written again at the end.
/// @param element  as NumPy names it: "<f4"
std::string npy_head(std::string_view element, std::uint64_t n_rows, std::size_t n_columns);

}  // namespace tonus::formats

namespace tonus {

/// Writes rows of float32 as one NumPy array of shape (rows, columns); the number of rows comes
/// last. What was written before a crash can be read: the header holds the rows of the last close()
/// or flush().
///
/// Errors   Error (failed) when the disk refuses, with the path.
/// Threads  one at a time.
class NpyWriter {
public:
    NpyWriter(Files& files, const std::string& path, std::size_t n_columns);

    /// Takes whole rows, one after the other.
    void write(std::span<const float> rows);

    /// Writes what waits and the number of rows. Nothing may be written after it.
    void close();

private:
    void flush();
    std::string header() const;
    void check(WriteResult result) const;

    std::string path_;
    std::unique_ptr<OutputFile> file_;
    std::size_t n_columns_;
    std::uint64_t n_values_ = 0;
    std::string waiting_;
};

}  // namespace tonus

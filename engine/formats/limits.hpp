#pragma once

#include <cstddef>
#include <cstdint>

/// Every bound on what a recording can make a reader do. Files come from strangers and from crashed
/// machines: a number in one never decides alone how much memory or time is taken.
namespace tonus::formats::limits {

inline constexpr std::size_t kReadBytes = std::size_t{1} << 16;   ///< taken from the disk at a time
inline constexpr std::size_t kLineBytes = std::size_t{1} << 20;   ///< of text
inline constexpr std::size_t kHeadBytes = std::size_t{1} << 22;   ///< of text before the first row
inline constexpr std::size_t kColumns = 4096;                     ///< of a table, signals of an EDF
inline constexpr std::size_t kProbeRows = 1000;                   ///< looked at to find a rate
inline constexpr std::size_t kStretchValues = std::size_t{1} << 16;  ///< handed over at a time
inline constexpr std::size_t kRecordBytes = std::size_t{1} << 26; ///< of one EDF data record
inline constexpr std::size_t kNpyHeaderBytes = std::size_t{1} << 16;
inline constexpr std::size_t kC3dParameterBytes = 256 * 512;
inline constexpr std::uint64_t kInflatedBytes = std::uint64_t{1} << 27;  ///< held of one compressed file
inline constexpr std::size_t kXmlBytes = std::size_t{1} << 22;    ///< of one header in XML
inline constexpr std::size_t kMembers = 4096;                     ///< of an archive
inline constexpr std::size_t kStreams = 1024;                     ///< of one recording
inline constexpr std::size_t kXdfRuns = std::size_t{1} << 24;     ///< chunks of samples; 40 bytes each
inline constexpr std::size_t kHoles = std::size_t{1} << 20;       ///< of one log
inline constexpr std::size_t kClockOffsets = std::size_t{1} << 20;
inline constexpr std::size_t kClockRestarts = 256;                ///< told apart in one stream
inline constexpr double kClockS = 1e11;                           ///< no clock in seconds shows more

inline constexpr std::size_t kAnnotations = 65'536;      ///< kept of one recording
inline constexpr std::size_t kAnnotationBytes = 1024;    ///< kept of one text
inline constexpr std::size_t kLabelBytes = 256;          ///< kept of one label
inline constexpr std::size_t kNotes = 32;                ///< remarks about one recording

inline constexpr double kGapS = 7.0 * 86'400.0;          ///< a longer leap is a clock that was set
inline constexpr double kEndS = 1e9;                     ///< leaps lead no further; stamps in ns hold 9e9
inline constexpr std::uint64_t kRateNum = 1'000'000'000; ///< both parts of a rate, so that frame
inline constexpr std::uint64_t kRateDen = 1'000'000;     ///< numbers and times stay exact

}  // namespace tonus::formats::limits

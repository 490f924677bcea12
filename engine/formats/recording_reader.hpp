#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/files.hpp"
#include "engine/core/rate.hpp"
#include "engine/device/device.hpp"
#include "engine/device/recording_note.hpp"
#include "engine/formats/csv_map.hpp"

namespace tonus {

/// What the user knows of a recording and the file does not say.
struct ReadOptions {
    std::optional<Rate> rate = {};         ///< of a file without one; of times too coarse to tell
    std::optional<std::string> unit = {};  ///< of channels that have none: "V", "mV", "uV" ...
    std::optional<double> scale_uv = {};   ///< microvolts per raw step, for counts
    /// Labels, or numbers of the file's channels from 1 (times and counters are no channels); all
    /// when empty. A label goes before a number.
    std::vector<std::string> channels = {};
    /// Of a recording of Tonus: only what was measured, not the results written beside it.
    bool measured_only = false;
    std::optional<std::size_t> device = {};  ///< and of that only this device's streams, from 0
    std::optional<CsvMap> csv = {};        ///< what a text table is; without it that is found out
};

/// What is known about a recording besides its samples.
struct RecordingFacts {
    std::string format = {};               ///< "EDF+C", "OpenBCI GUI text" ...
    std::optional<double> duration_s = {}; ///< nothing while it is not known: text, until its end
    std::string start = {};                ///< as the file says: "2026-11-21T01:02:03"; may be empty
    std::vector<RecordingNote> annotations = {};  ///< of the part read so far
    std::vector<std::string> notes = {};   ///< what was assumed, mended or left out, for a person
    std::string session = {};              ///< the session file of a recording of Tonus
    std::size_t n_devices = 1;             ///< whose streams it holds
};

/// A recording, read from its beginning to its end in memory that does not grow with its length.
///
/// Threads  one at a time.
class RecordingReader {
public:
    virtual ~RecordingReader() = default;

    /// What it holds: names, rates, channels, units. A recording of annotations only has none.
    virtual std::span<const StreamInfo> streams() const noexcept = 0;

    /// Pushes the next stretch: at most 100 ms of each stream (but always a frame), in the order of
    /// time. Every push carries as arrival the file's time of its last frame, so stamps never run
    /// backwards. Frames that the file says are lost show as a jump of the index.
    /// Returns false at the end. It reads the disk and may allocate.
    virtual bool next(FrameSink& sink) noexcept = 0;

    virtual double progress() const noexcept = 0;  ///< 0 to 1

    /// Why the recording ended before its end, and where; empty when all is well.
    virtual std::string_view trouble() const noexcept = 0;

    virtual const RecordingFacts& facts() const noexcept = 0;
};

/// Opens a recording of any format that is read: by its content first, by its name where the
/// content does not tell.
/// Throws Error (input) for a file that is missing, empty, damaged at its head or of no known
/// format, Error (usage) for options it needs or does not understand.
std::unique_ptr<RecordingReader> open_recording(Files& files, const std::string& path,
                                                const ReadOptions& options = {});

/// The formats that are read, for help and messages: "EDF/BDF (.edf .bdf), ...".
std::string recording_formats();

}  // namespace tonus

#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/activation/group.hpp"
#include "engine/core/files.hpp"
#include "engine/device/stream_info.hpp"
#include "engine/formats/csv_map.hpp"
#include "engine/load/load_flag.hpp"
#include "engine/normalise/mvc_reference.hpp"

namespace tonus {

/// Where samples come from, and what the device or file does not say itself.
struct SessionSource {
    std::string url;                 ///< "cyton:/dev/ttyUSB0?gain=24"; may be absent for a replay
    std::optional<std::string> rate; ///< Hz or frames/seconds
    std::optional<std::string> unit; ///< of every channel
    std::optional<double> scale_uv;  ///< microvolts per step
    double delay_s = 0.0;            ///< of its link, constant: it shows everything so much later than the others
    std::optional<CsvMap> csv = {};  ///< what its table is, of a CSV that does not say
};

/// One electrode pair.
struct SessionChannel {
    std::string name;                ///< "MF_L", the column MF_L_mvc
    std::size_t source = 0;          ///< which source, from 0
    std::string input;               ///< its EMG channel there: a number from 1, or a label
    std::string site = "OTHER";      ///< id of domain 1.2
    std::string side;                ///< "L", "R" or empty
    MuscleClass muscle = MuscleClass::auxiliary;
    double weight = 1.0;
    std::string part_of;             ///< the muscle that it shares with other channels; empty: its own
    std::optional<MvcReference> reference;           ///< of ECG path A, which drives the flag
    std::optional<MvcReference> reference_template;  ///< of path B
};

/// How much of the amplitude of the muscle under one channel reaches another (domain 5.5).
struct SessionCrossTalk {
    std::size_t from = 0, to = 0;    ///< channels of the session
    double amplitude = 0.0;          ///< 0 to 0.3
};

/// What a session file holds: the montage and how it is judged (design, "Command line").
struct Session {
    std::string path;                ///< empty when not from a file
    std::vector<SessionSource> sources;
    std::vector<SessionChannel> channels;
    std::vector<SessionCrossTalk> cross_talk;  ///< empty: nothing is unmixed
    std::string profile = "auto";    ///< auto, general, trunk_ecg, spectral, vibration
    std::string mains = "auto";      ///< auto, off, 50, 60
    bool find_vibration = true;      ///< by the first accelerometer, where there is one
    double vibration_hz = 0.0;       ///< of a vibrating platform; 0: none is known
    bool ecg_template = false;       ///< ECG path B beside path A, for reports (domain 2.4)
    double window_s = 0.25;
    std::string estimator = "rms";   ///< rms, exponential, bayes (domain 3.2, 3.3, 3.6)
    bool whitening = false;          ///< by the model's filter (domain 3.5)
    std::string engine = "A";        ///< A: hysteresis and dwell; B: CUSUM (domain 6.2, 6.4)
    LoadFlagConfig load;
};

/// Reads a session file. Throws Error naming file, line, key and what would work; an unknown key
/// is an error, with the nearest known one as a suggestion.
Session load_session(const std::string& path, Files& files = system_files());

/// The same of a text that was read elsewhere; `path` is how complaints name it.
Session parse_session(const std::string& text, const std::string& path);

/// A session for devices without a session file: every EMG channel under its own label, its site
/// and side read from a label such as "MF_L". There are no references in it.
Session default_session(std::span<const std::span<const StreamInfo>> devices);

/// The channels of a session as the text of a session file.
std::string session_text(const Session& session);

/// The source's address with what the session says of it as options.
/// @param url  taken instead of the source's own where not empty
std::string source_url(const SessionSource& source, const std::string& url = {});

/// Puts the channels of `session` into the text of a session file that has none of its own, above the
/// references.
std::string with_channels(const std::string& file_text, const Session& session);

/// Replaces the references in the session file's text by those of `session`: all below the
/// marker line is written anew, all above it is kept to the byte. Throws Error when there are
/// references above the marker: they would stand twice.
std::string with_references(const std::string& file_text, const Session& session);

}  // namespace tonus

#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/device/device.hpp"
#include "engine/pipeline/session.hpp"

namespace tonus::cli {

/// The devices of a command with the session they serve.
struct Sources {
    std::vector<std::unique_ptr<Device>> owned;
    std::vector<Device*> devices;
    std::vector<std::span<const StreamInfo>> streams;
    Session session;
};

/// Opens a source of a session. Throws Error.
std::unique_ptr<Device> open_source(const SessionSource& source);

/// Opens what the command names, or else what the session file names. Without a session file the
/// montage is read from the devices' own labels.
/// Throws Error when there is nothing to open, or something does not.
Sources open_sources(const std::vector<std::string>& urls, const std::string& session_path);

/// Throws Error when an output would overwrite the recording or the session file it is made from, or
/// another output: nobody means that, and a recording cannot be made again.
/// @param folder  that is filled with files, such as that of --taps; empty for none
void refuse_overwriting(const Sources& sources, const std::vector<std::string>& outputs, const std::string& folder = {});

/// A path as an address of the file driver; an address stays as it is.
std::string recording_url(const std::string& path_or_url);

/// Opens recordings, or what addresses name. One that Tonus made of several devices is opened as these, and
/// without a session file its own session is taken.
Sources open_recordings(const std::vector<std::string>& paths_or_urls, const std::string& session_path);

}  // namespace tonus::cli

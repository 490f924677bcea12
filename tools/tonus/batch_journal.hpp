#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/files.hpp"

namespace tonus::cli {

/// What a result was made of. When nothing of it has changed, it need not be made again.
struct BatchKey {
    std::string recording;
    std::string made_of;  ///< the recording's size and time, the session, the program; no line ends
};

/// What came of one recording.
struct BatchEntry {
    std::string error;               ///< empty: all is well
    std::vector<std::string> rows;   ///< without line ends; may be there beside an error
};

/// What a batch has done so far, in a file that grows by one entry at a time: whatever ends a batch, what
/// was done is not done again. In memory is only where each entry stands.
///
/// Errors   Error (failed) when the disk refuses.
/// Threads  one at a time.
class BatchJournal {
public:
    /// Opens the journal of a batch before, if there is one, and keeps of it what `keys` still hold.
    BatchJournal(Files& files, const std::string& path, const std::vector<BatchKey>& keys);

    bool has(const std::string& recording) const { return places_.contains(recording); }
    void add(const BatchKey& key, const BatchEntry& entry);
    BatchEntry read(const std::string& recording) const;

private:
    struct Place {
        std::uint64_t offset;
        std::size_t n_bytes;
    };
    void keep_valid(const std::string& path, const std::vector<BatchKey>& keys);
    void append(const std::string& recording, const std::string& bytes);

    Files* files_;
    std::string path_;
    std::unique_ptr<OutputFile> out_;
    std::uint64_t n_bytes_ = 0;
    std::map<std::string, Place> places_;
};

}  // namespace tonus::cli

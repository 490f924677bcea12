#pragma once

#include <algorithm>
#include <cstddef>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "engine/device/recording_note.hpp"

namespace tonus {

/// The markers of recordings, on their way from whoever reads them to the sinks, which show each when the
/// results have come that far.
///
/// Threads  any; it locks, so it is not for the engine thread.
class MarkerBoard {
public:
    void post(std::span<const RecordingNote> notes) {
        const std::lock_guard lock{mutex_};
        notes_.insert(notes_.end(), notes.begin(), notes.end());
    }

    /// The next that a sink has not seen and that is not after `until_s`. `n_seen` is the sink's own.
    std::optional<RecordingNote> next(std::size_t& n_seen, double until_s) const {
        const std::lock_guard lock{mutex_};
        if (n_seen >= notes_.size() || notes_[n_seen].onset_s > until_s) return std::nullopt;
        return notes_[n_seen++];
    }

    /// All, in the order of time.
    std::vector<RecordingNote> all() const {
        const std::lock_guard lock{mutex_};
        std::vector<RecordingNote> sorted = notes_;
        std::stable_sort(sorted.begin(), sorted.end(), [](const RecordingNote& a, const RecordingNote& b) { return a.onset_s < b.onset_s; });
        return sorted;
    }

private:
    mutable std::mutex mutex_;
    std::vector<RecordingNote> notes_;
};

}  // namespace tonus

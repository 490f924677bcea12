#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "engine/device/recording_note.hpp"
#include "engine/sinks/result.hpp"

namespace tonus {

/// Which time markers are in.
enum class MarkerTime {
    recording,  ///< from the beginning of a recording, as its results are
    session,    ///< of a live run, as arrivals are; its results begin with the first frame
};

/// The markers of recordings and of live devices, on their way from whoever reads them to the sinks, which
/// show each when the results have come that far.
///
/// Threads  any; it locks, so it is not for the engine thread.
class MarkerBoard {
public:
    explicit MarkerBoard(MarkerTime time = MarkerTime::recording) noexcept : time_(time) {}
    MarkerTime time() const noexcept { return time_; }

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
    MarkerTime time_;
    mutable std::mutex mutex_;
    std::vector<RecordingNote> notes_;
};

/// A sink's place on a board. Gives markers in the time of the results: those of a live run by the arrival of
/// the first rows, so that every sink says the same.
class MarkerReader {
public:
    /// @param board  may be null; outlives this
    explicit MarkerReader(const MarkerBoard* board) noexcept : board_(board) {}

    /// The results have come so far.
    void hear(const ResultRow& row) noexcept {
        heard_s_ = static_cast<double>(row.arrival_ns) * 1e-9;
        if (!first_s_) first_s_ = heard_s_;
        // The first frames came together, and the last of their rows is whole.
        if (heard_s_ == *first_s_) zero_s_ = heard_s_ - row.time_s;
        else knows_zero_ = true;
    }
    /// Whether the results' time is known in the session's.
    bool knows_zero() const noexcept { return knows_zero_; }

    /// The next whose time has come, once for each.
    std::optional<RecordingNote> next() {
        if (board_ == nullptr || (board_->time() == MarkerTime::session && !knows_zero_)) return std::nullopt;
        return until(heard_s_);
    }

    /// The next, whether it has come or not.
    std::optional<RecordingNote> next_of_all() { return until(std::numeric_limits<double>::infinity()); }

private:
    std::optional<RecordingNote> until(double session_s) {
        if (board_ == nullptr) return std::nullopt;
        std::optional<RecordingNote> marker = board_->next(n_seen_, session_s);
        if (marker && board_->time() == MarkerTime::session) marker->onset_s -= zero_s_;
        return marker;
    }

    const MarkerBoard* board_;
    std::size_t n_seen_ = 0;
    std::optional<double> first_s_;
    double heard_s_ = -std::numeric_limits<double>::infinity();
    double zero_s_ = 0.0;  // of the results, in the session's time
    bool knows_zero_ = false;
};

}  // namespace tonus

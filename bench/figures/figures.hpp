#pragma once

#include <string>

#include "bench/table.hpp"

namespace tonus::bench {

/// One row per figure of "Figures to reach": ours, the reference of the same run, what is required.
class Figures {
public:
    /// The reference stands beside a limit that does not depend on it, for whoever judges the machine.
    void add(const std::string& what, const std::string& measured, const std::string& reference, const std::string& required, bool met) {
        table_.add({what, measured, reference, required, requirements_.check(met, what)});
    }
    /// A figure without a requirement, or whose reference is not there.
    void show(const std::string& what, const std::string& measured, const std::string& reference, const std::string& required = "") {
        table_.add({what, measured, reference, required, ""});
    }

    int finish() {
        table_.print();
        fmt::print("\n");
        return requirements_.finish();
    }

private:
    Table table_{{"figure", "measured", "reference, same run", "required", "met"}};
    Requirements requirements_;
};

// Each measures some rows. Quick: a part of the time, with more chance in the figures.
void chain_figures(Figures& figures, bool quick);     ///< reference chain, whole pipeline
void spectra_figures(Figures& figures, bool quick);
void ring_figures(Figures& figures, bool quick);
void live_figures(Figures& figures, bool quick);      ///< delay, rated load, memory, page faults
void realtime_figures(Figures& figures);              ///< what the engine's thread may not do
void accuracy_figures(Figures& figures);              ///< of the float path
void offline_figures(Figures& figures, bool quick);

}  // namespace tonus::bench

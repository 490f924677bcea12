#include "tools/tonus/arguments.hpp"

#include <memory>

#include <CLI/CLI.hpp>

#include "tools/tonus/commands.hpp"

namespace tonus::cli {
namespace {

constexpr const char* kAbout =
    "Tonus: surface EMG and IMU for back training, from the sensor to the load flag.\n"
    "Are the deep stabilisers (local muscles) at work at about a third of their maximum,\n"
    "or have the big movers (global muscles) taken over?\n"
    "A training aid, not a medical device: it does not diagnose, treat or monitor disease.";

constexpr const char* kFooter =
    "Start with `tonus demo`. Each command explains itself: `tonus replay --help`.\n"
    "Exit codes: 0 done, 1 the run failed, 2 wrong usage or configuration, 3 unreadable input.";

/// A command and what was said to it.
template <class Options>
struct Offer {
    CLI::App& command;
    Options options;
};

/// Adds a command that, when it is the one given, runs and leaves its exit code. What is said to
/// it lives as long as the command.
template <class Options>
Offer<Options>& offer(CLI::App& app, const char* name, const char* about, int (*run)(const Options&), int& exit_code) {
    CLI::App& command = *app.add_subcommand(name, about);
    const auto made = std::make_shared<Offer<Options>>(Offer<Options>{command, {}});
    command.callback([made, run, &exit_code] { exit_code = run(made->options); });
    return *made;
}

void add_voice(CLI::App& command, Voice& voice) {
    command.add_flag("--quiet,-q", voice.quiet, "say nothing but errors");
    command.add_flag("--json", voice.json, "print the summary as one JSON object, for scripts");
}

void add_demo(CLI::App& app, int& exit_code) {
    auto& [command, options] = offer(app, "demo", "a simulated subject does a short guided session", &demo, exit_code);
    command.add_option("--duration", options.duration_s, "seconds")
        ->check(CLI::Range(1.0, 3600.0))->capture_default_str();
    command.add_option("--subject", options.subject, "which simulated person (a seed)")
        ->check(CLI::Range(0, 1'000'000))->capture_default_str();
    add_voice(command, options.voice);
    command.footer("The subject is calibrated first (rest and maximal efforts, at full speed), then rests,\n"
                   "works at 25 % of its maximum, overloads at 50 %, and eases off.");
}

void add_run(CLI::App& app, int& exit_code) {
    auto& [command, options] = offer(app, "run", "measure live, with one or more devices", &run, exit_code);
    command.add_option("--source", options.sources, "a device, such as sim:?subject=7; repeat for more")
        ->take_all();
    command.add_option("--session", options.session, "session file with montage and references");
    command.add_option("--duration", options.duration_s, "stop after this many seconds")
        ->check(CLI::Range(0.1, 1e6));
    command.add_option("--out", options.out, "write the results table (CSV, one row per 10 ms)");
    command.add_option("--events", options.events, "write the events (JSON lines)");
    command.add_option("--record", options.record, "write the session down (XDF): raw streams, results, events, proofs; never overwrites");
    command.add_option("--lsl-out", options.lsl_out, "offer results and events to LSL programs under this name");
    command.add_flag("--spin", options.places.spin, "the engine never sleeps: results in microseconds, for a whole core");
    command.add_option("--cpu", options.places.cpu, "the core that the engine has to itself");
    command.add_flag("--realtime", options.places.realtime, "run before all else (SCHED_FIFO; needs the right to)");
    add_voice(command, options.voice);
    command.footer("Example: tonus run --source 'sim:?subject=7&task=reps' --session back.toml --out back.csv\n"
                   "Without a session file every EMG channel is shown under its own label; the flag stays\n"
                   "unknown until there are references (tonus calibrate). Ctrl-C ends the session in order.");
}

void add_calibrate(CLI::App& app, int& exit_code) {
    auto& [command, options] = offer(app, "calibrate", "find resting level and maximum of each channel", &calibrate, exit_code);
    command.add_option("--source", options.sources, "a device; repeat for more")->take_all();
    command.add_option("--session", options.session,
                       "session file; the references are written into it (made when missing)")->required();
    command.add_option("--rest", options.rest_s, "seconds of lying relaxed first")
        ->check(CLI::Range(6.0, 120.0))->capture_default_str();
    command.add_option("--hold", options.hold_s, "seconds to hold each maximal effort")
        ->check(CLI::Range(1.0, 10.0))->capture_default_str();
    command.add_option("--pause", options.pause_s, "seconds between efforts (60; 2 for the simulator)")
        ->check(CLI::Range(0.0, 600.0));
    command.add_option("--window", options.window_s, "seconds of the RMS whose maximum counts; 0.5 for people "
                       "who cannot hold")->check(CLI::Range(0.05, 2.0))->capture_default_str();
    command.add_flag("--no-bias", options.no_bias, "do not correct the bias of picking a maximum "
                     "(to compare with papers)");
    command.add_flag("--fast", options.fast, "at full speed (simulator and recordings)");
    add_voice(command, options.voice);
    command.footer("Example: tonus calibrate --source 'sim:?task=calibration' --session back.toml --fast\n"
                   "Warm up for five minutes first. Stop if anything hurts: a submaximal reference is no maximum.");
}

void add_check(CLI::App& app, int& exit_code) {
    auto& [command, options] = offer(app, "check", "are left and right where they belong, and does every electrode hear its muscle?", &check, exit_code);
    command.add_option("--source", options.sources, "a device; repeat for more")->take_all();
    command.add_option("--session", options.session, "session file with the montage; it is not changed");
    command.add_option("--rest", options.rest_s, "seconds of lying relaxed first")
        ->check(CLI::Range(6.5, 120.0))->capture_default_str();
    command.add_option("--hold", options.hold_s, "seconds to hold each effort")
        ->check(CLI::Range(0.5, 10.0))->capture_default_str();
    command.add_option("--pause", options.pause_s, "seconds between efforts (5; 2 for the simulator)")
        ->check(CLI::Range(0.0, 600.0));
    command.add_flag("--fast", options.fast, "at full speed (simulator and recordings)");
    add_voice(command, options.voice);
    command.footer("Example: tonus check --source 'sim:?task=sides&swap=MF' --fast\n"
                   "At the start of a session: each site with a left and a right electrode pair is worked on one side\n"
                   "at a time. Exit code 0: all sites are well; 1: something is to be mended, and it says what.");
}

void add_replay(CLI::App& app, int& exit_code) {
    auto& [command, options] = offer(app, "replay", "run a recording through the same pipeline", &replay, exit_code);
    command.add_option("FILE", options.files, "a recording, or a source address such as sim:?duration=60")
        ->required();
    command.add_option("--session", options.session, "session file with montage and references");
    command.add_option("--speed", options.speed, "times as fast as it was, from 0.01 to 100, or max")
        ->check(CLI::IsMember({"max"}) | CLI::Range(0.01, 100.0))->capture_default_str();
    command.add_option("--from", options.from_s, "seconds from the beginning; results count from there")->check(CLI::Range(0.0, 1e9));
    command.add_option("--to", options.to_s, "seconds from the beginning")->check(CLI::Range(0.0, 1e9));
    command.add_option("--loop", options.rounds, "play it this many times, 10 ms apart; 0: until Ctrl-C")->check(CLI::Range(0, 1'000'000));
    command.add_option("--out", options.out, "write the results table (CSV, one row per 10 ms)");
    command.add_option("--events", options.events, "write the events (JSON lines)");
    command.add_option("--taps", options.taps, "write every stage's output as .npy into this folder");
    command.add_flag("--offline-zero-phase", options.zero_phase,
                     "filter forward and backward and centre the windows: results without delay,\n"
                     "which no live run can have; to time contractions and to judge the live form.\n"
                     "One recording, held in memory: 13 bytes a sample of every EMG channel, so 0.4 GB for\n"
                     "an hour of 8 channels at 1000 Hz, up to twice that with ecg = \"B\" and hum; 100\n"
                     "million samples (3.5 h of these) at the most. Not with a --speed or --taps");
    command.add_option("--onsets", options.onsets,
                       "write the contractions of every channel (CSV): when each began and ended, and when that was\n"
                       "decided; against the quietest second, in two more passes; not with a --speed");
    command.add_option("--synergies", options.synergies, "write how muscles work together (weights, variance accounted for): 3 channels and 10 s at least");
    command.add_option("--detector", options.detector, "of --onsets: hodges tkeo bonato or cusum, the most exact")
        ->check(CLI::IsMember({"hodges", "tkeo", "bonato", "cusum"}))->capture_default_str();
    add_voice(command, options.voice);
    command.footer("Example: tonus replay squat.edf --session back.toml --out squat.csv\n"
                   "Several files are played side by side from their beginnings; file:imu.csv?begin=2.5 begins later.\n"
                   "A file that does not say its rate or unit takes them from the session file, or as\n"
                   "tonus replay 'file:squat.csv?rate=1000&unit=mV'.");
}

void add_batch(CLI::App& app, int& exit_code) {
    auto& [command, options] = offer(app, "batch", "many recordings through the pipeline, on all cores: a row for each muscle", &batch, exit_code);
    command.add_option("FILES", options.files, "recordings, or source addresses")->required();
    command.add_option("--session", options.session, "session file with montage and references, for all of them");
    command.add_option("--out", options.out, "a folder for summary.csv and .npy, or the name of the table, such as backs.csv")->required();
    command.add_option("--jobs", options.n_jobs, "recordings worked on at a time; one for each core without it")->check(CLI::Range(1, 4096));
    add_voice(command, options.voice);
    command.footer("Example: tonus batch trials/*.edf --session back.toml --out results\n"
                   "A second run does only what is new, has changed or failed; a recording that cannot be read stops no other,\n"
                   "and stands in summary_failed.csv with its error. Exit code 1: some failed, or Ctrl-C left some.");
}

void add_verify(CLI::App& app, int& exit_code) {
    auto& [command, options] = offer(app, "verify", "prove what is in a recording of Tonus, and what is not", &verify, exit_code);
    command.add_option("FILE", options.file, "a recording made with tonus run --record")->required();
    add_voice(command, options.voice);
    command.footer("Every sample is accounted for: recorded + lost, by cause = sampled. Exit code 0: the file is whole;\n"
                   "1: it was cut, damaged or does not add up, and it says where and what that cost.");
}

void add_align(CLI::App& app, int& exit_code) {
    auto& [command, options] = offer(app, "align", "by how much is the motion sensor later than the EMG? from taps in a recording", &align, exit_code);
    command.add_option("FILE", options.file, "a recording with EMG and acceleration, in which both felt the same taps or jumps")->required();
    command.add_option("--within", options.later_s_max, "seconds that it may be at most")->check(CLI::Range(0.05, 10.0))->capture_default_str();
    add_voice(command, options.voice);
    command.footer("Five firm taps or more beside the electrodes, at uneven pauses. For devices whose delay is constant\n"
                   "and unknown: drift is taken care of by itself. Exit code 1: no clear taps, and how to tap.");
}

void add_inspect(CLI::App& app, int& exit_code) {
    auto& [command, options] = offer(app, "inspect", "say what is in a recording", &inspect, exit_code);
    command.add_option("FILE", options.file, "a recording")->required();
    command.add_option("--session", options.session, "session file that says what a bare table is");
    add_voice(command, options.voice);
}

void add_convert(CLI::App& app, int& exit_code) {
    auto& [command, options] = offer(app, "convert", "write a recording in another format", &convert, exit_code);
    command.add_option("IN", options.in, "a recording, or file:PATH with options")->required();
    command.add_option("OUT", options.out, "the new file; its ending names the format: .xdf .edf .bdf .hea .mat .csv .npy")->required();
    command.add_option("--session", options.session, "session file that says what a bare table is");
    command.add_option("--streams", options.streams, "names of the streams wanted; all without it")->delimiter(',');
    command.add_option("--from", options.from_s, "seconds from the beginning")->check(CLI::Range(0.0, 1e9));
    command.add_option("--to", options.to_s, "seconds from the beginning")->check(CLI::Range(0.0, 1e9));
    add_voice(command, options.voice);
    command.footer("Example: tonus convert squat.c3d squat.edf --streams emg --from 10 --to 70\n"
                   "Nothing is overwritten. What the format cannot hold is listed.");
}

void add_drivers(CLI::App& app, int& exit_code) {
    auto& [command, options] =
        offer(app, "drivers", "the devices that can be connected, and how to address them", &drivers, exit_code);
    add_voice(command, options.voice);
}

void add_emulate(CLI::App& app, int& exit_code) {
    auto& [command, options] = offer(app, "emulate", "be a device in software, to try its driver against", &emulate, exit_code);
    command.add_option("DEVICE", options.device, "a driver's name, with options such as cyton:?lost=0.01&unplug=5-7");
    command.add_option("--subject", options.subject, "whom it is worn by: options of sim:, such as subject=7&task=reps");
    command.add_option("--at", options.at, "name of its serial port, kept when it is unplugged and plugged in");
    command.add_option("--duration", options.duration_s, "stop after this many seconds")->check(CLI::Range(0.1, 1e6));
    command.add_flag("--list", options.list, "say what options it has; without DEVICE, which there are");
    add_voice(command, options.voice);
    command.footer("It prints the address to open: tonus run --source cyton:/dev/pts/3. Ctrl-C ends it.");
}

void add_bench(CLI::App& app, int& exit_code) {
    auto& [command, options] = offer(app, "bench", "the scorecard of this machine: capacity, delay, cost of every stage", &bench, exit_code);
    CLI::Option* quick = command.add_flag("--quick", options.quick, "under 20 seconds instead of under two minutes; rough tails");
    command.add_option("--json", options.json, "write the figures to this file too");
    CLI::Option* compare = command.add_option("--compare", options.compare, "print an earlier --json file beside; exit code 1 when a figure is worse now");
    command.add_option("--from", options.from, "do not measure: take the figures of this --json file")->excludes(quick);
    command.add_option("--ratio", options.ratio, "how many times worse a figure may be")
        ->check(CLI::Range(1.0, 100.0))->capture_default_str()->needs(compare);
    CLI::Option* costs = command.add_flag("--costs", options.costs, "measure only the cost of a channel-sample, by channels and frames a read")
                             ->excludes(quick)->excludes(compare);
    command.add_option("--svg", options.svg, "draw the costs into this file")->needs(costs);
    command.add_flag("--quiet,-q", options.quiet, "say nothing but errors and what is worse");
    command.footer("Example: tonus bench --json here.json, later tonus bench --compare here.json.\n"
                   "Close other programs first: what else runs is in the figures.");
}

void add_commands(CLI::App& app, int& exit_code) {
    add_demo(app, exit_code);
    add_run(app, exit_code);
    add_calibrate(app, exit_code);
    add_check(app, exit_code);
    add_replay(app, exit_code);
    add_batch(app, exit_code);
    add_align(app, exit_code);
    add_inspect(app, exit_code);
    add_verify(app, exit_code);
    add_convert(app, exit_code);
    add_drivers(app, exit_code);
    add_emulate(app, exit_code);
    add_bench(app, exit_code);
}

}  // namespace

int run_command(int argc, char** argv) {
    CLI::App app{kAbout, "tonus"};
    app.footer(kFooter);
    app.require_subcommand(1);
    app.set_version_flag("--version", "tonus " TONUS_VERSION);
    int exit_code = 0;
    add_commands(app, exit_code);
    try {
        app.parse(argc, argv);
        return exit_code;
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
}

}  // namespace tonus::cli

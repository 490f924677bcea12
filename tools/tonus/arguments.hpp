#pragma once

namespace CLI {
class App;
}

namespace tonus::cli {

/// Adds every command, with what can be said to it. The one that is given runs while `app` parses,
/// throws Error or leaves its exit code.
void add_commands(CLI::App& app, int& exit_code);

}  // namespace tonus::cli

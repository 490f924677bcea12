#pragma once

namespace tonus::cli {

/// Runs the command that was given and returns its exit code; 2 when what was said to it is wrong.
/// Throws what the command throws.
int run_command(int argc, char** argv);

}  // namespace tonus::cli

#pragma once

#include <stdexcept>
#include <string>

namespace tonus {

/// What an Error is about; the command line turns it into its exit code (design, "Contracts").
enum class ErrorKind {
    failed,  ///< the run failed                           exit code 1
    usage,   ///< wrong usage or configuration             exit code 2
    input,   ///< an input that cannot be read             exit code 3
};

/// Thrown at set-up only: what was asked, what is wrong and what would work.
class Error : public std::runtime_error {
public:
    Error(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}

    ErrorKind kind() const noexcept { return kind_; }

private:
    ErrorKind kind_;
};

inline Error usage_error(const std::string& message) { return {ErrorKind::usage, message}; }
inline Error input_error(const std::string& message) { return {ErrorKind::input, message}; }
inline Error run_error(const std::string& message) { return {ErrorKind::failed, message}; }

}  // namespace tonus

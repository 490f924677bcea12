#pragma once

#include <cstdlib>
#include <string>

namespace tonus::test {

/// Sets a variable of the environment, and puts it back.
class EnvironmentVariable {
public:
    EnvironmentVariable(const char* name, const std::string& value) : name_(name) {
        if (const char* const was = std::getenv(name)) was_ = was;
        setenv(name, value.c_str(), 1);
    }
    ~EnvironmentVariable() { was_.empty() ? unsetenv(name_) : setenv(name_, was_.c_str(), 1); }
    EnvironmentVariable(const EnvironmentVariable&) = delete;
    EnvironmentVariable& operator=(const EnvironmentVariable&) = delete;

private:
    const char* name_;
    std::string was_;
};

}  // namespace tonus::test

// SPDX-License-Identifier: MIT
#pragma once

#include <stdexcept>
#include <string>

namespace switchyard::serve {

/// What a client did wrong, or can not have: a status of HTTP and one sentence.
class HttpError : public std::runtime_error {
public:
    HttpError(int status, const std::string& message) : std::runtime_error(message), status_(status) {}
    int status() const noexcept { return status_; }

private:
    int status_;
};

}  // namespace switchyard::serve

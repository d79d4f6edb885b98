// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace switchyard::io {

/// Running SHA-256 (OpenSSL). Thread: one object belongs to one thread.
class Sha256 {
public:
    Sha256();
    ~Sha256();
    void update(const void* data, std::size_t bytes);
    /// 64 lower-case hex digits; the object is then at its end.
    std::string hex();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

std::string sha256(const void* data, std::size_t bytes);
/// Throws: Error(kIo).
std::string sha256File(const std::string& file);

}  // namespace switchyard::io

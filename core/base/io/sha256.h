// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace switchyard::io {

/// Running SHA-256: by the processor's own instructions where it has them, else OpenSSL's.
/// Source: FIPS 180-4. Thread: one object belongs to one thread.
class Sha256 {
public:
    Sha256();
    ~Sha256();
    void update(const void* data, std::size_t bytes);
    /// `bytes` more for each of two streams. One stream's instructions wait for each other; those of two fill the gaps,
    /// which takes hardly longer than one stream alone.
    static void updateBoth(Sha256& a, const void* of_a, Sha256& b, const void* of_b, std::size_t bytes);
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

// SPDX-License-Identifier: MIT
// TensorBoard event files without protobuf: TFRecord framing (length, masked CRC-32C, data, masked CRC-32C)
// around hand-encoded Event messages.
// Source: tensorflow/core/lib/io/record_writer.cc, tensorflow/core/util/event.proto.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace switchyard::runs {

/// Thread: one object belongs to one thread.
class TensorboardWriter {
public:
    /// Makes `dir`/events.out.tfevents.<time>.<host>.<pid>. Throws: Error(kIo).
    explicit TensorboardWriter(const std::filesystem::path& dir);
    ~TensorboardWriter();
    void addScalar(const std::string& tag, double value, std::int64_t step, double wall_time);
    void addText(const std::string& tag, const std::string& text, std::int64_t step, double wall_time);
    /// How often each bin of 0, 1, 2, ... was chosen, as TensorBoard's histogram over the bins' numbers.
    void addHistogram(const std::string& tag, const std::vector<std::int32_t>& counts, std::int64_t step,
                      double wall_time);
    /// The run goes on at `step`: readers drop what earlier files hold from there on.
    void startSession(std::int64_t step, double wall_time);
    /// Never throws; a write error turns `failing()` true.
    void flush();
    bool failing() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace switchyard::runs

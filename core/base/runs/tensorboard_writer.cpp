// SPDX-License-Identifier: MIT
#include "core/base/runs/tensorboard_writer.h"

#include <unistd.h>

#include <array>
#include <cstring>
#include <fstream>

#include "core/base/util/clock.h"
#include "core/base/util/error.h"

namespace switchyard::runs {
namespace {

std::uint32_t crc32c(const std::string& data) {
    static const std::array<std::uint32_t, 256> table = [] {
        std::array<std::uint32_t, 256> entries{};
        for (std::uint32_t i = 0; i < 256; ++i) {
            std::uint32_t value = i;
            for (int bit = 0; bit < 8; ++bit)
                value = (value >> 1) ^ ((value & 1) != 0 ? 0x82f63b78U : 0U);  // Castagnoli, reflected
            entries[i] = value;
        }
        return entries;
    }();
    std::uint32_t crc = ~0U;
    for (const char byte : data) crc = table[(crc ^ static_cast<unsigned char>(byte)) & 0xffU] ^ (crc >> 8);
    return ~crc;
}

std::uint32_t maskedCrc(const std::string& data) {
    const std::uint32_t crc = crc32c(data);
    return ((crc >> 15) | (crc << 17)) + 0xa282ead8U;
}

template <typename T>
std::string bytesOf(T value) {
    std::string out(sizeof(T), '\0');
    std::memcpy(out.data(), &value, sizeof(T));  // the format is little-endian, as is x86-64 and AArch64 Linux
    return out;
}

// Protocol buffer wire format: a tag is (field number << 3) | wire type.
std::string varint(std::uint64_t value) {
    std::string out;
    while (value >= 0x80) {
        out.push_back(static_cast<char>((value & 0x7f) | 0x80));
        value >>= 7;
    }
    out.push_back(static_cast<char>(value));
    return out;
}
std::string key(int field, int wire_type) {
    return varint(static_cast<std::uint64_t>(field) << 3 | static_cast<std::uint64_t>(wire_type));
}
std::string doubleField(int field, double value) {
    return key(field, 1) + bytesOf(value);
}
std::string floatField(int field, float value) {
    return key(field, 5) + bytesOf(value);
}
std::string intField(int field, std::int64_t value) {
    return key(field, 0) + varint(static_cast<std::uint64_t>(value));
}
std::string bytesField(int field, const std::string& value) {
    return key(field, 2) + varint(value.size()) + value;
}

/// Event{wall_time = 1, step = 2, summary = 5{value = 1}}.
std::string summaryEvent(double wall_time, std::int64_t step, const std::string& value) {
    return doubleField(1, wall_time) + intField(2, step) + bytesField(5, bytesField(1, value));
}

}  // namespace

struct TensorboardWriter::Impl {
    std::ofstream out;
    bool failing = false;
    void record(const std::string& event) {
        const std::string length = bytesOf(static_cast<std::uint64_t>(event.size()));
        out << length << bytesOf(maskedCrc(length)) << event << bytesOf(maskedCrc(event));
        failing = failing || !out;
    }
};

TensorboardWriter::TensorboardWriter(const std::filesystem::path& dir) : impl_(std::make_unique<Impl>()) {
    std::error_code error;
    std::filesystem::create_directories(dir, error);
    std::array<char, 256> host{};
    gethostname(host.data(), host.size() - 1);
    const auto seconds = static_cast<std::int64_t>(wallTime());
    const std::filesystem::path file =
        dir / ("events.out.tfevents." + std::to_string(seconds) + "." + host.data() + "." + std::to_string(getpid()));
    impl_->out.open(file, std::ios::binary | std::ios::app);
    if (!impl_->out) throw Error(ExitCode::kIo, "can not write TensorBoard events", file.string());
    impl_->record(doubleField(1, wallTime()) + bytesField(3, "brain.Event:2"));
}

TensorboardWriter::~TensorboardWriter() = default;

void TensorboardWriter::addScalar(const std::string& tag, double value, std::int64_t step, double wall_time) {
    // Summary.Value{tag = 1, simple_value = 2}
    impl_->record(summaryEvent(wall_time, step, bytesField(1, tag) + floatField(2, static_cast<float>(value))));
}

void TensorboardWriter::addText(const std::string& tag, const std::string& text, std::int64_t step, double wall_time) {
    // TensorProto{dtype = 1 (DT_STRING 7), tensor_shape = 2{dim = 2{size = 1}}, string_val = 8};
    // SummaryMetadata{plugin_data = 1{plugin_name = 1}}; Summary.Value{tag = 1, tensor = 8, metadata = 9}
    const std::string tensor = intField(1, 7) + bytesField(2, bytesField(2, intField(1, 1))) + bytesField(8, text);
    const std::string metadata = bytesField(1, bytesField(1, "text"));
    impl_->record(summaryEvent(wall_time, step, bytesField(1, tag) + bytesField(8, tensor) + bytesField(9, metadata)));
}

void TensorboardWriter::addHistogram(const std::string& tag, const std::vector<std::int32_t>& counts, std::int64_t step,
                                     double wall_time) {
    // HistogramProto{min = 1, max = 2, num = 3, sum = 4, sum_squares = 5, bucket_limit = 6, bucket = 7, the last two
    // packed}; bucket i counts values below its limit i + 1 and from i on. Summary.Value{tag = 1, histo = 5}
    double num = 0, sum = 0, squares = 0;
    std::string limits, buckets;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const auto bin = static_cast<double>(i), count = static_cast<double>(counts[i]);
        num += count;
        sum += bin * count;
        squares += bin * bin * count;
        limits += bytesOf(bin + 1.0);
        buckets += bytesOf(count);
    }
    const std::string histogram = doubleField(1, 0) + doubleField(2, static_cast<double>(counts.size())) +
                                  doubleField(3, num) + doubleField(4, sum) + doubleField(5, squares) +
                                  bytesField(6, limits) + bytesField(7, buckets);
    impl_->record(summaryEvent(wall_time, step, bytesField(1, tag) + bytesField(5, histogram)));
}

void TensorboardWriter::startSession(std::int64_t step, double wall_time) {
    // Event{session_log = 7{status = 1 (START 1)}}
    impl_->record(doubleField(1, wall_time) + intField(2, step) + bytesField(7, intField(1, 1)));
}

void TensorboardWriter::flush() {
    impl_->out.flush();
    impl_->failing = impl_->failing || !impl_->out;
}

bool TensorboardWriter::failing() const {
    return impl_->failing;
}

}  // namespace switchyard::runs

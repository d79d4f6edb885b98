// SPDX-License-Identifier: MIT
#include "core/base/io/checkpoint_tools.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/io/checkpoint_files.h"
#include "core/base/io/safe_file.h"
#include "core/base/io/sha256.h"
#include "core/base/util/error.h"

namespace switchyard::io {
namespace {

using nlohmann::json;

/// Numbers that are looked at together.
constexpr std::int64_t kNumbers = std::int64_t{1} << 18;

/// The tensors of a checkpoint as if each were whole.
class WholeTensors {
public:
    struct Key {
        std::string kind, name;
        auto operator<=>(const Key&) const = default;
    };
    explicit WholeTensors(const fs::path& folder) : manifest_(openCheckpoint(folder)), files_(folder, manifest_) {
        for (const ManifestTensor& part : manifest_.tensors) {
            if (!part.run()) {
                throw Error(ExitCode::kUsage,
                            "The slices of " + part.name + " are blocks of columns, which are not read",
                            folder.string());
            }
            parts_[{part.kind, part.name}].push_back(&part);
        }
    }
    const Manifest& manifest() const { return manifest_; }
    const std::map<Key, std::vector<const ManifestTensor*>>& parts() const { return parts_; }
    const ManifestTensor& formOf(const Key& key) const { return *parts_.at(key).front(); }
    std::int64_t numbersOf(const Key& key) const {
        const auto& shape = formOf(key).global_shape;
        return std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
    }
    Dtype dtypeOf(const Key& key) { return files_.dtypeOf(formOf(key)); }
    std::vector<std::uint8_t> read(const Key& key, std::int64_t first, std::int64_t count) {
        const std::size_t size = dtypeBytes(dtypeOf(key));
        std::vector<std::uint8_t> bytes(static_cast<std::size_t>(count) * size);
        for (const ManifestTensor* part : parts_.at(key)) {
            const CommonRun common = commonRun(*part->run(), {first, count});
            if (common.count == 0) continue;
            files_.read(*part, common.in_a, common.count, bytes.data() + static_cast<std::size_t>(common.in_b) * size);
        }
        return bytes;
    }

private:
    Manifest manifest_;
    CheckpointFiles files_;
    std::map<Key, std::vector<const ManifestTensor*>> parts_;
};

template <typename T>
T valueAt(const std::uint8_t* bytes) {
    T value{};
    std::memcpy(&value, bytes, sizeof value);
    return value;
}

double halfValue(std::uint16_t bits) {
    const int exponent = bits >> 10 & 31;
    const double fraction = bits & 1023;
    const double size = exponent == 0    ? std::ldexp(fraction, -24)
                        : exponent == 31 ? (fraction == 0 ? INFINITY : NAN)
                                         : std::ldexp(1024 + fraction, exponent - 25);
    return (bits & 0x8000) != 0 ? -size : size;
}

double numberAt(Dtype dtype, const std::uint8_t* bytes) {
    switch (dtype) {
        case Dtype::kBool:
        case Dtype::kU8:
            return *bytes;
        case Dtype::kI8:
            return valueAt<std::int8_t>(bytes);
        case Dtype::kI16:
            return valueAt<std::int16_t>(bytes);
        case Dtype::kI32:
            return valueAt<std::int32_t>(bytes);
        case Dtype::kI64:
            return static_cast<double>(valueAt<std::int64_t>(bytes));
        case Dtype::kF16:
            return halfValue(valueAt<std::uint16_t>(bytes));
        case Dtype::kBf16:
            return std::bit_cast<float>(static_cast<std::uint32_t>(valueAt<std::uint16_t>(bytes)) << 16);
        case Dtype::kF32:
            return valueAt<float>(bytes);
        case Dtype::kF64:
            return valueAt<double>(bytes);
    }
    return NAN;
}

/// Of two tensors of the same form; nothing when they are equal.
std::optional<json> differenceOf(WholeTensors& a, WholeTensors& b, const WholeTensors::Key& key) {
    const std::int64_t numbers = a.numbersOf(key);
    const Dtype dtype = a.dtypeOf(key);
    const std::size_t size = dtypeBytes(dtype);
    std::int64_t different = 0;
    double largest = 0;
    for (std::int64_t first = 0; first < numbers; first += kNumbers) {
        const std::int64_t count = std::min(kNumbers, numbers - first);
        const std::vector<std::uint8_t> in_a = a.read(key, first, count), in_b = b.read(key, first, count);
        if (in_a == in_b) continue;
        for (std::size_t at = 0; at < in_a.size(); at += size) {
            if (std::memcmp(in_a.data() + at, in_b.data() + at, size) == 0) continue;
            ++different;
            const double difference = std::abs(numberAt(dtype, in_a.data() + at) - numberAt(dtype, in_b.data() + at));
            largest = std::isnan(difference) || std::isnan(largest) ? NAN : std::max(largest, difference);
        }
    }
    if (different == 0) return std::nullopt;
    return json{{"name", key.name},
                {"kind", key.kind},
                {"numbers", numbers},
                {"different", different},
                {"largest_difference", std::isfinite(largest) ? json(largest) : json()}};
}

/// What one rank has of a tensor.
ManifestTensor::Run runOf(std::int64_t numbers, int rank, int ranks) {
    const std::int64_t own = (numbers + ranks - 1) / ranks, first = std::min(numbers, own * rank);
    return {first, std::min(own, numbers - first)};
}

void writeRank(WholeTensors& from, const std::string& kind, int rank, int ranks, const fs::path& folder,
               Manifest* manifest) {
    std::vector<TensorEntry> entries;
    std::vector<std::pair<WholeTensors::Key, ManifestTensor::Run>> runs;
    const std::string name = rankFileName(kind, rank, ranks);
    for (const auto& [key, parts] : from.parts()) {
        if (key.kind != kind) continue;
        // A single number, or none, is not cut.
        const bool whole = from.numbersOf(key) < 2 || ranks == 1;
        if (whole && rank != 0) continue;
        const ManifestTensor::Run run =
            whole ? ManifestTensor::Run{0, from.numbersOf(key)} : runOf(from.numbersOf(key), rank, ranks);
        if (run.count == 0 && !whole) continue;
        ManifestTensor tensor = *parts.front();
        tensor.file = name;
        if (whole) {
            tensor.offset.assign(tensor.global_shape.size(), 0);
            tensor.shape = tensor.global_shape;
        } else {
            tensor.offset = {run.first};
            tensor.shape = {run.count};
        }
        entries.push_back({key.name, from.dtypeOf(key), tensor.shape, 0, 0});
        runs.emplace_back(key, run);
        manifest->tensors.push_back(std::move(tensor));
    }
    if (entries.empty()) return;
    SafetensorsWriter writer(folder / name, std::move(entries));
    for (const auto& [key, run] : runs) {
        std::int64_t done = 0;
        do {  // at least once: a tensor may be empty
            const std::int64_t count = std::min(kNumbers, run.count - done);
            const std::vector<std::uint8_t> bytes = from.read(key, run.first + done, count);
            writer.writePart(key.name, bytes.data(), bytes.size());
            done += count;
        } while (done < run.count);
    }
    const auto finished = writer.finish();
    manifest->files.push_back({name, finished.bytes, finished.sha256, finished.block_sums});
}

}  // namespace

json diffCheckpoints(const fs::path& a_folder, const fs::path& b_folder) {
    WholeTensors a(a_folder), b(b_folder);
    json result = {{"steps", {a.manifest().step, b.manifest().step}},
                   {"only_in_a", json::array()},
                   {"only_in_b", json::array()},
                   {"info", json::object()},
                   {"tensors", json::array()}};
    for (const auto& [key, parts] : b.parts()) {
        if (!a.parts().contains(key)) result["only_in_b"].push_back(key.name);
    }
    for (const auto& [key, parts] : a.parts()) {
        if (!b.parts().contains(key)) {
            result["only_in_a"].push_back(key.name);
            continue;
        }
        const ManifestTensor &in_a = a.formOf(key), &in_b = b.formOf(key);
        if (in_a.global_shape != in_b.global_shape || in_a.dtype != in_b.dtype) {
            result["tensors"].push_back({{"name", key.name},
                                         {"kind", key.kind},
                                         {"numbers", a.numbersOf(key)},
                                         {"different", a.numbersOf(key)},
                                         {"largest_difference", nullptr},
                                         {"shapes", {in_a.global_shape, in_b.global_shape}},
                                         {"dtypes", {in_a.dtype, in_b.dtype}}});
        } else if (auto difference = differenceOf(a, b, key)) {
            result["tensors"].push_back(std::move(*difference));
        }
    }
    std::set<std::string> names;
    for (const json* info : {&a.manifest().info, &b.manifest().info}) {
        for (const auto& [name, value] : info->items()) names.insert(name);
    }
    for (const std::string& name : names) {
        const json in_a = a.manifest().info.value(name, json()), in_b = b.manifest().info.value(name, json());
        if (in_a != in_b) result["info"][name] = {in_a, in_b};
    }
    result["same"] = result["tensors"].empty() && result["only_in_a"].empty() && result["only_in_b"].empty();
    return result;
}

void reshardCheckpoint(const fs::path& from, int ranks, const fs::path& to) {
    if (fs::exists(to)) throw Error(ExitCode::kUsage, "The folder is there already", to.string(), "Give another name");
    WholeTensors source(from);
    const fs::path temporary = to.parent_path() / (".tmp-" + to.filename().string());
    std::error_code failed;
    fs::remove_all(temporary, failed);
    fs::create_directories(temporary, failed);
    if (failed) throw Error(ExitCode::kIo, "The folder can not be made: " + failed.message(), temporary.string());
    try {
        Manifest manifest = source.manifest();
        manifest.ranks = ranks;
        manifest.files.clear();
        manifest.tensors.clear();
        for (const char* kind : {"model", "optim", "state"}) {
            for (int rank = 0; rank < ranks; ++rank) writeRank(source, kind, rank, ranks, temporary, &manifest);
        }
        for (const ManifestFile& file : source.manifest().files) {
            const bool tensors = std::any_of(source.manifest().tensors.begin(), source.manifest().tensors.end(),
                                             [&](const ManifestTensor& part) { return part.file == file.name; });
            if (tensors) continue;
            writeAtomically(temporary / file.name, readText(from / file.name, file.bytes));
            manifest.files.push_back(file);
        }
        commitCheckpoint(temporary, to, manifest);
    } catch (...) {
        fs::remove_all(temporary, failed);
        throw;
    }
}

}  // namespace switchyard::io

// SPDX-License-Identifier: MIT
#include "core/base/io/manifest.h"

#include <algorithm>
#include <set>

#include "core/base/io/jsonl.h"
#include "core/base/io/strict_json.h"
#include "core/base/util/error.h"

namespace switchyard::io {
namespace {

using nlohmann::json;

constexpr int kMaxDepth = 32;
constexpr std::int64_t kMaxRanks = 1 << 20;

[[noreturn]] void corrupt(const std::string& message, const std::string& where) {
    throw Error(ExitCode::kCorruptCheckpoint, message, where, "Use another checkpoint");
}

/// Typed access to the members of one JSON object.
class Reader {
public:
    Reader(const json& value, std::string what, std::string where)
        : value_(value), what_(std::move(what)), where_(std::move(where)) {
        if (!value.is_object()) corrupt(what_ + " is not an object", where_);
    }

    std::string text(const char* key) const {
        const json& member = get(key);
        if (!member.is_string()) wrong(key, "a string");
        return member.get<std::string>();
    }
    std::int64_t count(const char* key, std::int64_t low, std::int64_t high) const {
        const json& member = get(key);
        if (!isCount(member)) wrong(key, "a count");
        const auto number = member.get<std::int64_t>();
        if (number < low || number > high) wrong(key, "in its range");
        return number;
    }
    std::vector<std::int64_t> counts(const char* key) const {
        std::vector<std::int64_t> numbers;
        for (const json& member : list(key)) {
            if (!isCount(member)) wrong(key, "a list of counts");
            numbers.push_back(member.get<std::int64_t>());
        }
        return numbers;
    }
    const json& list(const char* key) const {
        const json& member = get(key);
        if (!member.is_array()) wrong(key, "a list");
        return member;
    }
    bool has(const char* key) const { return value_.contains(key); }
    const json& get(const char* key) const {
        const auto found = value_.find(key);
        if (found == value_.end()) corrupt(what_ + " has no \"" + key + "\"", where_);
        return *found;
    }

private:
    static bool isCount(const json& member) {
        return member.is_number_unsigned() && member.get<std::uint64_t>() <= static_cast<std::uint64_t>(INT64_MAX);
    }
    [[noreturn]] void wrong(const char* key, const char* wanted) const {
        corrupt("\"" + std::string(key) + "\" of " + what_ + " is not " + wanted, where_);
    }

    const json& value_;
    std::string what_, where_;
};

/// Only names that stay in the folder.
void requirePlainName(const std::string& name, const std::string& where) {
    const bool plain = !name.empty() && name.front() != '.' && name.find('/') == std::string::npos &&
                       name.find('\0') == std::string::npos && name != "manifest.json" && name != "COMMIT";
    if (!plain) corrupt("Not a plain file name: " + escapeForDisplay(name.substr(0, 200)), where);
}

bool isSha256(const std::string& text) {
    return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

/// Elements of a shape. Throws on overflow, also where another size is zero.
std::uint64_t volume(const std::vector<std::int64_t>& shape, const std::string& name, const std::string& where) {
    std::uint64_t product = 1;
    bool empty = false;
    for (const std::int64_t size : shape) {
        empty = empty || size == 0;
        if (__builtin_mul_overflow(product, static_cast<std::uint64_t>(std::max<std::int64_t>(1, size)), &product) ||
            product > static_cast<std::uint64_t>(INT64_MAX)) {
            corrupt("The tensor " + name + " is too large", where);
        }
    }
    return empty ? 0 : product;
}

bool overlap(const ManifestTensor& a, const ManifestTensor& b) {
    for (std::size_t d = 0; d < a.shape.size(); ++d) {
        if (a.offset[d] >= b.offset[d] + b.shape[d] || b.offset[d] >= a.offset[d] + a.shape[d]) return false;
    }
    return true;
}

bool isRun(const ManifestTensor& slice) {
    return slice.shape.size() == 1 && slice.offset.size() == 1 && slice.global_shape.size() != 1;
}

/// The same where some slices are runs: all of them must be.
void requireRunsCover(const std::vector<const ManifestTensor*>& slices, std::uint64_t whole, const std::string& name,
                      const std::string& where) {
    std::vector<ManifestTensor::Run> runs;
    for (const ManifestTensor* slice : slices) {
        const auto run = slice->run();
        if (!run) corrupt("The slices of " + name + " do not fit together", where);
        const std::int64_t end = static_cast<std::int64_t>(whole);
        if (run->first > end || run->count > end - run->first)
            corrupt("A slice of " + name + " reaches outside", where);
        if (run->count > 0) runs.push_back(*run);
    }
    std::sort(runs.begin(), runs.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::int64_t next = 0;
    for (const auto& run : runs) {
        if (run.first < next) corrupt("Two slices of " + name + " overlap", where);
        if (run.first > next) corrupt("The slices of " + name + " leave a hole", where);
        next += run.count;
    }
    if (static_cast<std::uint64_t>(next) != whole) corrupt("The slices of " + name + " leave a hole", where);
}

/// The slices of one global tensor must cover every element once.
void requireCover(const std::vector<const ManifestTensor*>& slices, const std::string& where) {
    const ManifestTensor& first = *slices.front();
    const std::string name = escapeForDisplay(first.name.substr(0, 200));
    const std::uint64_t whole = volume(first.global_shape, name, where);
    for (const ManifestTensor* slice : slices) {
        if (slice->global_shape != first.global_shape || slice->dtype != first.dtype) {
            corrupt("The slices of " + name + " disagree about its shape or dtype", where);
        }
    }
    if (std::any_of(slices.begin(), slices.end(), [](const ManifestTensor* slice) { return isRun(*slice); })) {
        requireRunsCover(slices, whole, name, where);
        return;
    }
    std::uint64_t covered = 0;
    for (std::size_t i = 0; i < slices.size(); ++i) {
        const ManifestTensor& slice = *slices[i];
        if (slice.offset.size() != slice.global_shape.size() || slice.shape.size() != slice.global_shape.size()) {
            corrupt("A slice of " + name + " has the wrong number of dimensions", where);
        }
        for (std::size_t d = 0; d < slice.shape.size(); ++d) {
            if (slice.offset[d] > slice.global_shape[d] || slice.shape[d] > slice.global_shape[d] - slice.offset[d]) {
                corrupt("A slice of " + name + " reaches outside", where);
            }
        }
        for (std::size_t j = 0; j < i; ++j) {
            if (whole > 0 && overlap(slice, *slices[j])) corrupt("Two slices of " + name + " overlap", where);
        }
        covered += volume(slice.shape, name, where);  // no overflow: disjoint slices of `whole`
    }
    if (covered != whole) corrupt("The slices of " + name + " leave a hole", where);
}

void checkCover(const std::vector<ManifestTensor>& tensors, const std::string& where) {
    std::map<std::pair<std::string, std::string>, std::vector<const ManifestTensor*>> groups;
    for (const ManifestTensor& tensor : tensors) groups[{tensor.kind, tensor.name}].push_back(&tensor);
    for (const auto& [key, slices] : groups) requireCover(slices, where);
}

}  // namespace

std::optional<ManifestTensor::Run> ManifestTensor::run() const {
    if (isRun(*this)) return Run{offset[0], shape[0]};
    if (offset.size() != global_shape.size() || shape.size() != global_shape.size()) return std::nullopt;
    // Rows of the first dimension, with all that is in them.
    Run run{0, 1};
    for (std::size_t d = 0; d < shape.size(); ++d) {
        if (d > 0 && shape[d] != global_shape[d]) return std::nullopt;
        if (d > 0) run.first *= global_shape[d];
        if (d == 0) run.first = offset[0];
        run.count *= shape[d];
    }
    return run;
}

std::string Manifest::toJson() const {
    json file_list = json::array();
    for (const ManifestFile& file : files) {
        file_list.push_back({{"name", file.name}, {"bytes", file.bytes}, {"sha256", file.sha256}});
        if (!file.block_sums.empty()) file_list.back()["block_sums"] = blockSumsText(file.block_sums);
    }
    json tensor_list = json::array();
    for (const ManifestTensor& tensor : tensors) {
        tensor_list.push_back({{"name", tensor.name},
                               {"file", tensor.file},
                               {"kind", tensor.kind},
                               {"dtype", tensor.dtype},
                               {"global_shape", tensor.global_shape},
                               {"offset", tensor.offset},
                               {"shape", tensor.shape}});
    }
    const json manifest = {{"format", kFormat},  {"step", step},           {"ranks", ranks}, {"created_by", created_by},
                           {"files", file_list}, {"tensors", tensor_list}, {"info", info}};
    return manifest.dump(1) + "\n";
}

Manifest Manifest::fromJson(const std::string& text, const std::string& where) {
    json value;
    std::string problem;
    if (!parseStrictJson(text, kMaxDepth, &value, &problem)) corrupt("Broken manifest: " + problem, where);
    const Reader reader(value, "the manifest", where);
    const std::int64_t format = reader.count("format", 1, 1 << 20);
    if (format != kFormat) {
        throw Error(
            ExitCode::kCorruptCheckpoint,
            "The checkpoint has format " + std::to_string(format) + "; this program reads " + std::to_string(kFormat),
            where, "Use the version of Switchyard that made it");
    }
    Manifest manifest;
    manifest.step = reader.count("step", 0, INT64_MAX);
    manifest.ranks = static_cast<int>(reader.count("ranks", 1, kMaxRanks));
    manifest.created_by = reader.text("created_by");
    manifest.info = reader.get("info");
    if (!manifest.info.is_object()) corrupt("\"info\" of the manifest is not an object", where);
    std::set<std::string> names;
    for (const json& entry : reader.list("files")) {
        const Reader row(entry, "a file of the manifest", where);
        ManifestFile file;
        file.name = row.text("name");
        requirePlainName(file.name, where);
        if (!names.insert(file.name).second) corrupt("The file " + file.name + " is listed twice", where);
        file.bytes = static_cast<std::uint64_t>(row.count("bytes", 0, INT64_MAX));
        file.sha256 = row.text("sha256");
        if (!isSha256(file.sha256)) corrupt("The SHA-256 of " + file.name + " is malformed", where);
        if (row.has("block_sums") && (!parseBlockSums(row.text("block_sums"), &file.block_sums) ||
                                      file.block_sums.size() != blocksOf(file.bytes))) {
            corrupt("The block sums of " + file.name + " are malformed", where);
        }
        manifest.files.push_back(std::move(file));
    }
    for (const json& entry : reader.list("tensors")) {
        const Reader row(entry, "a tensor of the manifest", where);
        ManifestTensor tensor;
        tensor.name = row.text("name");
        tensor.file = row.text("file");
        tensor.kind = row.text("kind");
        tensor.dtype = row.text("dtype");
        tensor.global_shape = row.counts("global_shape");
        tensor.offset = row.counts("offset");
        tensor.shape = row.counts("shape");
        if (names.find(tensor.file) == names.end()) {
            corrupt("A tensor names a file that is not listed: " + escapeForDisplay(tensor.file.substr(0, 200)), where);
        }
        if (tensor.kind != "model" && tensor.kind != "optim" && tensor.kind != "state") {
            corrupt("A tensor is neither model, optim nor state", where);
        }
        manifest.tensors.push_back(std::move(tensor));
    }
    checkCover(manifest.tensors, where);
    return manifest;
}

}  // namespace switchyard::io

// SPDX-License-Identifier: MIT
#include "core/retrieval/graph.h"

// Before hnswlib, which does not name all that it uses.
#include <mutex>
#include <unordered_map>

#include <hnswlib/hnswlib.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <new>

#include "core/base/io/safe_file.h"
#include "core/base/util/error.h"
#include "core/retrieval/byte_products.h"

namespace switchyard::retrieval {
namespace {

/// A vector as the graph holds it: a scale, then a byte a number.
constexpr std::size_t kScaleBytes = sizeof(float);

void pack(const float* vector, std::size_t dim, std::vector<char>* out) {
    float largest = 0;
    for (std::size_t i = 0; i < dim; ++i) largest = std::max(largest, std::abs(vector[i]));
    const float scale = largest > 0 ? largest / 127.0F : 1.0F;
    std::memcpy(out->data(), &scale, kScaleBytes);
    for (std::size_t i = 0; i < dim; ++i) {
        (*out)[kScaleBytes + i] = static_cast<char>(static_cast<std::int8_t>(std::lround(vector[i] / scale)));
    }
}

float distance(const void* a, const void* b, const void* dim) {
    float of_a = 0, of_b = 0;
    std::memcpy(&of_a, a, kScaleBytes);
    std::memcpy(&of_b, b, kScaleBytes);
    const auto* bytes_a = static_cast<const std::int8_t*>(a) + kScaleBytes;
    const auto* bytes_b = static_cast<const std::int8_t*>(b) + kScaleBytes;
    const std::int32_t sum = byteProduct(bytes_a, bytes_b, *static_cast<const std::int64_t*>(dim));
    return -of_a * of_b * static_cast<float>(sum);
}

class ByteSpace final : public hnswlib::SpaceInterface<float> {
public:
    explicit ByteSpace(std::int64_t dim) : dim_(dim) {}
    std::size_t get_data_size() override { return kScaleBytes + static_cast<std::size_t>(dim_); }
    hnswlib::DISTFUNC<float> get_dist_func() override { return distance; }
    void* get_dist_func_param() override { return &dim_; }

private:
    std::int64_t dim_;
};

}  // namespace

struct Graph::Impl {
    explicit Impl(std::int64_t numbers) : dim(numbers), space(numbers), packed(space.get_data_size()) {}

    std::int64_t dim;
    ByteSpace space;
    std::unique_ptr<hnswlib::HierarchicalNSW<float>> net;
    std::vector<char> packed;
};

Graph::Graph(std::int64_t dim, std::int64_t rows, const GraphShape& shape) : impl_(std::make_unique<Impl>(dim)) {
    try {
        impl_->net = std::make_unique<hnswlib::HierarchicalNSW<float>>(
            &impl_->space, static_cast<std::size_t>(std::max<std::int64_t>(rows, 1)),
            static_cast<std::size_t>(shape.neighbours), static_cast<std::size_t>(shape.candidates));
    } catch (const std::runtime_error& failed) {
        throw Error(ExitCode::kOutOfMemory, std::string("There is not enough memory for the graph: ") + failed.what());
    }
}

Graph::Graph(const std::filesystem::path& file, std::int64_t dim, std::int64_t rows)
    : impl_(std::make_unique<Impl>(dim)) {
    try {
        impl_->net = std::make_unique<hnswlib::HierarchicalNSW<float>>(&impl_->space, file.string(), false,
                                                                       static_cast<std::size_t>(rows));
    } catch (const std::runtime_error& failed) {
        throw Error(ExitCode::kCorruptCheckpoint, std::string("The graph can not be read: ") + failed.what(),
                    file.string(), "Build the index again");
    }
    const auto& net = *impl_->net;
    const std::size_t expected = net.size_links_level0_ + net.data_size_ + sizeof(hnswlib::labeltype);
    if (net.size_data_per_element_ != expected || this->rows() > rows) {
        throw Error(ExitCode::kCorruptCheckpoint, "The graph is not one of these vectors", file.string(),
                    "Build the index again");
    }
}

Graph::~Graph() = default;

std::int64_t Graph::rows() const {
    return static_cast<std::int64_t>(impl_->net->cur_element_count);
}

void Graph::add(const float* vector) {
    pack(vector, static_cast<std::size_t>(impl_->dim), &impl_->packed);
    try {
        impl_->net->addPoint(impl_->packed.data(), static_cast<hnswlib::labeltype>(rows()));
    } catch (const std::runtime_error& failed) {
        throw Error(ExitCode::kOutOfMemory, std::string("The graph can not take a vector: ") + failed.what());
    }
}

std::vector<std::int64_t> Graph::search(const float* query, std::int64_t count, std::int64_t breadth) const {
    std::vector<char> packed(impl_->packed.size());
    pack(query, static_cast<std::size_t>(impl_->dim), &packed);
    auto found = impl_->net->searchKnn(packed.data(), static_cast<std::size_t>(std::max(count, breadth)));
    std::vector<std::int64_t> rows;
    for (; !found.empty(); found.pop()) rows.push_back(static_cast<std::int64_t>(found.top().second));
    std::reverse(rows.begin(), rows.end());
    if (static_cast<std::int64_t>(rows.size()) > count) rows.resize(static_cast<std::size_t>(count));
    return rows;
}

void Graph::save(const std::filesystem::path& file) const {
    std::filesystem::path temporary = file;
    temporary += ".tmp";
    auto& net = *impl_->net;
    net.saveIndex(temporary.string());
    // hnswlib does not tell of a full disk: the length does.
    std::uintmax_t expected = 10 * sizeof(std::size_t) + sizeof(int) + sizeof(hnswlib::tableint) + sizeof(double) +
                              net.cur_element_count * net.size_data_per_element_;
    for (std::size_t i = 0; i < net.cur_element_count; ++i) {
        expected += sizeof(unsigned) + net.size_links_per_element_ * static_cast<std::size_t>(net.element_levels_[i]);
    }
    std::error_code failed;
    const std::uintmax_t written = std::filesystem::file_size(temporary, failed);
    if (failed || written != expected) {
        std::filesystem::remove(temporary, failed);
        throw Error(ExitCode::kIo, "The graph could not be written", file.string(), "Make room on the disk");
    }
    io::syncPath(temporary);
    std::filesystem::rename(temporary, file, failed);
    if (failed) throw Error(ExitCode::kIo, "The graph could not be put in place: " + failed.message(), file.string());
}

}  // namespace switchyard::retrieval

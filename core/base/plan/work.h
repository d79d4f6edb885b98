// SPDX-License-Identifier: MIT
// What a rank computes in a step: matrix products by their sizes, and how much memory goes through its hands.
#pragma once

#include <compare>
#include <map>

namespace switchyard::plan {

struct Work {
    /// [rows, in] times [in, out].
    struct Product {
        double rows = 0, in = 0, out = 0;
        double flops() const { return 2 * rows * in * out; }
        auto operator<=>(const Product&) const = default;
    };
    std::map<Product, double> products;  ///< how often each
    double operations = 0;               ///< tensors that are made
    double moved_bytes = 0;              ///< written to make them and read again
    double updated = 0;                  ///< numbers that the optimizer updates

    void product(double rows, double in, double out, double times = 1) {
        if (rows > 0 && in > 0 && out > 0) products[{rows, in, out}] += times;
    }
    void add(const Work& other, double times = 1) {
        for (const auto& [product, count] : other.products) products[product] += count * times;
        operations += other.operations * times;
        moved_bytes += other.moved_bytes * times;
        updated += other.updated * times;
    }
    double flops() const {
        double sum = 0;
        for (const auto& [product, count] : products) sum += product.flops() * count;
        return sum;
    }
};

}  // namespace switchyard::plan

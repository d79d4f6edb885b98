// SPDX-License-Identifier: MIT
// The bf16 products against sums in fp64, for every placement of the operands and for sizes around the blocking's.
#include <ATen/ATen.h>

#include <QtTest>

#include "core/model/moe/bf16_products.h"

using namespace switchyard;

namespace {

model::Bf16Operand operandOf(const at::Tensor& matrix) {
    const bool turned = matrix.stride(1) != 1;
    return {matrix.const_data_ptr(), turned ? matrix.stride(1) : matrix.stride(0), turned, matrix.scalar_type() == at::kFloat};
}

at::Tensor product(const at::Tensor& a, const at::Tensor& b, at::ScalarType type) {
    // Inside a larger matrix, so that what is written beside the result shows.
    const at::Tensor frame = at::full({a.size(0) + 1, b.size(1) + 3}, 7, at::TensorOptions(type));
    model::bf16Product(a.size(0), b.size(1), a.size(1), operandOf(a), operandOf(b), frame.mutable_data_ptr(), frame.stride(0), type == at::kFloat);
    if (!frame.narrow(0, a.size(0), 1).eq(7).all().item<bool>() || !frame.narrow(1, b.size(1), 3).eq(7).all().item<bool>()) return {};
    return frame.narrow(0, 0, a.size(0)).narrow(1, 0, b.size(1)).contiguous();
}

/// [rows, columns], lying in memory as its transpose if `turned`.
at::Tensor random(std::int64_t rows, std::int64_t columns, bool turned, at::ScalarType type) {
    return turned ? at::randn({columns, rows}).to(type).t() : at::randn({rows, columns}).to(type);
}

}  // namespace

class Bf16ProductsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() {
        if (!model::bf16ProductsAvailable()) QSKIP("this processor has no AVX512_BF16");
        at::manual_seed(5);
    }

    void everyPlacementAndSize() {
        const std::vector<std::array<std::int64_t, 3>> sizes = {{1, 1, 1},    {5, 64, 2},    {6, 63, 32},   {7, 65, 33},
                                                                {48, 16, 31}, {49, 17, 64},  {97, 200, 5},  {13, 128, 130},
                                                                {130, 1, 95}, {200, 300, 66}};
        for (const auto& [m, n, k] : sizes) {
            for (int kind = 0; kind < 16; ++kind) {
                const at::Tensor a = random(m, k, (kind & 1) != 0, at::kBFloat16);
                const at::Tensor b = random(k, n, (kind & 2) != 0, (kind & 4) != 0 ? at::kFloat : at::kBFloat16);
                const at::ScalarType type = (kind & 8) != 0 ? at::kFloat : at::kBFloat16;
                const at::Tensor exact = at::mm(a.to(at::kDouble), b.to(at::kBFloat16).to(at::kDouble));
                const at::Tensor size = at::mm(a.abs().to(at::kDouble), b.to(at::kBFloat16).abs().to(at::kDouble));
                const at::Tensor got = product(a, b, type);
                const std::string name = std::to_string(m) + " x " + std::to_string(n) + " x " + std::to_string(k) + ", kind " + std::to_string(kind);
                QVERIFY2(got.defined(), ("wrote beside the result: " + name).c_str());
                // fp32 sums err by 2^-24 a step of the sum; a bf16 result by 2^-9 of itself.
                const at::Tensor allowed = size * (static_cast<double>(k) * std::ldexp(1.0, -24)) + (type == at::kFloat ? 0.0 : std::ldexp(1.0, -8)) * exact.abs();
                QVERIFY2((got.to(at::kDouble) - exact).abs().le(allowed).all().item<bool>(), name.c_str());
            }
        }
    }

    /// What a row's result is depends on no other row: padding and other tokens change nothing, bit for bit.
    void rowsAreIndependent() {
        const at::Tensor a = random(100, 70, false, at::kBFloat16), b = random(70, 130, false, at::kFloat);
        const at::Tensor all = product(a, b, at::kFloat);
        for (const std::int64_t count : {1, 5, 6, 7, 48, 99}) {
            QVERIFY(product(a.narrow(0, 100 - count, count), b, at::kFloat).equal(all.narrow(0, 100 - count, count)));
        }
    }

    /// A bf16 copy of a weight gives the same as the fp32 master.
    void mastersAreRoundedOnTheWay() {
        const at::Tensor a = random(20, 64, false, at::kBFloat16), b = random(64, 96, false, at::kFloat);
        QVERIFY(product(a, b, at::kFloat).equal(product(a, b.to(at::kBFloat16), at::kFloat)));
        const at::Tensor turned = random(64, 96, true, at::kFloat);
        QVERIFY(product(a, turned, at::kFloat).equal(product(a, turned.to(at::kBFloat16), at::kFloat)));
        QVERIFY(product(a, turned, at::kFloat).equal(product(a, turned.contiguous(), at::kFloat)));
    }
};

QTEST_GUILESS_MAIN(Bf16ProductsTest)
#include "bf16_products_test.moc"

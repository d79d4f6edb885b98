// SPDX-License-Identifier: MIT
// The layers that a model's replay is made of; each keeps what its counterpart in core/model keeps.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "core/base/plan/parameters.h"
#include "core/base/plan/replay.h"
#include "core/base/plan/work.h"

namespace switchyard::plan {

/// How the replayed process computes.
struct Widths {
    double weight = 4;   ///< bytes of a stored weight
    double compute = 4;  ///< of a number in matrix products
    double score = 4;    ///< of a number in attention
    bool mixed() const { return compute != weight; }
};

/// Copies of weights in the type that is computed in: one a forward pass, as autocast keeps them.
class Casts {
public:
    Casts(MemoryPool& pool, const std::vector<ParameterTensor>& list, Widths widths)
        : pool_(pool), list_(list), widths_(widths) {}
    /// Empty where nothing has to be converted.
    Buffer of(int parameter);
    void clear() { kept_.clear(); }

private:
    MemoryPool& pool_;
    const std::vector<ParameterTensor>& list_;
    Widths widths_;
    std::map<int, Buffer> kept_;
};

/// Matrix products of different sizes: a library that makes code for each size keeps it.
class Products {
public:
    struct Size {
        double rows = 0, in = 0, out = 0;
        auto operator<=>(const Size&) const = default;
    };
    void add(double rows, double in, double out) { sizes_.insert({rows, in, out}); }
    const std::set<Size>& sizes() const { return sizes_; }

private:
    std::set<Size> sizes_;
};

/// Samples of equal length that are computed together.
struct LengthRun {
    double samples = 0, length = 0;
    double rows() const { return samples * length; }
};

class Ops {
public:
    Ops(Graph& graph, Casts& casts, Products& products, Work& work, const std::vector<ParameterTensor>& list,
        Widths widths, bool gpu)
        : graph_(graph), casts_(casts), products_(products), work_(work), list_(list), widths_(widths), gpu_(gpu) {}

    Graph& graph() { return graph_; }
    Work& work() { return work_; }
    const Widths& widths() const { return widths_; }
    bool gpu() const { return gpu_; }
    bool trained(int parameter) const { return parameter >= 0 && list_[static_cast<std::size_t>(parameter)].trained; }

    /// In the compute type. Shapes: [rows, in] -> [rows, out].
    Value linear(const Value& x, double rows, const LinearPlaces& of, double dropout = 0);
    Value norm(const Value& x, double rows, const NormPlaces& of);
    /// fc2(gelu(fc1(x))), or relu.
    Value feedForward(const Value& x, double rows, const LinearPlaces& fc1, const LinearPlaces& fc2, bool relu,
                      double dropout);
    Value activation(const Value& x);
    /// x + y, of the wider type; with dropout on y a byte a number is kept.
    Value add(const Value& x, const Value& y, double dropout = 0);
    Value dropped(const Value& x, double dropout);
    Value cast(const Value& x, double width);
    /// Along the first dimension.
    Value cat(const std::vector<Value>& parts);
    /// The first of two parts and the rest, as views: their gradients are put together again.
    std::vector<Value> split(const Value& x, const std::vector<double>& numbers);
    /// Rows chosen by number. Shapes: [.., width] -> [rows, width].
    Value chosenRows(const Value& x, double numbers);
    /// Any node that makes `numbers` from x and keeps `saved`.
    Value map(const Value& x, double numbers, double width, std::vector<Buffer> saved,
              std::vector<double> scratch = {});

    /// Self-attention of packed samples. Shapes: qkv [rows, 3 dim] -> [rows, dim].
    Value selfAttention(const Value& qkv, const std::vector<LengthRun>& runs, double dim, double heads);
    /// Shapes: q [.., dim], kv [.., 2 dim]; for each run `queries` and `keys` a sample.
    Value crossAttention(const Value& q, const Value& kv, const std::vector<std::pair<LengthRun, LengthRun>>& runs,
                         double dim, double heads);

    /// A gradient of `numbers` of a parameter, if it is trained.
    void want(Step* step, int parameter, double width, bool inside = false) const;

    /// Forward, and what the backward will do besides.
    void countProduct(double rows, double in, double out, bool weight_gradient, bool input_gradient, double times = 1);

private:
    /// For each of `heads` and `samples` a table of queries by keys.
    struct Table {
        double samples = 0, queries = 0, keys = 0, heads = 0, dim = 0;
    };
    Value attend(const Value& q, const Value& k, const Value& v, const Table& table);
    Value adapters(const Value& x, Value y, double rows, const LinearPlaces& of, double dropout);

    Graph& graph_;
    Casts& casts_;
    Products& products_;
    Work& work_;
    const std::vector<ParameterTensor>& list_;
    Widths widths_;
    bool gpu_;
};

}  // namespace switchyard::plan

// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/parallel/sharding.h"
#include "core/parallel/squares.h"
#include "core/parallel/weight_units.h"

namespace switchyard::parallel {

class FlatShare;

/// parallel.shard fsdp: weights, gradients and optimizer state in flat shares, unit by unit.
/// Every rank must run the same units in the same order.
class FlatSharding final : public Sharding, public WeightUnits {
public:
    /// Takes the parameters' memory over: afterwards a parameter has values only while its unit is fetched.
    FlatSharding(const std::vector<Parameter>& parameters, const Mesh& mesh, const RunConfig::Parallel& config);
    ~FlatSharding() override;

    std::vector<Piece> weights() const override;
    const std::vector<Piece>& updated() const override { return updated_; }
    void begin() override;
    void beforeBackward(bool last) override;
    bool ownGradientsFinite() override;
    void finish() override;
    void updateInBackward(std::function<void(std::size_t, std::size_t)> update) override {
        update_ = std::move(update);
    }
    double gradientNorm() override;
    void publish() override {}
    WeightUnits* units() override { return this; }

    void fetch(const std::string& unit) override;
    void release(const std::string& unit) override;
    void fetchForBackward(const std::string& unit) override;

private:
    struct Unit;
    Unit& unitNamed(const std::string& name);
    void startNext(const Unit& unit, int direction);
    void gradientReady(Unit& unit, FlatShare& share);
    void reduce(FlatShare& share);
    void reduceRest();
    void settle(FlatShare& share);

    const Mesh& mesh_;
    bool reshard_after_forward_;
    /// In the backward the next unit is fetched while this one computes. On CPUs, where the compute and the exchange
    /// share the cores, it is fetched once this one's weights are gone, beside the sum of its gradients: the backward
    /// of the last units is where memory is at its peak.
    bool early_;
    std::vector<std::unique_ptr<Unit>> units_;
    std::vector<Unit*> order_;  ///< of the forward
    bool ordered_ = false, reduces_ = true;
    SumOfSquares own_squares_;
    FlatShare* in_flight_ = nullptr;
    std::vector<Piece> updated_;
    std::function<void(std::size_t, std::size_t)> update_;
};

}  // namespace switchyard::parallel

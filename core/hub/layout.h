// SPDX-License-Identifier: MIT
// How other libraries call the weights of the encoders that we can read and write, and how they lay them out.
#pragma once

#include <array>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/base/config/run_config.h"

namespace switchyard::hub {

/// How a tensor of ours relates to theirs.
enum class Form {
    kSame,
    kJoined,   ///< three of theirs (query, key, value), one below the other
    kLeading,  ///< theirs has leading dimensions of 1
    kPatches,  ///< theirs is a convolution kernel [D, 3, p, p], ours its rows [D, 3 p p]
    kOffset,   ///< theirs has two rows of positions before the first (RoBERTa)
};

/// One tensor; "#" stands for a block's number, "*" for weight and bias.
struct Rule {
    const char* ours;
    std::array<const char*, 3> theirs;  ///< the last two only with kJoined
    Form form = Form::kSame;
    bool optional = false;  ///< may be missing there: zeros here
};

struct Layout {
    const char* name;      ///< "bert", "roberta", "distilbert", "vit", "open_clip"
    const char* encoder;   ///< "text." or "vision."
    std::vector<const char*> prefixes;  ///< that a file may have before every name
    std::vector<Rule> rules;
    /// Modules with adapters: our target ("q", ...) -> their module below a block, for PEFT; "" = none.
    const char* block_module;  ///< "encoder.layer.#."
    std::array<std::pair<const char*, const char*>, 6> modules;
};

/// The layout of a model folder from its config.json, or from names that only one has. Throws: Error(kBadData) when none
/// fits, naming those that are known.
const Layout& layoutOf(const nlohmann::json& config, const std::vector<std::string>& names);
/// By name. Throws: Error(kRunFailed).
const Layout& layoutNamed(const std::string& name);

/// Sizes and options of the encoder from a config.json. Throws: Error(kBadData) for options that we do not have (another
/// activation, relative positions, a decoder), naming them.
RunConfig configFrom(const Layout& layout, const nlohmann::json& config);

/// A config.json that transformers reads, of the text encoder (BertModel) or the image encoder (ViTModel).
/// Throws: Error(kBadConfig) naming what of the model these have not (ALiBi, experts, a convolutional stem, ...).
nlohmann::json configTo(const Layout& layout, const RunConfig& config);

/// Rules written out: ours -> theirs, for so many blocks.
struct Mapping {
    std::string ours;
    std::vector<std::string> theirs;
    Form form = Form::kSame;
    bool optional = false;
};
std::vector<Mapping> mappings(const Layout& layout, std::int64_t blocks);

}  // namespace switchyard::hub

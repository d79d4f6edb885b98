// SPDX-License-Identifier: MIT
// Schema rows of `model`.
#include "core/base/config/schema_row.h"

namespace switchyard::config {
namespace {

/// The adapters of an encoder.
#define SWITCHYARD_LORA_ROWS(encoder)                                                                              \
    rows.push_back(SWITCHYARD_KEY(model.encoder.lora.rank)                                                         \
                       .range(0, 4096)                                                                             \
                       .text("Rank", "", "Rank of the encoder's low-rank adapters. 0 means no adapters."));        \
    rows.push_back(SWITCHYARD_KEY(model.encoder.lora.alpha)                                                        \
                       .range(0, 1000000)                                                                          \
                       .text("Alpha", "", "The adapters' output is scaled by alpha / rank."));                     \
    rows.push_back(SWITCHYARD_KEY(model.encoder.lora.dropout)                                                      \
                       .range(0, 0.95)                                                                             \
                       .text("Dropout", "probability", "Dropout on the adapters' input in training."));            \
    rows.push_back(SWITCHYARD_KEY(model.encoder.lora.rank_stabilized)                                              \
                       .text("Rank-stabilised", "", "Scale by alpha / sqrt(rank) instead of alpha / rank."));      \
    rows.push_back(                                                                                                \
        SWITCHYARD_KEY(model.encoder.lora.targets)                                                                 \
            .items({"q", "k", "v", "o", "fc1", "fc2"})                                                             \
            .text("Targets", "", "Matrices that get an adapter: query, key, value, output, and the FFN's two."));  \
    rows.push_back(SWITCHYARD_KEY(model.encoder.lora.freeze_base)                                                  \
                       .text("Freeze base", "",                                                                    \
                             "Train only the adapters and leave the matrices under them as they are."))

void addTextRows(Rows& rows) {
    rows.push_back(
        SWITCHYARD_KEY(model.text.layers).range(1, 256).text("Layers", "blocks", "Blocks of the text encoder."));
    rows.push_back(
        SWITCHYARD_KEY(model.text.dim)
            .range(4, 65536)
            .text("Width", "features", "Width of the text encoder. It must be divisible by the number of heads."));
    rows.push_back(SWITCHYARD_KEY(model.text.heads)
                       .range(1, 1024)
                       .text("Heads", "per block", "Attention heads of each text block."));
    rows.push_back(SWITCHYARD_KEY(model.text.ffn_dim)
                       .range(1, 1048576)
                       .text("FFN width", "features", "Hidden width of the dense FFN of each text block."));
    rows.push_back(SWITCHYARD_KEY(model.text.max_tokens)
                       .range(2, 8192)
                       .text("Longest text", "tokens", "Texts are cut to this many tokens."));
    rows.push_back(
        SWITCHYARD_KEY(model.text.vocab_size)
            .range(16, 1000000)
            .text("Vocabulary", "pieces", "Pieces of the tokenizer; one trained at the start gets at most this many."));
    rows.push_back(
        SWITCHYARD_KEY(model.text.moe_every)
            .range(0, 256)
            .text("MoE every", "blocks", "Every n-th text block has a mixture of experts as its FFN. 0 means none."));
    rows.push_back(
        SWITCHYARD_KEY(model.text.causal).text("Causal", "", "Each token sees only itself and the tokens before it."));
    rows.push_back(SWITCHYARD_CHOICE(model.text.position, "alibi", "learned")
                       .text("Position", "",
                             "How a token's place is known: alibi lowers attention scores with distance, learned adds "
                             "a learned row for each place, as BERT does."));
    rows.push_back(SWITCHYARD_CHOICE(model.text.norm, "pre", "post")
                       .text("Norm", "", "Layer norms before each half of a block, or after it, as in BERT."));
    rows.push_back(SWITCHYARD_KEY(model.text.norm_eps)
                       .range(1e-12, 0.1)
                       .text("Norm epsilon", "", "Added to the variance in layer norms."));
    rows.push_back(SWITCHYARD_KEY(model.text.token_types)
                       .range(0, 16)
                       .text("Token types", "rows",
                             "Rows of a learned table that tells the first text of a pair from the second. 0 means none."));
    rows.push_back(SWITCHYARD_CHOICE(model.text.pool, "mean", "first")
                       .text("Pool", "", "What stands for a text: the mean of its tokens, or the first token."));
    rows.push_back(SWITCHYARD_KEY(model.text.dropout)
                       .range(0, 0.95)
                       .text("Dropout", "probability",
                             "Dropout in training on the embeddings and on what each half of a block adds."));
    SWITCHYARD_LORA_ROWS(text);
    rows.push_back(SWITCHYARD_KEY(model.text.init_from)
                       .text("Start from", "model or checkpoint",
                             "Model folder (see `ckpt import`) or checkpoint whose text encoder is the start. Empty "
                             "means fresh weights."));
}

void addVisionRows(Rows& rows) {
    rows.push_back(
        SWITCHYARD_KEY(model.vision.layers).range(1, 256).text("Layers", "blocks", "Blocks of the image encoder."));
    rows.push_back(
        SWITCHYARD_KEY(model.vision.dim)
            .range(4, 65536)
            .text("Width", "features", "Width of the image encoder. It must be divisible by the number of heads."));
    rows.push_back(SWITCHYARD_KEY(model.vision.heads)
                       .range(1, 1024)
                       .text("Heads", "per block", "Attention heads of each image block."));
    rows.push_back(SWITCHYARD_KEY(model.vision.ffn_dim)
                       .range(1, 1048576)
                       .text("FFN width", "features", "Hidden width of the dense FFN of each image block."));
    rows.push_back(SWITCHYARD_KEY(model.vision.image_size)
                       .range(4, 4096)
                       .text("Image size", "pixels", "Height and width that images are brought to."));
    rows.push_back(
        SWITCHYARD_KEY(model.vision.patch_size)
            .range(1, 1024)
            .text("Patch size", "pixels",
                  "Height and width of a patch, the image's token. The image size must be divisible by it."));
    rows.push_back(
        SWITCHYARD_KEY(model.vision.moe_every)
            .range(0, 256)
            .text("MoE every", "blocks", "Every n-th image block has a mixture of experts as its FFN. 0 means none."));
    rows.push_back(SWITCHYARD_CHOICE(model.vision.stem, "linear", "conv")
                       .text("Stem", "",
                             "How a patch becomes a token: one linear map, or a stack of stride-2 convolutions (then "
                             "the patch size must be a power of two)."));
    rows.push_back(SWITCHYARD_KEY(model.vision.class_token)
                       .text("Class token", "", "A learned token stands before the patches."));
    rows.push_back(SWITCHYARD_KEY(model.vision.input_norm)
                       .text("Input norm", "", "A layer norm before the first block, as in CLIP's image encoders."));
    rows.push_back(SWITCHYARD_KEY(model.vision.norm_eps)
                       .range(1e-12, 0.1)
                       .text("Norm epsilon", "", "Added to the variance in layer norms."));
    rows.push_back(SWITCHYARD_CHOICE(model.vision.pool, "mean", "first")
                       .text("Pool", "", "What stands for the image: the mean of its tokens, or the first (class) token."));
    SWITCHYARD_LORA_ROWS(vision);
    rows.push_back(SWITCHYARD_KEY(model.vision.init_from)
                       .text("Start from", "model or checkpoint",
                             "Model folder (see `ckpt import`) or checkpoint whose image encoder is the start. Empty "
                             "means fresh weights."));
}

void addFusionRows(Rows& rows) {
    rows.push_back(SWITCHYARD_KEY(model.fusion.layers)
                       .range(1, 256)
                       .text("Layers", "blocks", "Fusion blocks, in which text and image attend to each other."));
    rows.push_back(
        SWITCHYARD_KEY(model.fusion.dim)
            .range(4, 65536)
            .text("Width", "features", "Width of the fusion blocks. It must be divisible by the number of heads."));
    rows.push_back(SWITCHYARD_KEY(model.fusion.heads)
                       .range(1, 1024)
                       .text("Heads", "per block", "Attention heads of each fusion block."));
    rows.push_back(SWITCHYARD_KEY(model.fusion.ffn_dim)
                       .range(1, 1048576)
                       .text("FFN width", "features", "Hidden width of a dense fusion FFN; unused with experts."));
    rows.push_back(SWITCHYARD_KEY(model.fusion.moe)
                       .text("Mixture of experts", "",
                             "The FFN of every fusion block is one mixture of experts over text tokens and image "
                             "patches together."));
}

void addMoeRows(Rows& rows) {
    rows.push_back(SWITCHYARD_KEY(model.moe.experts)
                       .range(0, 65536)
                       .text("Experts", "per MoE layer", "Experts of each MoE layer. 0 makes every FFN dense."));
    rows.push_back(SWITCHYARD_KEY(model.moe.layer_experts)
                       .range(1, 65536)
                       .text("Experts by layer", "",
                             "How many experts each MoE layer has, where they differ (ckpt prune --budget all makes such "
                             "models): one number for each, of the text blocks, then the image blocks, then the fusion "
                             "blocks; none is larger than experts. Empty: all have as many."));
    rows.push_back(
        SWITCHYARD_KEY(model.moe.top_k).range(1, 64).text("Top k", "per token", "Experts that each token is sent to."));
    rows.push_back(SWITCHYARD_CHOICE(model.moe.gate, "top2", "switch", "topk", "noisy_topk", "expert_choice")
                       .text("Gate", "",
                             "How experts are chosen: top2 takes the best and a noisy second (GShard), switch the best "
                             "only (Switch Transformer), topk the K best, noisy_topk the K best after learned noise "
                             "(Shazeer 2017); with expert_choice each expert takes the tokens it scores highest."));
    rows.push_back(SWITCHYARD_CHOICE(model.moe.score, "softmax", "sigmoid")
                       .text("Score", "", "topk: what is made of the router's logits before choosing and weighing."));
    rows.push_back(SWITCHYARD_KEY(model.moe.bias_balance)
                       .range(0, 1)
                       .text("Bias balancing", "per step",
                             "topk: after each step the choice of an expert is made easier or harder by this much, as "
                             "its load was below or above the mean; weights do not change. 0 is off, 0.001 is usual."));
    rows.push_back(
        SWITCHYARD_KEY(model.moe.gumbel_eval)
            .text("Noise in evaluation", "", "top2: keep the Gumbel noise of the second choice in evaluation."));
    rows.push_back(
        SWITCHYARD_KEY(model.moe.jitter)
            .range(0, 0.5)
            .text("Jitter", "relative", "switch: the router's input is multiplied by 1 +- this much in training."));
    rows.push_back(SWITCHYARD_KEY(model.moe.hidden_dim)
                       .range(1, 1048576)
                       .text("Hidden width", "features", "Hidden width of each expert."));
    rows.push_back(SWITCHYARD_CHOICE(model.moe.activation, "gelu", "relu", "swiglu")
                       .text("Activation", "", "Function between the matrices of an expert; swiglu adds a third matrix that gates the "
                             "hidden features. Dense FFNs take it too, gelu for swiglu."));
    rows.push_back(SWITCHYARD_KEY(model.moe.bias).text("Bias", "", "Experts have bias vectors."));
    rows.push_back(SWITCHYARD_KEY(model.moe.recompute)
                       .text("Recompute", "", "Compute the experts' activations again in the backward: one value kept for each hidden feature "
                             "instead of two, and a step takes longer."));
    rows.push_back(SWITCHYARD_KEY(model.moe.capacity_factor)
                       .range(0, 1000)
                       .text("Capacity factor", "x fair share",
                             "Tokens an expert takes in training, as a multiple of its fair share; more are dropped. "
                             "0 drops none."));
    rows.push_back(
        SWITCHYARD_KEY(model.moe.eval_capacity_factor)
            .range(0, 1000)
            .text("Capacity in evaluation", "x fair share", "The capacity factor of evaluation. 0 drops none."));
    rows.push_back(SWITCHYARD_KEY(model.moe.min_capacity)
                       .range(1, 1000000)
                       .text("Least capacity", "tokens", "An expert with a capacity takes at least this many tokens."));
    rows.push_back(SWITCHYARD_CHOICE(model.moe.drop, "position", "priority")
                       .text("Drop order", "",
                             "Which tokens are dropped when an expert is full: the last ones, or those that the router "
                             "weighs least."));
    rows.push_back(SWITCHYARD_KEY(model.moe.dropout)
                       .range(0, 0.95)
                       .text("Expert dropout", "probability", "Dropout in training on what the experts give back."));
    rows.push_back(SWITCHYARD_KEY(model.moe.upcycle.noise)
                       .range(0, 10)
                       .text("Upcycling noise", "x deviation",
                             "Where experts start as copies of a dense FFN (init_from): deviation of the noise on each "
                             "copy, relative to that of its weights."));
    rows.push_back(SWITCHYARD_KEY(model.moe.upcycle.reinit)
                       .range(0, 1)
                       .text("Upcycling redraw", "share",
                             "Share of the hidden features that each copy draws anew, from the mean and deviation of "
                             "the weights they replace. 0.5 is drop-upcycling."));
    rows.push_back(SWITCHYARD_KEY(model.moe.upcycle.groups)
                       .range(1, 1024)
                       .text("Upcycling groups", "",
                             "The dense FFN is cut into so many experts of fewer hidden features each; with top_k equal "
                             "to the groups the start computes what the dense FFN did."));
    rows.push_back(SWITCHYARD_KEY(model.moe.losses.balance)
                       .range(0, 1000)
                       .text("Balance loss", "weight",
                             "Weight of the loss that spreads tokens evenly over experts; the loss itself is 1 when "
                             "they are."));
    rows.push_back(SWITCHYARD_KEY(model.moe.losses.z)
                       .range(0, 1000)
                       .text("Z loss", "weight", "Weight of the loss that keeps the router's logits small."));
    rows.push_back(SWITCHYARD_KEY(model.moe.losses.importance)
                       .range(0, 1000)
                       .text("Importance loss", "weight",
                             "Weight of the squared variation of the experts' summed gate values (Shazeer 2017)."));
    rows.push_back(SWITCHYARD_KEY(model.moe.losses.load)
                       .range(0, 1000)
                       .text("Load loss", "weight",
                             "noisy_topk: weight of the squared variation of the experts' expected loads."));
    rows.push_back(SWITCHYARD_KEY(model.moe.losses.limoe_local)
                       .range(0, 1000)
                       .text("Local entropy loss", "weight",
                             "Weight of the mean entropy of a token's probabilities: small when each token is sure "
                             "(LIMoE)."));
    rows.push_back(SWITCHYARD_KEY(model.moe.losses.limoe_local_on)
                       .items({"text", "image"})
                       .text("Local entropy of", "", "Modalities that the local entropy loss looks at."));
    rows.push_back(SWITCHYARD_KEY(model.moe.losses.limoe_global)
                       .range(0, 1000)
                       .text("Global entropy loss", "weight",
                             "Weight of the loss that asks each modality to use enough experts (LIMoE)."));
    rows.push_back(SWITCHYARD_KEY(model.moe.losses.limoe_global_on)
                       .items({"text", "image"})
                       .text("Global entropy of", "", "Modalities that the global entropy loss looks at."));
    rows.push_back(SWITCHYARD_KEY(model.moe.losses.limoe_text_experts)
                       .range(1, 65536)
                       .text("Experts for text", "at least",
                             "The global entropy loss of text is 0 from this many experts in use on."));
    rows.push_back(SWITCHYARD_KEY(model.moe.losses.limoe_image_experts)
                       .range(1, 65536)
                       .text("Experts for images", "at least",
                             "The global entropy loss of images is 0 from this many experts in use on."));
    rows.push_back(SWITCHYARD_KEY(model.moe.losses.global_balance)
                       .text("Global balance", "",
                             "Count loads and entropies over all ranks for these losses, not per rank."));
}

#undef SWITCHYARD_LORA_ROWS

}  // namespace

void addModelRows(Rows& rows) {
    addTextRows(rows);
    addVisionRows(rows);
    addFusionRows(rows);
    addMoeRows(rows);
    rows.push_back(
        SWITCHYARD_KEY(model.embed_dim)
            .range(2, 65536)
            .text("Embedding width", "features", "Width of the space in which texts and images are compared."));
}

}  // namespace switchyard::config

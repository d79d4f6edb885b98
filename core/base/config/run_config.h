// SPDX-License-Identifier: MIT
// The validated configuration of a run. Every member has one row in the schema table (schema.cpp), which
// holds its YAML key, default, range, unit and documentation; the defaults below only keep a
// default-constructed value sane and are overwritten by the table's.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace switchyard {

// Enumerators stand in the order of the schema's `choices` (the spelling in YAML is given there).
enum class TaskKind { kMultimodal, kText, kVqa };
enum class GateKind { kTop2, kSwitch, kTopK, kNoisyTopK, kExpertChoice };
enum class RouterScore { kSoftmax, kSigmoid };
enum class DropOrder { kPosition, kPriority };
enum class Activation { kGelu, kRelu, kSwiGlu };
enum class Stem { kLinear, kConv };
/// Where a text token's place enters: as a bias of the attention scores, or as a learned row added to its embedding.
enum class Position { kAlibi, kLearned };
/// Layer norms before each half of a block (and one at the end), or after each half (and one after the embedding).
enum class NormPlace { kPre, kPost };
/// What stands for a whole text or picture: the mean of its tokens, or its first token.
enum class Pool { kMean, kFirst };
enum class DataFormat { kJsonl, kSynthetic, kTsv, kCoco, kVqa2, kTar };
enum class ImageFit { kPad, kStretch, kCrop };
enum class OptimizerKind { kAdamW };
enum class Schedule { kConstant, kCosine, kLinear };
enum class Precision { kFp32, kBf16, kFp16, kFp64 };
enum class ActivationCheckpointing { kNone, kBlock, kSelective };
/// Of moments, and of gradients that cross ranks. kFp32 stands for the weights' own type, fp64 where they are.
enum class StoredType { kFp32, kBf16 };
/// What a run does when the loss or a gradient is not finite.
enum class NonFinite { kStop, kSkip, kRewind };
enum class Shard { kNone, kOss, kZero2, kFsdp };
enum class Backend { kAuto, kGloo, kNccl };
enum class Device { kAuto, kCpu, kCuda };

struct RunConfig {
    struct Run {
        std::string name = "run";
        std::string dir;  ///< parent folder of run folders; "" = dataHome()/runs
        std::int64_t seed = 1234;
        bool deterministic = true;
        std::vector<std::string> tags;
        std::string note;
        std::int64_t restarts = 0;  ///< from the newest checkpoint after a rank was lost or hung; 0 = the run fails
    } run;

    struct Task {
        TaskKind kind = TaskKind::kMultimodal;
        double contrastive = 1.0;       ///< weight of the contrastive loss
        double matching = 1.0;          ///< weight of the matching loss; 0 = no fusion pass in training
        double matching_share = 1.0;    ///< share of each block of samples that the matching loss looks at
        std::int64_t matching_block = 16;  ///< hard negatives are looked for among this many neighbours
                                           ///< of the global batch, so they are the same on any rank count
        std::vector<std::string> names;    ///< text: one for each file of data.train
        std::vector<double> weights;       ///< text: of each task's loss; empty = all 1
        std::string tsv_text, tsv_pair, tsv_label;  ///< text, task tsv: columns; pair may be empty
        bool tsv_score = false;            ///< text, task tsv: labels are numbers to predict, not classes
        std::int64_t answers = 1000;       ///< vqa: the most frequent answers are the classes
        double head_dropout = 0.0;         ///< text, vqa: on what the heads see
    } task;

    struct Lora {
        std::int64_t rank = 0;  ///< 0 = no LoRA
        double alpha = 16.0, dropout = 0.0;
        bool rank_stabilized = false;  ///< scale alpha/sqrt(rank) instead of alpha/rank
        std::vector<std::string> targets = {"q", "k", "v", "o"};  ///< of q k v o fc1 fc2
        bool freeze_base = true;
    };
    struct Text {
        std::int64_t layers = 2, dim = 64, heads = 2, ffn_dim = 256, max_tokens = 32, vocab_size = 500;
        std::int64_t moe_every = 0;  ///< every n-th block has an MoE FFN; 0 = none
        bool causal = false;
        Position position = Position::kAlibi;
        NormPlace norm = NormPlace::kPre;
        double norm_eps = 1e-5;
        std::int64_t token_types = 0;  ///< rows of the table that tells first from second text; 0 = none
        Pool pool = Pool::kMean;
        double dropout = 0.0;  ///< on embeddings and on what each half of a block adds
        Lora lora;
        std::string init_from;  ///< model folder or checkpoint whose text encoder is the start; "" = fresh
    };
    struct Vision {
        std::int64_t layers = 2, dim = 64, heads = 2, ffn_dim = 256, image_size = 32, patch_size = 8;
        std::int64_t moe_every = 0;
        Stem stem = Stem::kLinear;
        bool class_token = false;  ///< a learned token before the patches
        bool input_norm = false;   ///< a layer norm before the first block
        double norm_eps = 1e-5;
        Pool pool = Pool::kMean;
        Lora lora;
        std::string init_from;  ///< checkpoint whose vision weights are the start; "" = fresh
    };
    struct Fusion {
        std::int64_t layers = 1, dim = 64, heads = 2, ffn_dim = 256;
        bool moe = true;
    };
    struct Losses {
        double balance = 0.01, z = 0.001;
        double importance = 0.0, load = 0.0;         ///< Shazeer et al. 2017
        double limoe_local = 0.0, limoe_global = 0.0;  ///< entropy losses per modality, Mustafa et al. 2022
        std::vector<std::string> limoe_local_on = {"text"}, limoe_global_on = {"text", "image"};
        double limoe_text_experts = 9.0, limoe_image_experts = 20.0;  ///< S of tau = log S: at least so many in use
        bool global_balance = true;  ///< sums over all ranks, for every loss but z (whose mean is joint anyway)
    };
    /// How a dense FFN of `init_from` becomes experts (sparse upcycling).
    struct Upcycle {
        double noise = 0.0;   ///< deviation of noise on the copies, relative to that of the weights
        double reinit = 0.0;  ///< share of hidden features drawn anew in each copy (0.5: drop-upcycling)
        std::int64_t groups = 1;  ///< virtual groups: each copy holds 1 / groups of the hidden features
    };
    struct Moe {
        std::int64_t experts = 8;  ///< 0 = dense everywhere
        /// Of each MoE layer by itself, at most `experts`; empty = `experts` in all. See core/base/config/moe_layers.h.
        std::vector<double> layer_experts;
        std::int64_t top_k = 2;
        GateKind gate = GateKind::kTop2;
        RouterScore score = RouterScore::kSoftmax;  ///< topk
        double bias_balance = 0.0;                  ///< topk: step of the selection bias; 0 = no bias
        bool gumbel_eval = false;
        double jitter = 0.01;  ///< switch: input jitter
        std::int64_t hidden_dim = 128;
        Activation activation = Activation::kGelu;
        bool bias = true;
        bool recompute = false;  ///< hidden features again in the backward instead of kept
        double capacity_factor = 0.0;       ///< 0 = dropless
        double eval_capacity_factor = 0.0;  ///< 0 = dropless
        std::int64_t min_capacity = 4;
        DropOrder drop = DropOrder::kPosition;
        double dropout = 0.0;  ///< on what experts give back
        Upcycle upcycle;
        Losses losses;
    };
    struct Model {
        Text text;
        Vision vision;
        Fusion fusion;
        Moe moe;
        std::int64_t embed_dim = 64;
    } model;

    struct Augment {
        double crop = 1.0;        ///< smallest share of the area a random crop keeps; 1 = none
        bool flip = false;        ///< mirror left-right with probability 1/2
        double contrast = 0.0;    ///< factor drawn from 1 +- this
        double brightness = 0.0;  ///< shift of each colour drawn from +- this (of 255)
        double token_drop = 0.0;  ///< probability of leaving a text token out
        double patch_drop = 0.0;  ///< share of image patches left out in training
    };
    struct Image {
        std::vector<double> mean = {0.5, 0.5, 0.5};  ///< of pixel values in [0, 1], RGB
        std::vector<double> std = {0.25, 0.25, 0.25};
        ImageFit fit = ImageFit::kPad;
        Augment augment;
    };
    struct Synthetic {
        std::int64_t samples = 512, eval_samples = 64;
    };
    struct Data {
        std::vector<std::string> train;  ///< files, relative to `root`
        std::vector<std::string> eval;
        std::string root;  ///< folder that image paths are relative to; "~/" and "@data/" are expanded
        DataFormat format = DataFormat::kSynthetic;
        std::string tokenizer;  ///< SentencePiece model; "" = trained on the training captions at start
        double keyword_share = 0.0;  ///< share of draws that take a caption made from a record's "keywords"
        Image image;
        Synthetic synthetic;
        std::int64_t workers = 1;     ///< threads that decode and augment
        std::string cache = "auto";  ///< fitted pictures on the disk: auto, true, false, or a folder
    } data;

    struct Optim {
        OptimizerKind name = OptimizerKind::kAdamW;
        double lr = 1e-3;
        std::vector<double> betas = {0.9, 0.98};
        double eps = 1e-8;
        double weight_decay = 0.1;  ///< on matrices only
        Schedule schedule = Schedule::kCosine;
        std::int64_t warmup_steps = 20;
        double grad_clip = 1.0;  ///< 0 = none
        double head_lr = 1.0;    ///< times lr, for task heads
        double expert_lr = 1.0;  ///< times lr, for experts and routers
        StoredType state_dtype = StoredType::kFp32;  ///< of both moments
        bool in_backward = false;  ///< fsdp: weights are updated as soon as their gradients are known
    } optim;

    struct Train {
        std::int64_t steps = 100;      ///< 0 = from `epochs`
        double epochs = 0.0;           ///< 0 = from `steps`
        std::int64_t global_batch = 32;
        std::int64_t micro_batch = 0;  ///< samples a rank a pass; 0 = global_batch / ranks
        Precision precision = Precision::kFp32;
        ActivationCheckpointing activation_checkpointing = ActivationCheckpointing::kNone;
        NonFinite non_finite = NonFinite::kStop;
        std::int64_t non_finite_limit = 5;  ///< so many may be skipped in a row, or rewound in all
    } train;

    struct Parallel {
        std::int64_t ranks = 1;
        std::int64_t expert = 1;
        Shard shard = Shard::kNone;
        bool reshard_after_forward = true;  ///< fsdp: else weights stay between forward and backward
        StoredType reduce_dtype = StoredType::kFp32;  ///< of gradients on their way between ranks
        std::int64_t exchange_chunks = 1;  ///< parts in which rows travel to other ranks' experts, beside the compute
        Backend backend = Backend::kAuto;
        Device device = Device::kAuto;
        std::int64_t threads = 0;  ///< a rank; 0 = cores / ranks
        double timeout_s = 60.0;   ///< a collective that takes longer is a hang
    } parallel;

    struct Checkpoint {
        std::int64_t every = 0;  ///< steps; 0 = only at the end
        std::int64_t keep = 3;   ///< newest kept
        std::int64_t keep_every = 0;  ///< steps whose multiples are kept too; 0 = none
        std::string best;        ///< metric whose best checkpoint is kept too; "" = none
        bool async = false;      ///< written beside the training, from a copy
    } checkpoint;

    struct Log {
        std::int64_t every = 1;  ///< steps
        bool tensorboard = true;
    } log;

    struct Eval {
        std::int64_t every = 0;  ///< steps; 0 = only at the end
        std::vector<std::string> tasks = {"retrieval"};
        std::int64_t patience = 0;  ///< evaluations without a better checkpoint.best metric that end the run; 0 = none
    } eval;

    /// Where the routers send a few fixed samples, written down as training goes on.
    struct Probe {
        std::vector<std::string> data;  ///< as data.eval; empty = the first rows of data.eval
        std::int64_t every = 0;         ///< steps; 0 = never
        std::int64_t samples = 8;
    } probe;
};

}  // namespace switchyard

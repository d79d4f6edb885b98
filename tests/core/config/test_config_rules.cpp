// SPDX-License-Identifier: MIT
#include <QTest>

#include "core/base/config/config.h"

using namespace switchyard;
using config::LoadResult;
using config::loadText;

namespace {

std::string all(const LoadResult& result) {
    std::string text;
    for (const config::Problem& problem : result.problems) text += config::describe(problem, "f") + "\n";
    return text;
}

}  // namespace

class TestConfigRules : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void rules_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("lines");
        QTest::addColumn<QStringList>("suggestions");
        const auto row = [](const char* text, const char* lines, QStringList suggestions = {}) {
            QTest::newRow(text) << text << lines << suggestions;
        };
        row("model: {text: {dim: 66, heads: 4}}",
            "f:1: A width of 66 does not divide over 4 heads. Use 64 or 68, or change model.text.heads (line 1)\n",
            {"64", "68"});
        row("model:\n  fusion:\n    heads: 3\n",  // 64 / 3
            "f:3: A width of 64 does not divide over 3 heads. Use 63 or 66, or change model.fusion.heads (line 3)\n",
            {"63", "66"});
        row("model: {vision: {image_size: 60}}",
            "f:1: An image of 60 pixels does not divide into patches of 8. Use 56 or 64, or change "
            "model.vision.patch_size\n",
            {"56", "64"});
        row("model: {vision: {image_size: 36, patch_size: 12, stem: conv}}",
            "f:1: The conv stem halves the image, so its patch size must be a power of two, not 12. Use 8 or 16, or "
            "set "
            "model.vision.stem (line 1) to linear\n",
            {"8", "16"});
        row("model: {vision: {image_size: 36, patch_size: 12}}", "");
        row("model: {vision: {patch_size: 1, stem: conv}}",
            "f:1: The conv stem halves the image, so its patch size must be a power of two, not 1. Use 2, or set "
            "model.vision.stem (line 1) to linear\n",
            {"2"});
        row("model: {moe: {gate: switch}}",
            "f:1: The switch gate sends each token to 1 expert, not 2. Use 1, or change model.moe.gate (line 1)\n",
            {"1"});
        row("model: {moe: {top_k: 3}}",
            "f:1: The top2 gate sends each token to 2 experts, not 3. Use 2, or change model.moe.gate\n", {"2"});
        row("model: {moe: {gate: switch, top_k: 1, experts: 1}}", "");
        row("model: {moe: {experts: 1}}", "f:1: 1 expert can not serve 2 choices per token. Use at least 2\n", {"2"});
        row("model: {moe: {experts: 0, top_k: 5}}", "");  // dense: nothing to check
        row("model: {fusion: {layers: 2}, moe: {layer_experts: [8, 3]}}", "");
        row("model: {fusion: {layers: 2}, moe: {layer_experts: [8]}}",
            "f:1: The model has 2 MoE layers, not 1. Give 2 numbers, or none\n");
        row("model: {fusion: {layers: 2}, moe: {layer_experts: [8, 9]}}",
            "f:1: 9.0 can not be the experts of a layer. Use whole numbers of at most 8, or change model.moe.experts\n");
        row("model: {fusion: {layers: 2}, moe: {layer_experts: [2.5, 8]}}",
            "f:1: 2.5 can not be the experts of a layer. Use whole numbers of at most 8, or change model.moe.experts\n");
        row("model: {fusion: {layers: 2}, moe: {layer_experts: [8, 1]}}",
            "f:1: A layer of 1 expert can not serve 2 choices per token. Use at least 2\n");
        row("model: {fusion: {layers: 2}, moe: {layer_experts: [8, 5]}}\nparallel: {ranks: 2, expert: 2}",
            "f:1: A layer's 5 experts do not divide over 2 expert ranks. Use 4 or 6, or change parallel.expert (line 2)\n");
        row("model: {moe: {experts: 0, layer_experts: [4]}}", "");  // dense
        row("model: {fusion: {moe: false}}",
            "f:1: warning: No block uses the experts. Set model.fusion.moe (line 1) to true, or experts to 0\n", {"0"});
        row("model: {text: {moe_every: 3}}",
            "f:1: warning: No block gets experts: every 3th of 2 blocks. Use at most 2\n", {"2"});
        row("parallel: {ranks: 3}",
            "f:1: A global batch of 32 does not divide over 3 ranks. Use 30 or 33, or change "
            "parallel.ranks (line 1)\n",
            {"30", "33"});
        row("train: {micro_batch: 12}",
            "f:1: A micro batch of 12 does not divide a rank's share of 32 samples. Use 8 or 16, or change "
            "train.global_batch\n",
            {"8", "16"});
        row("train: {global_batch: 200}\ntask: {matching_block: 40}\nparallel: {ranks: 2}",  // 100 = 4 * 25
            "f:2: Matching blocks of 40 do not divide the 100 samples that a rank computes at once. Use 25 or 50, or "
            "change "
            "train.global_batch (line 1)\n",
            {"25", "50"});
        row("train: {global_batch: 200}\ntask: {matching: 0, matching_block: 40}\nparallel: {ranks: 2}", "");
        row("train: {micro_batch: 1}",
            "f:1: Matching blocks of 16 do not divide the 1 sample that a rank computes at once. Change "
            "train.micro_batch "
            "(line 1)\n");
        row("optim: {warmup_steps: 200}",
            "f:1: warning: The warm-up of 200 steps is longer than the training. Use at most 100\n", {"100"});
        row("train: {epochs: 3}\noptim: {warmup_steps: 200}", "");  // the number of steps is not known yet
        row("train: {steps: 0}", "f:1: The training has no length. Give train.steps or train.epochs a value\n");
        row("train:\n  steps: 5\n  epochs: 2\n",
            "f:2: The training's length is given twice. Keep train.steps or train.epochs (line 3)\n");
        row("data: {format: jsonl}", "f:1: data.train names no file. Name the files, as in [train.jsonl]\n");
        row("data: {train: [a, '']}", "f:1: data.train names a file without a name. Remove the empty item\n");
        row("probe: {data: [a, '']}", "f:1: probe.data names a file without a name. Remove the empty item\n");
        row("probe:\n  data: [a]\n  every: 0\n",
            "f:2: warning: These samples are not used: the routing probe is off. Set probe.every (line 3) to a number of "
            "steps\n");
        row("probe: {data: [a], every: 5}\nmodel: {fusion: {moe: false}, moe: {experts: 0}}",
            "f:1: warning: These samples are not used: no block has experts, so nothing is routed. Remove probe.data\n");
        row("probe: {data: [a]}\ntask: {kind: text, names: [sst2, cola]}\ndata: {format: tsv, train: [b, c]}\nmodel: {text: {moe_every: 1}}",
            "f:1: The probe needs one file for each task, in their order. Name 2 files\n");
        row("optim: {betas: [0.9]}",
            "f:1: optim.betas needs two values, for the first and the second moment. Write [0.9, 0.98]\n",
            {"[0.9, 0.98]"});
        row("optim: {betas: [0.9, 1.0]}", "f:1: Each item of optim.betas must be 0.0 to 0.99999999, not 1.0\n");
        row("data: {image: {mean: [0, 0], std: [1, 1, 0]}}",
            "f:1: data.image.mean needs three values, for red, green and blue\n"
            "f:1: data.image.std divides the pixels, so it must be above 0\n");
        row("run: {name: a/b}", "f:1: run.name can not be a folder's name: \"a/b\". Use a short word without \"/\"\n");
        row("run: {name: ..}", "f:1: run.name can not be a folder's name: \"..\". Use a short word without \"/\"\n");
        row("task: {contrastive: 0, matching: 0}",
            "f:1: Both losses have weight 0, so nothing would be trained. Give task.contrastive or task.matching a "
            "weight\n");
        row("task: {matching_share: 0}",
            "f:1: The matching loss has a weight but looks at no sample. Raise task.matching_share, or set "
            "task.matching "
            "to 0\n");
        row("parallel: {backend: nccl, device: cpu}", "f:1: NCCL moves data between GPUs only. Use gloo or auto\n",
            {"gloo", "auto"});
        row("optim: {state_dtype: bf16}\ntrain: {precision: fp64}",
            "f:1: fp64 is for exact comparisons, and bf16 moments are rounded. Use fp32, which keeps them in the "
            "weights' own type\n",
            {"fp32"});
        row("parallel: {reduce_dtype: bf16}\ntrain: {precision: fp64}",
            "f:1: fp64 is for exact comparisons, and bf16 sums are rounded. Use fp32, which leaves gradients in "
            "their own type\n",
            {"fp32"});
        row("data: {synthetic: {samples: 16}}",
            "f:1: 16 samples can not fill a batch of 32. Use at least 32, or change train.global_batch\n", {"32"});
        row("data: {image: {augment: {patch_drop: 0.9}}}\nmodel: {vision: {patch_size: 16}}",  // 4 patches, 0.4 left
            "f:1: Patch drop would leave no patch of an image. Lower data.image.augment.patch_drop\n");
        row("model: {vision: {lora: {rank: 4}}}",
            "f:1: warning: The matrices under the adapters start at random and stay frozen. Give "
            "model.vision.init_from a "
            "checkpoint, or set model.vision.lora.freeze_base to false\n",
            {"false"});
        row("model: {vision: {lora: {rank: 4, targets: [], freeze_base: false}}}",
            "f:1: Adapters are asked for, but on no matrix. Name targets such as [q, v], or set model.vision.lora.rank "
            "(line 1) to 0\n");
        row("model: {moe: {experts: 65536, hidden_dim: 1048576}, text: {dim: 65536, heads: 1}}",
            "f:1: The experts of a layer would take 65536 x 1048576 x 2 x 65536 numbers, more than any computer holds. "
            "Use "
            "smaller sizes\n");
    }
    void rules() {
        QFETCH(QString, text);
        QFETCH(QString, lines);
        QFETCH(QStringList, suggestions);
        const LoadResult r = loadText(text.toStdString());
        QCOMPARE(QString::fromStdString(all(r)), lines);
        QStringList got;
        if (!r.problems.empty()) {
            for (const std::string& s : r.problems[0].suggestions) got << QString::fromStdString(s);
        }
        QCOMPARE(got, suggestions);
    }

    void expertsOverRanks() {
        std::string text(29, '\n');  // so that the lines are those of a longer file
        text += "parallel:\n  expert: 4\n  ranks: 4\nmodel: {moe: {experts: 66}}\n";
        const LoadResult r = loadText(text);
        QVERIFY(!r.ok());
        const auto found = std::find_if(r.problems.begin(), r.problems.end(),
                                        [](const config::Problem& p) { return p.path == "model.moe.experts"; });
        QVERIFY(found != r.problems.end());
        QCOMPARE(found->message, std::string("66 experts do not divide over 4 expert ranks"));
        QCOMPARE(found->fix, std::string("Use 64 or 68, or change parallel.expert (line 31)"));
        QCOMPARE(found->suggestions, (std::vector<std::string>{"64", "68"}));
        QCOMPARE(found->line, 33);
    }

    /// The suggested value must in fact be right.
    void suggestionsHelp() {
        for (const char* text :
             {"model: {text: {heads: 7}}", "model: {vision: {image_size: 61}}", "parallel: {ranks: 5}",
              "train: {micro_batch: 3}", "task: {matching_block: 5}", "model: {moe: {gate: switch}}"}) {
            const LoadResult before = loadText(text);
            QVERIFY2(!before.problems.empty(), text);
            const config::Problem& problem = before.problems[0];
            QVERIFY(!problem.suggestions.empty());
            for (const std::string& value : problem.suggestions) {
                for (const config::Problem& left : loadText(text, {{problem.path, value}}).problems) {
                    QVERIFY2(left.path != problem.path,
                             (std::string(text) + " with " + value + ": " + left.message).c_str());
                }
            }
        }
    }

    void unreadableKeysSilenceTheirRules() {
        // With its default the width would divide: only the real mistake is told.
        const LoadResult r = loadText("model: {text: {dim: abc, heads: 7}}");
        QCOMPARE(all(r), std::string("f:1: model.text.dim must be a whole number, not \"abc\"\n"));
    }

    void checkRulesWithoutText() {
        RunConfig run = defaultConfig();
        QVERIFY(config::checkRules(run).empty());
        run.model.text.dim = 65;
        const std::vector<config::Problem> problems = config::checkRules(run);
        QCOMPARE(problems.size(), std::size_t{1});
        QCOMPARE(problems[0].path, std::string("model.text.dim"));
        QCOMPARE(problems[0].line, 0);
        QCOMPARE(problems[0].fix, std::string("Use 64 or 66, or change model.text.heads"));
    }

    void warningsLeaveItUsable() {
        const LoadResult r = loadText("optim: {warmup_steps: 200}");
        QVERIFY(r.ok());
        QCOMPARE(r.problems.size(), std::size_t{1});
        QVERIFY(r.problems[0].warning);
    }
};

QTEST_GUILESS_MAIN(TestConfigRules)
#include "test_config_rules.moc"
